"""A document without bytes reaches an ENT that takes files as a page that leads to it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.outlets.link_page import link_page
from preau.outlets.outcome import Media, Outcome
from tests.outlets.sending import SHARE

PAGE = "https://netecole.example.fr/documents/7"
FOUND = {"steps": [{**SHARE["steps"][0], "keep": {"native_id": "id"}}]}
Fetched = Media | Outcome


def refusal(reason: str) -> Outcome:
    return Outcome("REFUSED", reason, sent=False)


@pytest.fixture
def shared(deliver: Any, parcel: Any) -> Any:
    """One try at a share whose source answers `found` when its bytes are asked for."""

    def go(found: Fetched, kept: Any = None, link: str = PAGE) -> Outcome:
        async def fetch(_instance: str, _media: str) -> Fetched:
            return found

        body = {"share": "s1", "source_instance": "cantal", "source_media": "7"}
        share = parcel("SHARE_PUT", entity="share:s1", **body)
        outcome: Outcome = deliver(share, kept, raw=FOUND, fetch=fetch, link=lambda *_: link)
        return outcome

    return go


class Reader(HTMLParser):
    """What a browser would show of the page: its title, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.links: list[str | None] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


@pytest.mark.parametrize("reason", ["NOT_SUPPORTED", "MEDIA_TOO_LARGE"])
def test_the_ent_gets_a_page_that_leads_there_and_the_receipt_says_so(
    shared: Any, server: Any, say: Any, reason: str
) -> None:
    server.answers.append(say(201, b'{"id": 5}'))
    outcome = shared(refusal(reason))
    assert (outcome.state, outcome.reason) == ("APPLIED", "APPLIED_AS_LINK")
    assert outcome.kept == {"native_id": "5", "by_link": "yes"}
    (seen,) = server.seen
    assert b'filename="document.html"' in seen.body
    assert PAGE.encode() in seen.body


def test_what_went_as_a_link_is_told_as_a_link_until_its_bytes_come(shared: Any) -> None:
    kept = {"share:s1": {"by_link": "yes"}}
    outcome = shared(Media(b"%PDF", "application/pdf", "document"), kept)
    assert (outcome.reason, outcome.kept["by_link"]) == ("", "")


@pytest.mark.parametrize("reason", ["MEDIA_GONE", "SOURCE_UNREACHABLE"])
def test_a_document_that_is_gone_or_not_to_be_had_now_becomes_no_page(
    shared: Any, server: Any, reason: str
) -> None:
    assert shared(refusal(reason)).reason == reason
    assert server.seen == []


def test_without_an_address_there_is_nothing_to_lead_to(shared: Any, server: Any) -> None:
    outcome = shared(refusal("NOT_SUPPORTED"), link="")
    assert (outcome.state, outcome.reason) == ("REFUSED", "NOT_SUPPORTED")
    assert server.seen == []


def test_a_page_that_the_ent_refuses_is_no_lesser_form(shared: Any, server: Any, say: Any) -> None:
    server.answers.append(say(403))
    outcome = shared(refusal("NOT_SUPPORTED"))
    assert (outcome.state, outcome.reason) == ("REFUSED", "NOT_ALLOWED")


@given(st.text(alphabet=st.characters(exclude_characters="\r\0", codec="utf-8")))
def test_no_title_can_add_anything_to_the_page(title: str) -> None:
    read = Reader(link_page(title, PAGE).content.decode())
    assert read.tags == Reader(link_page("Défi", PAGE).content.decode()).tags
    assert read.links == [PAGE]
    assert "".join(read.shown).count(title) >= 2
