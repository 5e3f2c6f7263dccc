"""What a copy is when there are no bytes to copy: a small page that leads to the document.

An ENT that takes files takes this one too, so its group still shows the document, by the best
lesser thing. The page names the document and its address: nothing that the share does not carry.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from preau.outlets.outcome import Media

NO_BYTES = frozenset({"NOT_SUPPORTED", "MEDIA_TOO_LARGE"})
"""Why a source gave none, although the document is there for whoever follows its address."""
BY_LINK = "by_link"
"""Kept for a share whose copy is such a page: `yes`, or nothing once it has the bytes."""
_PAGE = """<!doctype html>
<html lang="fr">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<h1>{title}</h1>
{lines}
</html>
"""
_LINK = '<a href="{link}" rel="noopener noreferrer">Ouvrir le document dans son ENT</a>'


def link_page(title: str, link: str) -> Media:
    """An HTML page (UTF-8, in French) that leads to `link`, the document's address in its ENT."""
    lines = (
        "Ce document reste dans l'ENT où il a été partagé.",
        _LINK.format(link=escape(link)),
        "Cet ENT peut demander un compte.",
    )
    return _page(title, lines, "document.html")


def text_lines_page(title: str, lines: Iterable[str]) -> Media:
    """An HTML page (UTF-8) that says these lines, each a text and no more."""
    return _page(title, map(escape, lines), "texte.html")


def _page(title: str, lines: Iterable[str], name: str) -> Media:
    """Lines are HTML already."""
    told = "\n".join(f"<p>{each}</p>" for each in lines)
    content = _PAGE.format(title=escape(title), lines=told)
    return Media(content.encode(), "text/html", name)
