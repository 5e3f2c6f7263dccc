"""In which form a product is spoken to, and where in its answers it says no."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.outlets.sending import GROUP


def test_a_product_speaks_the_media_type_that_its_folder_says(
    deliver: Any, server: Any, parcel: Any
) -> None:
    raw = {**GROUP, "media_type": "application/vnd.api+json"}
    assert deliver(parcel(group="g1", name="x"), raw=raw).state == "APPLIED"
    assert deliver(parcel(group="g1", name="x")).state == "APPLIED"
    spoken = [(seen.headers["accept"], seen.headers["content-type"]) for seen in server.seen]
    assert spoken == [("application/vnd.api+json",) * 2, ("application/json",) * 2]


@pytest.mark.parametrize("reason", ["NOT_AUTHENTICATED", "TOO_MANY", "NO_ANSWER"])
def test_what_passes_is_tried_again_also_when_the_ent_has_a_word_for_it(
    deliver: Any, server: Any, parcel: Any, say: Any, reason: str
) -> None:
    step = {"call": "PUT /groups", "error": "errors.0.code", "answers": {"BLOCKED": reason}}
    server.answers.append(say(403, b'{"errors": [{"code": "BLOCKED"}]}', (("Retry-After", "2"),)))
    outcome = deliver(parcel(group="g1", name="x"), raw={"steps": [step]})
    assert (outcome.state, outcome.reason, outcome.wait_ms) == ("LATER", reason, 2000)


FORM = {
    "media_type": "application/x-www-form-urlencoded",
    "steps": [
        {
            "call": "POST /rest",
            "body": {
                "token": {"from": "secret"},
                "cohorts.0.name": {"from": "name"},
                "cohorts.0.kind.type": {"const": "system"},
                "ids": {"from": "group", "list": True},
                "cohorts.0.theme": {"const": None},
            },
            "error": ["errorcode", "warnings.0.code"],
            "answers": {"gone": "UNKNOWN_GROUP", "2": "UNKNOWN_MEMBER"},
        }
    ],
}


def test_a_form_has_bracketed_names_and_may_carry_the_secret_where_no_log_sees_it(
    deliver: Any, server: Any, parcel: Any
) -> None:
    assert deliver(parcel(group="g1", name="Défi & co"), raw=FORM).state == "APPLIED"
    (seen,) = server.seen
    assert parse_qsl(seen.body.decode(), keep_blank_values=True) == [
        ("token", "secret"),
        ("cohorts[0][name]", "Défi & co"),
        ("cohorts[0][kind][type]", "system"),
        ("ids[0]", "g1"),
    ]
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert seen.headers["accept"] == "application/json"
    assert "authorization" not in seen.headers
    assert "secret" not in seen.path


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"null", ("APPLIED", "")),
        (b"[]", ("APPLIED", "")),
        (b'{"warnings": []}', ("APPLIED", "")),
        (b'{"errorcode": "gone", "warnings": [{"code": "2"}]}', ("REFUSED", "UNKNOWN_GROUP")),
        (b'{"warnings": [{"code": "2"}]}', ("REFUSED", "UNKNOWN_MEMBER")),
        (b'{"warnings": [{"code": "9"}]}', ("REFUSED", "REFUSED")),
        (b'{"errorcode": ["gone"]}', ("REFUSED", "REFUSED")),
    ],
)
def test_an_error_may_stand_in_several_places(
    deliver: Any, server: Any, parcel: Any, say: Any, body: bytes, expected: Any
) -> None:
    server.answers.append(say(200, body))
    outcome = deliver(parcel(group="g1", name="x"), raw=FORM)
    assert (outcome.state, outcome.reason) == expected
