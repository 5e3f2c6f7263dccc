"""Every relative link of every page leads somewhere, headings included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


class Link(NamedTuple):
    """Where it stands, and what it leads to."""

    page: str
    target: str


def links(pages: Mapping[str, str]) -> Iterator[Link]:
    for page, text in pages.items():
        plain = _CODE.sub("", _FENCED.sub("", text))
        yield from (Link(page, target) for target in _LINK.findall(plain))


def anchor(heading: str) -> str:
    """The name of a heading, as the usual readers of Markdown make it."""
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.strip().replace(" ", "-")


def broken(link: Link, root: Path, pages: Mapping[str, str]) -> str:
    """Why a link leads nowhere; empty when it is good."""
    if "://" in link.target or link.target.startswith("mailto:"):
        return ""
    file, _, place = link.target.partition("#")
    leads = (root / link.page).parent / file if file else root / link.page
    if not leads.exists():
        return "no such file"
    page = str(leads.resolve().relative_to(root))
    if place and place not in map(anchor, _HEADING.findall(pages.get(page, ""))):
        return "no such heading"
    return ""


def test_every_relative_link_leads_somewhere(pages: Mapping[str, str], root: Path) -> None:
    found = {link: broken(link, root, pages) for link in links(pages)}
    assert {link: why for link, why in found.items() if why} == {}


@pytest.mark.parametrize("target", ["nowhere.md", "README.md#no-such-heading", "#nor-this-one"])
def test_a_link_that_leads_nowhere_is_noticed(
    target: str, pages: Mapping[str, str], root: Path
) -> None:
    assert broken(Link("README.md", target), root, pages)


def test_a_link_in_an_example_is_no_link() -> None:
    page = "```\n[a](nowhere.md)\n```\n`[b](nowhere.md)` [c](there.md)\n"
    assert list(links({"README.md": page})) == [Link("README.md", "there.md")]


def test_the_first_page_for_schools_names_all_the_others(
    pages: Mapping[str, str],
) -> None:
    french = {page for page in pages if page.startswith("docs/fr/")} - {"docs/fr/README.md"}
    named = {link.target for link in links({"docs/fr/README.md": pages["docs/fr/README.md"]})}
    assert {f"docs/fr/{target}" for target in named} == french


def test_every_page_in_english_can_be_reached_from_the_first(
    pages: Mapping[str, str], root: Path
) -> None:
    seen, waiting = set[str](), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page not in pages:
            continue
        seen.add(page)
        for link in links({page: pages[page]}):
            leads = ((root / page).parent / link.target.partition("#")[0]).resolve()
            if leads.is_relative_to(root):
                waiting.append(str(leads.relative_to(root)))
    assert {page for page in pages if page.startswith("docs/en/")} - seen == set()
