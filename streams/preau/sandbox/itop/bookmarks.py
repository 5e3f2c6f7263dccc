"""Reads the HTML of links that browsers exchange (the Netscape bookmark file format), strictly."""

from __future__ import annotations

from html.parser import HTMLParser

DOCTYPE = "<!DOCTYPE NETSCAPE-Bookmark-file-1>"
_SCHEMES = ("http://", "https://")


class NotBookmarks(Exception):
    """The file is not of that format."""


def links(text: str) -> list[dict[str, str]]:
    """Each link: `folder`, `title`, `address` and `delivery`; raises `NotBookmarks`."""
    if not text.startswith(DOCTYPE):
        raise NotBookmarks
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.open or any(not each["delivery"] for each in reader.found):
        raise NotBookmarks
    return reader.found


def leads_somewhere(link: dict[str, str]) -> bool:
    """Whether a browser may be sent to its address."""
    return link["address"].startswith(_SCHEMES)


class _Reader(HTMLParser):
    """A title of a folder, then its links; `open` is the element whose text is being read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[dict[str, str]] = []
        self.open = ""
        self._folder = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"h3", "a"}:
            return
        self.open = tag
        if tag == "h3":
            self._folder = ""
            return
        said = dict(attrs)
        link = {"address": said.get("href") or "", "delivery": said.get("id") or ""}
        self.found.append({**link, "folder": self._folder, "title": ""})

    def handle_endtag(self, tag: str) -> None:
        if tag == self.open:
            self.open = ""

    def handle_data(self, data: str) -> None:
        if self.open == "h3":
            self._folder += data
        elif self.open == "a":
            self.found[-1]["title"] += data
