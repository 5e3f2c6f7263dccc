"""A webhook is what Standard Webhooks says: verified here with the standard's own library."""

from __future__ import annotations

import json
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from preau.clock import SetClock, SystemClock
from preau.outlets.address import open_session
from preau.outlets.outcome import Outcome, Target
from preau.outlets.webhook import SignedWebhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEEDS = {"GROUP_PUT": ["group", "name"]}


def post(run: Any, server: Any, parcel: Any, clock: Any = None) -> Outcome:
    async def go() -> Outcome:
        session = open_session(loopback=True)
        target = Target("mon-ent", server.url, SECRET, loopback=True)
        outlet = SignedWebhook(target, NEEDS, session, clock or SystemClock())
        try:
            return await outlet.deliver(parcel, {}, unknown=False)
        finally:
            await outlet.close()

    outcome: Outcome = run(go())
    return outcome


def test_the_receiver_verifies_it_and_reads_the_allowed_fields_only(
    run: Any, server: Any, parcel: Any
) -> None:
    body = {"group": "g1", "name": "Défi lecture", "establishments": ["0119001Z"]}
    assert post(run, server, parcel(**body)).state == "APPLIED"
    (seen,) = server.seen
    said = Webhook(SECRET).verify(seen.body, seen.headers)
    assert said == json.loads(seen.body)
    assert (seen.headers["webhook-id"], said["id"]) == ("e-1", "e-1")
    assert said["data"] == {"version": 7, "group": "g1", "name": "Défi lecture"}
    assert (said["type"], said["specversion"]) == ("fr.preau.group.put.v1", "1.0")
    assert said["time"] == "2026-09-10T00:26:40.123Z"
    assert "authorization" not in seen.headers


def test_a_changed_byte_or_another_secret_is_not_verified(
    run: Any, server: Any, parcel: Any
) -> None:
    post(run, server, parcel(group="g1"))
    (seen,) = server.seen
    for body, secret in ((seen.body + b" ", SECRET), (seen.body, SECRET[:-4] + "AAAA")):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, seen.headers)


def test_an_old_signature_is_refused_by_the_library(run: Any, server: Any, parcel: Any) -> None:
    post(run, server, parcel(group="g1"), SetClock(1_700_000_000_000))
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(SECRET).verify(server.seen[0].body, server.seen[0].headers)


def test_a_redirect_is_a_failure_and_is_not_followed(
    run: Any, server: Any, parcel: Any, say: Any
) -> None:
    for status in (301, 302, 303, 307, 308):
        server.answers.append(say(status, b"", (("Location", server.url + "/stolen"),)))
        outcome = post(run, server, parcel(group="g1"))
        assert (outcome.state, outcome.reason) == ("LATER", "REDIRECTED")
    assert {seen.path for seen in server.seen} == {"/"}


@pytest.mark.parametrize(
    ("status", "state"), [(200, "APPLIED"), (201, "APPLIED"), (202, "ACCEPTED")]
)
def test_202_says_that_it_has_it_and_is_not_done(
    run: Any, server: Any, parcel: Any, say: Any, status: int, state: str
) -> None:
    server.answers.append(say(status))
    assert post(run, server, parcel(group="g1")).state == state


def test_410_asks_to_be_disabled(run: Any, server: Any, parcel: Any, say: Any) -> None:
    server.answers.append(say(410))
    outcome = post(run, server, parcel(group="g1"))
    assert (outcome.disable, outcome.reason) == (True, "DISABLED")


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_every_other_answer_is_tried_again_no_sooner_than_asked(
    run: Any, server: Any, parcel: Any, say: Any, status: int
) -> None:
    server.answers.append(say(status, b"", (("Retry-After", "7"),)))
    outcome = post(run, server, parcel(group="g1"))
    assert (outcome.state, outcome.wait_ms) == ("LATER", 7000)


def test_twenty_kilobytes_are_not_sent(run: Any, server: Any, parcel: Any) -> None:
    outcome = post(run, server, parcel(group="g1", name="é" * 10_000))
    assert (outcome.state, outcome.reason) == ("REFUSED", "TOO_LARGE")
    assert server.seen == []


def test_what_the_card_does_not_list_is_refused_and_not_posted(
    run: Any, server: Any, parcel: Any
) -> None:
    outcome = post(run, server, parcel(group="g1")._replace(operation="NOTICE_PUT"))
    assert (outcome.state, outcome.reason, outcome.sent) == ("REFUSED", "NOT_SUPPORTED", False)
    assert server.seen == []


def test_without_the_operators_leave_loopback_is_not_called(
    run: Any, server: Any, parcel: Any
) -> None:
    async def go() -> Outcome:
        target = Target("mon-ent", server.url, SECRET)
        outlet = SignedWebhook(target, NEEDS, open_session(loopback=False), SystemClock())
        try:
            return await outlet.deliver(parcel(group="g1"), {}, unknown=False)
        finally:
            await outlet.close()

    assert run(go()).reason == "ADDRESS_NOT_ALLOWED"
    assert server.seen == []
