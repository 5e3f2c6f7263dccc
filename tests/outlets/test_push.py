"""What leaves for an ENT and what its answers mean, against a real HTTP server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from preau.outlets.outcome import Media, Outcome
from tests.outlets.sending import GROUP


def test_only_listed_fields_leave_and_the_answers_id_is_kept(
    deliver: Any, server: Any, parcel: Any, say: Any
) -> None:
    server.answers.append(say(201, b'{"id": 90001}'))
    body = {"group": "g1", "name": "Défi", "establishments": ["0119001Z"]}
    outcome = deliver(parcel(**body))
    assert (outcome.state, outcome.kept) == ("APPLIED", {"native_id": "90001"})
    (seen,) = server.seen
    assert json.loads(seen.body) == {"label": "Défi", "attributes": {"hub": "g1"}}
    assert seen.headers["authorization"] == "Bearer secret"
    assert (seen.headers["x-preau-event"], seen.headers["x-preau-version"]) == ("e-1", "7")


def test_what_is_known_is_changed_not_made_again(deliver: Any, server: Any, parcel: Any) -> None:
    kept = {"group:g1": {"native_id": "a/../b?c"}}
    assert deliver(parcel(group="g1", name="x"), kept).state == "APPLIED"
    assert [(seen.method, seen.path) for seen in server.seen] == [("PUT", "/groups/a%2F..%2Fb%3Fc")]


LOSING = {
    "find": GROUP["find"],
    "steps": [
        GROUP["steps"][0],
        {"call": "PUT /groups/{own.native_id}", "only": "known", "answers": {404: "UNKNOWN_GROUP"}},
    ],
}


def test_a_group_that_the_ent_lost_is_looked_for_and_made_anew(
    deliver: Any, server: Any, parcel: Any, say: Any
) -> None:
    server.answers += [say(404, b""), say(200, b"[]"), say(201, b'{"id": 8}')]
    kept = {"group:g1": {"native_id": "7"}}
    outcome = deliver(parcel(group="g1", name="x"), kept, raw=LOSING)
    assert (outcome.state, outcome.kept) == ("APPLIED", {"native_id": "8"})
    assert [seen.method for seen in server.seen] == ["PUT", "GET", "POST"]


def test_an_ent_that_finds_what_it_does_not_know_is_asked_once(
    deliver: Any, server: Any, parcel: Any, say: Any
) -> None:
    server.answers += [say(404, b""), say(200, b'[{"id": 7}]'), say(404, b"")]
    outcome = deliver(parcel(group="g1", name="x"), {"group:g1": {"native_id": "7"}}, raw=LOSING)
    assert (outcome.state, outcome.reason) == ("REFUSED", "UNKNOWN_GROUP")


def test_after_an_unknown_outcome_it_looks_first_and_makes_nothing_twice(
    deliver: Any, server: Any, parcel: Any, say: Any
) -> None:
    server.answers.append(say(200, b'[{"id": 5}]'))
    outcome = deliver(parcel(group="g 1", name="x"), unknown=True)
    assert (outcome.state, outcome.kept) == ("APPLIED", {"native_id": "5"})
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("GET", "/groups?hub=g+1"),
        ("PUT", "/groups/5"),
    ]


def test_what_was_not_found_is_made(deliver: Any, server: Any, parcel: Any, say: Any) -> None:
    server.answers += [say(200, b"[]"), say(200, b'{"id": 6}')]
    assert deliver(parcel(group="g1", name="x"), unknown=True).kept == {"native_id": "6"}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (409, b"", ("APPLIED", "")),
        (404, b"", ("REFUSED", "UNKNOWN_GROUP")),
        (200, b'{"err": "aaf"}', ("REFUSED", "STATE_OWNED")),
        (200, b'{"err": "busy"}', ("LATER", "ENT_ERROR")),
        (200, b'{"err": "something new"}', ("REFUSED", "REFUSED")),
        (200, b'{"err": null}', ("APPLIED", "")),
        (200, b"not json", ("APPLIED", "")),
        (204, b"", ("APPLIED", "")),
        (202, b"", ("ACCEPTED", "")),
        (302, b"", ("LATER", "REDIRECTED")),
        (400, b"", ("REFUSED", "REFUSED")),
        (401, b"", ("LATER", "NOT_AUTHENTICATED")),
        (403, b"", ("REFUSED", "NOT_ALLOWED")),
        (422, b"", ("REFUSED", "REFUSED")),
        (429, b"", ("LATER", "TOO_MANY")),
        (500, b"", ("LATER", "ENT_ERROR")),
        (503, b"", ("LATER", "ENT_ERROR")),
    ],
)
def test_each_answer_has_one_meaning(
    deliver: Any, server: Any, parcel: Any, say: Any, status: int, body: bytes, expected: Any
) -> None:
    server.answers.append(say(status, body))
    outcome = deliver(parcel(group="g1", name="x"))
    assert (outcome.state, outcome.reason) == expected


@pytest.mark.parametrize(
    ("unit", "said", "wait"),
    [
        ("seconds", "3", 3000),
        ("milliseconds", "3", 3),
        ("seconds", "soon", None),
        ("seconds", "Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("seconds", "9" * 40, 86_400_000),
    ],
)
def test_retry_after_is_read_in_the_products_unit(
    deliver: Any, server: Any, parcel: Any, say: Any, unit: str, said: str, wait: int | None
) -> None:
    server.answers.append(say(503, b"", (("Retry-After", said),)))
    outcome = deliver(parcel(group="g1", name="x"), raw={**GROUP, "retry_after": unit})
    assert outcome.wait_ms == wait


def test_nobody_there_means_nothing_was_sent(deliver: Any, server: Any, parcel: Any) -> None:
    server.close()
    outcome = deliver(parcel(group="g1", name="x"))
    assert (outcome.state, outcome.reason, outcome.sent) == ("LATER", "UNREACHABLE", False)


def test_an_endless_answer_is_cut(deliver: Any, server: Any, parcel: Any, say: Any) -> None:
    server.answers.append(say(200, b" " * 2_000_000))
    assert deliver(parcel(group="g1", name="x")).state == "LATER"


def test_a_document_travels_from_the_fetch_to_the_form(
    deliver: Any, server: Any, parcel: Any
) -> None:
    asked = []

    async def fetch(instance: str, media: str) -> Media | Outcome:
        asked.append((instance, media))
        return Media(b"\x00bytes", "application/pdf", "document")

    body = {"share": "s1", "source_instance": "ent-ecole", "source_media": "33010"}
    outcome = deliver(parcel("SHARE_PUT", "share:s1", **body), fetch=fetch)
    assert outcome.state == "APPLIED"
    assert asked == [("ent-ecole", "33010")]
    (seen,) = server.seen
    assert b"\x00bytes" in seen.body
    assert b"ent-ecole" not in seen.body


def test_a_document_that_is_gone_is_a_refusal_and_nothing_leaves(
    deliver: Any, server: Any, parcel: Any
) -> None:
    outcome = deliver(parcel("SHARE_PUT", "share:s1", share="s1"))
    assert (outcome.state, outcome.reason) == ("REFUSED", "MEDIA_GONE")
    assert server.seen == []


def test_an_operation_that_the_folder_does_not_have_is_said_so(
    deliver: Any, server: Any, parcel: Any
) -> None:
    raw = {"steps": [{"call": "PUT /", "when": {"name": "only this"}}]}
    outcome = deliver(parcel(group="g1", name="x"), raw=raw)
    assert (outcome.state, outcome.reason) == ("REFUSED", "NOT_SUPPORTED")
    assert server.seen == []


def test_a_child_whose_parent_has_no_id_yet_waits(deliver: Any, server: Any, parcel: Any) -> None:
    raw = {"steps": [{"call": "PUT /groups/{group.uid}"}]}
    outcome = deliver(parcel("GROUP_PUT", "member:m1", group="g1"), raw=raw)
    assert (outcome.state, outcome.reason) == ("LATER", "PARENT_MISSING")
    assert server.seen == []


BY_LINK = {
    "steps": [
        {"call": "POST /links", "body": {"titre": {"from": "share"}, "url": {"from": "link"}}}
    ]
}
PAGES = {("ent-ecole", "m 1"): "https://ent-ecole.example/doc/m%201"}


def test_a_document_is_given_by_its_address_and_the_receipt_says_so(
    deliver: Any, server: Any, parcel: Any, say: Any
) -> None:
    server.answers.append(say(200, b"{}"))
    body = {"share": "s1", "source_instance": "ent-ecole", "source_media": "m 1"}
    share = parcel("SHARE_PUT", "share:s1", **body)
    outcome = deliver(share, raw=BY_LINK, link=lambda *who: PAGES.get(who, ""))
    assert (outcome.state, outcome.reason) == ("APPLIED", "APPLIED_AS_LINK")
    (seen,) = server.seen
    assert json.loads(seen.body) == {"titre": "s1", "url": PAGES["ent-ecole", "m 1"]}


def test_a_document_without_an_address_is_not_sent(deliver: Any, server: Any, parcel: Any) -> None:
    body = {"share": "s1", "source_instance": "ent-ecole", "source_media": "m 2"}
    outcome = deliver(parcel("SHARE_PUT", "share:s1", **body), raw=BY_LINK)
    assert (outcome.state, outcome.reason, outcome.sent) == ("REFUSED", "NOT_SUPPORTED", False)
    assert server.seen == []


def test_a_refused_link_is_no_lesser_form(deliver: Any, server: Any, parcel: Any, say: Any) -> None:
    server.answers.append(say(403, b"{}"))
    body = {"share": "s1", "source_instance": "ent-ecole", "source_media": "m 1"}
    share = parcel("SHARE_PUT", "share:s1", **body)
    outcome = deliver(share, raw=BY_LINK, link=lambda *who: PAGES.get(who, ""))
    assert (outcome.state, outcome.reason) == ("REFUSED", "NOT_ALLOWED")
