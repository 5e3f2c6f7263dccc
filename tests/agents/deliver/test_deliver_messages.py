"""A document in a Moodle, whose cohorts have no place for it: a message to each member, once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.app.products import product
from preau.catalogue.catalogue import open_catalogue
from preau.clock import SystemClock
from preau.outlets.opening import WaysOut
from preau.outlets.outcome import Kept, Outcome, Parcel
from preau.sandbox.process import EntProcess
from preau.store.circles import Circle
from tests.agents.deliver.conftest import TOKEN, Reached

ENT, ELSEWHERE = "magistere", "mon-ent"
SHARE = "0199c0de-0000-7000-8000-00000000000a"
BODY: dict[str, Any] = {
    "share": SHARE,
    "group": "g1",
    "title": "Conte",
    "source_instance": ELSEWHERE,
    "source_media": "d-1",
}
LINK = "https://mon-ent.example.fr/workspace/document/d-1"
Deliver = Callable[..., Outcome]


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[EntProcess]:
    """A Moodle with two accounts and a cohort that the hub made."""
    ent = EntProcess(ENT, tmp_path / ENT, TOKEN)
    ent.start()
    users = [{"id": number, "username": f"u{number}"} for number in (41, 42)]
    assert ent.call("POST /_sandbox/seed", {"users": users}).status == 200
    yield ent
    assert ent.stop() == 0


@pytest.fixture
def deliver(platform: EntProcess) -> Deliver:
    """One try: `deliver("SHARE_PUT", members, kept)`."""
    catalogue = open_catalogue()
    reached = {
        ENT: Reached(ENT, ENT, platform.origin, TOKEN),
        ELSEWHERE: Reached(ELSEWHERE, "edifice", "https://mon-ent.example.fr", TOKEN),
    }

    async def one(parcel: Parcel, kept: Kept) -> Outcome:
        ways = WaysOut(reached.get, lambda name: product(catalogue, name), SystemClock())
        outlet = ways.open(ENT)
        assert outlet is not None
        try:
            return await outlet.deliver(parcel, kept, unknown=False)
        finally:
            await outlet.close()
            await ways.close()

    def go(operation: str, members: tuple[str, ...] = (), kept: Any = None) -> Outcome:
        body = BODY if operation.endswith("PUT") else {}
        entity = f"share:{SHARE}"
        parcel = Parcel("e", ENT, operation, entity, 1, "c", 1, body, Circle("Stage", members))
        known = {f"share:{SHARE}": kept} if kept else {}
        return asyncio.run(one(parcel, known))

    return go


def sent(platform: EntProcess) -> list[str]:
    """What was done with messages, in order."""
    acts: list[dict[str, str]] = platform.call("GET /_sandbox/effects").body
    return [each["verb"] for each in acts if each["verb"].startswith("message")]


def test_each_member_is_told_once_and_the_message_goes_with_the_share(
    deliver: Deliver, platform: EntProcess
) -> None:
    outcome = deliver("SHARE_PUT", ("41", "42"))
    assert (outcome.state, outcome.reason) == ("APPLIED", "APPLIED_AS_LINK")
    assert sorted(outcome.kept.values()) == ["1", "2"]
    assert not any("41" in name.split(".") for name in outcome.kept)
    again = deliver("SHARE_PUT", ("41", "42"), outcome.kept)
    assert (again.state, again.reason, dict(again.kept)) == ("APPLIED", "APPLIED_AS_LINK", {})
    assert sent(platform) == ["message.send"] * 2
    for _ in range(2):
        assert deliver("SHARE_REMOVE", kept=outcome.kept).state == "APPLIED"
    assert sent(platform) == ["message.send"] * 2 + ["message.delete"] * 2


def test_whoever_joined_since_is_told_when_the_share_is_said_anew(
    deliver: Deliver, platform: EntProcess
) -> None:
    first = deliver("SHARE_PUT", ("41",))
    second = deliver("SHARE_PUT", ("41", "42"), first.kept)
    assert list(second.kept.values()) == ["2"]
    assert sent(platform) == ["message.send"] * 2


def test_one_account_that_is_gone_does_not_keep_the_others_from_it(deliver: Deliver) -> None:
    outcome = deliver("SHARE_PUT", ("99", "41"))
    assert (outcome.state, list(outcome.kept.values())) == ("APPLIED", ["1"])


def test_when_nobody_can_be_told_it_is_refused(deliver: Deliver) -> None:
    assert deliver("SHARE_PUT", ("98", "99"))[:2] == ("REFUSED", "REFUSED")


def test_a_group_without_members_yet_waits_for_them(deliver: Deliver) -> None:
    outcome = deliver("SHARE_PUT")
    assert (outcome.state, outcome.reason, outcome.sent) == ("LATER", "PARENT_MISSING", False)


def test_after_a_fault_only_those_who_were_not_told_are(
    deliver: Deliver, platform: EntProcess
) -> None:
    platform.call("POST /_sandbox/say", {"what": "rights", "granted": False})
    assert deliver("SHARE_PUT", ("41",))[:2] == ("REFUSED", "NOT_ALLOWED")
    platform.call("POST /_sandbox/say", {"what": "rights", "granted": True})
    first = deliver("SHARE_PUT", ("41",))
    platform.call("POST /_sandbox/fault", {"kind": "status", "status": 503, "times": 1})
    late = deliver("SHARE_PUT", ("41", "42"), first.kept)
    assert late.state == "LATER"
    assert deliver("SHARE_PUT", ("41", "42"), first.kept).state == "APPLIED"
    assert sent(platform) == ["message.send"] * 2


def test_what_was_never_sent_is_withdrawn_at_once(deliver: Deliver, platform: EntProcess) -> None:
    assert deliver("SHARE_REMOVE").state == "APPLIED"
    assert sent(platform) == []
