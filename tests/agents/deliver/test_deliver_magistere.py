"""A project's group in the fictional m@gistère: by its web services, adults only, once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.app.products import product
from preau.catalogue.catalogue import open_catalogue
from preau.clock import SystemClock
from preau.errors import Place
from preau.outlets.opening import WaysOut
from preau.outlets.operation import parse_operation
from preau.outlets.outcome import Kept, Outcome, Parcel
from preau.sandbox.process import EntProcess
from tests.agents.deliver.conftest import TOKEN, Reached

GROUP = "0199c0de-0000-7000-8000-000000000002"
ENT = "magistere"
Deliver = Callable[..., Outcome]


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[EntProcess]:
    """The fictional platform, with two accounts."""
    ent = EntProcess(ENT, tmp_path / ENT, TOKEN)
    ent.start()
    users = [{"id": number, "username": f"u{number}"} for number in (41, 42)]
    assert ent.call("POST /_sandbox/seed", {"users": users}).status == 200
    yield ent
    assert ent.stop() == 0


@pytest.fixture
def deliver(platform: EntProcess) -> Deliver:
    """One try, as the step does it: `deliver("GROUP_PUT", kept, name="…")`."""
    made = product(open_catalogue(), ENT)

    async def one(parcel: Parcel, kept: Kept, secret: str, *, unknown: bool) -> Outcome:
        reached = Reached(ENT, ENT, platform.origin, secret)
        ways = WaysOut(lambda _: reached, lambda _: made, SystemClock())
        outlet = ways.open(ENT)
        assert outlet is not None
        try:
            return await outlet.deliver(parcel, kept, unknown=unknown)
        finally:
            await outlet.close()
            await ways.close()

    def go(
        operation: str,
        kept: Kept | None = None,
        *,
        unknown: bool = False,
        secret: str = TOKEN,
        **body: Any,
    ) -> Outcome:
        entity = f"group:{GROUP}" if operation.startswith("GROUP") else f"member:{GROUP}:x"
        parcel = Parcel("e", ENT, operation, entity, 1, "c", 1, {"group": GROUP, **body})
        return asyncio.run(one(parcel, kept or {}, secret, unknown=unknown))

    return go


def joins(user: str, role: str = "TEACHER") -> dict[str, str]:
    """The body of a member."""
    return {"member_kind": "PERSON", "local_id": user, "role": role}


def held(platform: EntProcess) -> list[tuple[str, str, list[str]]]:
    """(name, idnumber, members) of each cohort."""
    rows = platform.call("GET /_sandbox/holds").body
    return [(row["name"], row["idnumber"], row["members"]) for row in rows]


@pytest.fixture
def made(deliver: Deliver) -> Kept:
    """The group is there, and the hub knows its id."""
    outcome = deliver("GROUP_PUT", name="Stage")
    assert outcome.state == "APPLIED"
    return {f"group:{GROUP}": outcome.kept}


def test_a_group_is_made_renamed_filled_emptied_and_taken_away(
    deliver: Deliver, platform: EntProcess, made: Kept
) -> None:
    assert deliver("GROUP_PUT", made, name="Stage & co").state == "APPLIED"
    for user in ("41", "42", "41"):
        assert deliver("MEMBER_PUT", made, **joins(user)).state == "APPLIED"
    assert held(platform) == [("Stage & co", GROUP, ["41", "42"])]
    for _ in range(2):
        assert deliver("MEMBER_REMOVE", made, **joins("42")).state == "APPLIED"
    assert held(platform) == [("Stage & co", GROUP, ["41"])]
    for _ in range(2):
        assert deliver("GROUP_REMOVE", made).state == "APPLIED"
    assert held(platform) == []
    assert deliver("MEMBER_REMOVE", made, **joins("41")).state == "APPLIED"


def test_when_the_answer_is_lost_the_cohort_is_found_again_and_there_is_no_second(
    deliver: Deliver, platform: EntProcess
) -> None:
    platform.call("POST /_sandbox/fault", {"kind": "lost"})
    lost = deliver("GROUP_PUT", name="Stage")
    assert (lost.state, lost.reason, lost.sent) == ("LATER", "NO_ANSWER", True)
    again = deliver("GROUP_PUT", unknown=True, name="Stage, 2e séance")
    assert (again.state, set(again.kept)) == ("APPLIED", {"native_id"})
    assert held(platform) == [("Stage, 2e séance", GROUP, [])]


def test_a_hub_that_forgot_the_cohort_is_refused_a_second_and_finds_the_first(
    deliver: Deliver, platform: EntProcess, made: Kept
) -> None:
    first = deliver("GROUP_PUT", name="Stage")
    assert (first.state, first.sent) == ("LATER", True)
    assert deliver("GROUP_PUT", unknown=True, name="Stage").kept == made[f"group:{GROUP}"]
    assert len(held(platform)) == 1


def test_a_cohort_that_somebody_deleted_is_made_anew(
    deliver: Deliver, platform: EntProcess, made: Kept
) -> None:
    platform.call("POST /_sandbox/say", {"what": "cohort.deleted", "idnumber": GROUP})
    lost = deliver("MEMBER_PUT", made, **joins("41"))
    assert (lost.state, lost.reason) == ("REFUSED", "UNKNOWN_GROUP")
    anew = deliver("GROUP_PUT", made, name="Stage")
    assert anew.state == "APPLIED"
    assert anew.kept != made[f"group:{GROUP}"]
    assert held(platform) == [("Stage", GROUP, [])]


def test_whoever_has_no_account_there_is_told(deliver: Deliver, made: Kept) -> None:
    outcome = deliver("MEMBER_PUT", made, **joins("99"))
    assert (outcome.state, outcome.reason) == ("REFUSED", "UNKNOWN_MEMBER")


@pytest.mark.parametrize("role", ["PUPIL", "GUARDIAN", "OBSERVER"])
def test_no_pupil_and_no_family_gets_in_even_when_asked_to(
    deliver: Deliver, platform: EntProcess, made: Kept, role: str
) -> None:
    before = platform.call("GET /_sandbox/calls").body
    outcome = deliver("MEMBER_PUT", made, **joins("41", role))
    assert (outcome.state, outcome.reason) == ("REFUSED", "ADULTS_ONLY")
    assert platform.call("GET /_sandbox/calls").body == before


def test_the_folder_itself_has_no_call_for_a_pupil() -> None:
    folder = open_catalogue().connector(ENT)
    raw, needs = folder.outlets["member-put"], folder.card.needs["MEMBER_PUT"]
    for step in parse_operation("MEMBER_PUT", raw, needs, Place(ENT)).steps:
        assert set(step.when["role"]) == {"TEACHER", "HEAD_TEACHER", "LEADER"}


@pytest.mark.parametrize("operation", ["GROUP_PUT", "GROUP_REMOVE", "MEMBER_PUT", "MEMBER_REMOVE"])
def test_a_token_that_is_not_accepted_waits_for_the_operator(
    deliver: Deliver, made: Kept, operation: str
) -> None:
    outcome = deliver(operation, made, secret="another", name="Stage", **joins("41"))
    assert (outcome.state, outcome.reason) == ("LATER", "NOT_AUTHENTICATED")


def test_a_right_that_the_account_lost_is_a_refusal(
    deliver: Deliver, platform: EntProcess, made: Kept
) -> None:
    platform.call("POST /_sandbox/say", {"what": "rights", "granted": False})
    for operation in ("GROUP_PUT", "GROUP_REMOVE", "MEMBER_PUT", "MEMBER_REMOVE"):
        outcome = deliver(operation, made, name="Stage", **joins("41"))
        assert (outcome.state, outcome.reason) == ("REFUSED", "NOT_ALLOWED")


def test_a_platform_that_lies_is_asked_again(
    deliver: Deliver, platform: EntProcess, made: Kept
) -> None:
    platform.call("POST /_sandbox/fault", {"kind": "lie"})
    assert deliver("GROUP_PUT", made, name="Autre").state == "LATER"
    assert held(platform)[0][0] == "Stage"
    assert deliver("GROUP_PUT", made, unknown=True, name="Autre").state == "APPLIED"
    assert held(platform)[0][0] == "Autre"
