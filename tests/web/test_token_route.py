"""`POST /token` gives a consumer of rosters an access token, as OAuth 2.0 has it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from preau.store.api_keys import key_id
from preau.web.access_tokens import CORE, FULL
from tests.web.consumers import FORM, SECRET

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize(
    ("said", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"client_secret": "operator-key"}, 401, "invalid_client"),
        ({"client_secret": "publisher"}, 400, "unauthorized_client"),
        ({"scope": "everything"}, 400, "invalid_scope"),
    ],
)
def test_no_token_without_the_right_to_one(
    service: Any, said: dict[str, str], status: int, error: str
) -> None:
    good = {"grant_type": "client_credentials", "client_id": "reader", "client_secret": SECRET}
    body = "&".join(f"{name}={value}" for name, value in (good | said).items())
    answer = service.call("POST", "/token", body.encode(), Content_Type=FORM)
    assert (answer.status, answer.json["error"]) == (status, error)


def test_a_client_may_say_who_it_is_in_a_header_and_by_its_key_s_name(service: Any) -> None:
    basic = base64.b64encode(f"{key_id(SECRET)}:{SECRET}".encode()).decode()
    answer = service.call(
        *("POST", "/token", b"grant_type=client_credentials"),
        Authorization=f"Basic {basic}",
        Content_Type=FORM,
    )
    assert answer.status == 200
    assert answer.json["scope"].split() == [CORE, FULL]
    assert answer.headers["cache-control"] == "no-store"
    for wrong in ("Basic é".encode(), b"Basic bm8="):
        answer = service.call(
            *("POST", "/token", b"grant_type=client_credentials"),
            Authorization=wrong,
            Content_Type=FORM,
        )
        assert (answer.status, answer.json["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", b"{}"), (FORM, b"\xff"), (FORM, b"a" * 9_000), (FORM, b"a=1&" * 30)],
)
def test_a_body_that_cannot_be_read_is_no_request(service: Any, kind: str, body: bytes) -> None:
    answer = service.call("POST", "/token", body, Content_Type=kind)
    assert answer.status == 400
    assert answer.json["error"] in {"invalid_request", "unsupported_grant_type"}
