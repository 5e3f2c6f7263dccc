"""Feeds of documents follow RFC 4287, whatever a title holds, and name no address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from preau.outlets.atom import KIND, PERMISSION, Head, Item, Label, feed
from preau.outlets.printable import one_line
from tests.outlets.atom_grammar import ATOM, GRAMMAR, read

AT = 1_791_793_800_000
HEAD = Head("5a1f3c1e-0000-5000-8000-000000000001", "Défi lecture", AT)
ITEM = Item(
    "5a1f3c1e-0000-5000-8000-000000000002",
    "Les règles",
    "ent-ecole",
    Label("DOCUMENT", "document"),
    Label("READ", "lecture"),
    AT,
    AT + 60_000,
    "Un document, déposé dans ent-ecole.",
)


def said(raw: bytes, path: str) -> list[str]:
    found = read(raw).xpath(path, namespaces=ATOM)
    assert isinstance(found, list)
    return [str(each) for each in found]


def test_a_document_is_an_entry_with_its_kind_its_permission_and_its_ent() -> None:
    raw = feed(HEAD, [ITEM])
    assert said(raw, "//a:entry/a:title/text()") == ["Les règles"]
    assert said(raw, "//a:entry/a:author/a:name/text()") == ["ent-ecole"]
    assert said(raw, f"//a:category[@scheme='{KIND}']/@term") == ["DOCUMENT"]
    assert said(raw, f"//a:category[@scheme='{PERMISSION}']/@label") == ["lecture"]
    assert said(raw, "//a:entry/a:published/text()") == ["2026-10-12T08:30:00Z"]
    assert said(raw, "//a:updated/text()") == ["2026-10-12T08:31:00Z"] * 2


def test_a_feed_without_documents_says_when_its_project_began() -> None:
    assert said(feed(HEAD, []), "//a:updated/text()") == ["2026-10-12T08:30:00Z"]


def test_nothing_links_anywhere_as_no_page_shows_a_document() -> None:
    assert b"<link" not in feed(HEAD, [ITEM])
    assert b"href" not in feed(HEAD, [ITEM])


def test_the_latest_comes_first_whatever_the_order() -> None:
    old = ITEM._replace(id="5a1f3c1e-0000-5000-8000-000000000003", title="Avant", updated=AT)
    assert feed(HEAD, [old, ITEM]) == feed(HEAD, [ITEM, old])
    assert said(feed(HEAD, [old, ITEM]), "//a:entry/a:title/text()") == ["Les règles", "Avant"]


def test_a_category_that_nobody_may_see_is_left_out() -> None:
    hidden = ITEM._replace(kind=Label("", ""))
    assert said(feed(HEAD, [hidden]), "//a:category/@term") == ["READ"]


@given(st.text() | st.sampled_from(["</title><entry>", "]]>", "\x00\ud800", "&#13;\r\n"]))
def test_whatever_a_title_holds_the_feed_is_sound_and_says_it(title: str) -> None:
    raw = feed(HEAD._replace(title=title), [ITEM._replace(title=title, words=title)])
    assert said(raw, "//a:title/text()") == [one_line(title) or "?"] * 2


@given(st.integers(-(2**62), 2**62))
def test_whenever_it_is_the_feed_is_sound(at: int) -> None:
    read(feed(HEAD._replace(updated=at), [ITEM._replace(published=at)]))


@pytest.mark.parametrize("gone", [b"<id>", b"<title>", b"<updated>"])
def test_the_grammar_notices_what_is_missing(gone: bytes) -> None:
    name = gone.decode().strip("<>")
    top = etree.fromstring(feed(HEAD, [ITEM]))
    found = top.find(f"a:{name}", ATOM)
    assert found is not None
    top.remove(found)
    assert not GRAMMAR.validate(top)
