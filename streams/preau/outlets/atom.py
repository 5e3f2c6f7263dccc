"""A feed of documents that programs subscribe to: Atom (RFC 4287), the whole of it each time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree

from preau.outlets.printable import one_line

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
NAMESPACE = "http://www.w3.org/2005/Atom"
KIND, PERMISSION = "urn:preau:kind", "urn:preau:permission"
"""The schemes of the two categories of an entry."""
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Label(NamedTuple):
    """A word of a schema, and how people say it."""

    term: str
    label: str


class Item(NamedTuple):
    """One document; `id` is a UUID, times are in ms since 1970, `source` the ENT that has it.

    `words` says in one sentence what it is: no page shows it, so that its entry has no link.
    """

    id: str
    title: str
    source: str
    kind: Label
    permission: Label
    published: int
    updated: int
    words: str


class Head(NamedTuple):
    """What a feed is: `id` a UUID, `updated` when nothing is in it (ms since 1970)."""

    id: str
    title: str
    updated: int


def feed(head: Head, items: Sequence[Item]) -> bytes:
    """The document, in UTF-8, the latest first.

    It has no `self` link: its address is a secret, and stands in no file.
    """
    top = etree.Element(_name("feed"), nsmap={None: NAMESPACE})
    top.set(_LANG, "fr")
    latest = max((each.updated for each in items), default=head.updated)
    _text(top, "id", f"urn:uuid:{head.id}")
    _text(top, "title", one_line(head.title) or "?")
    _text(top, "updated", _moment(latest))
    _author(top, "Préau")
    for each in sorted(items, key=lambda item: (-item.updated, item.id)):
        _entry(top, each)
    return bytes(etree.tostring(top, encoding="utf-8", xml_declaration=True))


def _entry(top: etree._Element, item: Item) -> None:
    entry = etree.SubElement(top, _name("entry"))
    _text(entry, "id", f"urn:uuid:{item.id}")
    _text(entry, "title", one_line(item.title) or "?")
    _text(entry, "updated", _moment(max(item.updated, item.published)))
    _text(entry, "published", _moment(item.published))
    _author(entry, item.source)
    for scheme, said in ((KIND, item.kind), (PERMISSION, item.permission)):
        if said.term:
            found = etree.SubElement(entry, _name("category"))
            found.set("term", said.term)
            found.set("scheme", scheme)
            found.set("label", said.label)
    _text(entry, "content", item.words).set("type", "text")


def _author(where: etree._Element, name: str) -> None:
    _text(etree.SubElement(where, _name("author")), "name", name)


def _text(where: etree._Element, name: str, text: str) -> etree._Element:
    found = etree.SubElement(where, _name(name))
    found.text = one_line(text)
    return found


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


def _moment(ms: int) -> str:
    """RFC 3339 in UTC; what no calendar can say is the beginning of 1970."""
    try:
        at = dt.datetime.fromtimestamp(ms // 1000, dt.UTC)
    except (ValueError, OverflowError, OSError):
        at = dt.datetime.fromtimestamp(0, dt.UTC)
    return at.isoformat().replace("+00:00", "Z")
