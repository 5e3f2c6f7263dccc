"""The second lock: a delivery that would let a pupil into a product for adults never leaves."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from preau.clock import SystemClock
from preau.errors import Place
from preau.outlets.opening import Product, WaysOut
from preau.outlets.operation import parse_operation
from preau.outlets.outcome import Outcome

NEEDS = {
    "MEMBER_PUT": ("group", "member_kind", "local_id", "role"),
    "MEMBER_REMOVE": ("group", "local_id"),
    "GROUP_PUT": ("group", "name"),
}
STEPS = {"steps": [{"call": "POST /anything"}]}


class Instance(NamedTuple):
    """An instance as its operator declared it."""

    base_url: str
    way_out: str
    secret: str = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0"
    name: str = "formation"
    connector: str = "formation"
    loopback: bool = True
    disabled: bool = False


@pytest.fixture(params=["push", "webhook"])
def deliver(request: pytest.FixtureRequest, run: Any, server: Any) -> Any:
    operations = {n: parse_operation(n, STEPS, f, Place("formation")) for n, f in NEEDS.items()}
    product = Product(operations, NEEDS, adults_only=True)
    instance = Instance(server.url, request.param)

    def go(parcel: Any) -> Outcome:
        async def one() -> Outcome:
            ways = WaysOut(lambda _: instance, lambda _: product, SystemClock())
            outlet = ways.open("formation")
            assert outlet is not None
            assert parcel.entity in outlet.reads(parcel) | {parcel.entity}
            try:
                return await outlet.deliver(parcel, {}, unknown=True)
            finally:
                await outlet.close()
                await ways.close()

        outcome: Outcome = run(one())
        return outcome

    return go


@pytest.mark.parametrize("role", ["PUPIL", "GUARDIAN", "OBSERVER", "pupil", "", None])
def test_nobody_but_an_adult_of_a_school_is_let_in(
    deliver: Any, server: Any, parcel: Any, role: str | None
) -> None:
    body = {"group": "g1", "member_kind": "PERSON", "local_id": "7", "role": role}
    outcome = deliver(parcel("MEMBER_PUT", "member:g1:7", **body))
    assert (outcome.state, outcome.reason, outcome.sent) == ("REFUSED", "ADULTS_ONLY", False)
    assert server.seen == []


def test_without_a_role_nobody_is_let_in(deliver: Any, server: Any, parcel: Any) -> None:
    body = {"group": "g1", "member_kind": "PERSON", "local_id": "7"}
    assert deliver(parcel("MEMBER_PUT", "member:g1:7", **body)).reason == "ADULTS_ONLY"
    assert server.seen == []


@pytest.mark.parametrize("role", [{}, {"role": "TEACHER"}])
def test_a_whole_class_is_not_let_in(
    deliver: Any, server: Any, parcel: Any, role: dict[str, str]
) -> None:
    body = {"group": "g1", "member_kind": "GROUP", "local_id": "7", **role}
    assert deliver(parcel("MEMBER_PUT", "member:g1:7", **body)).reason == "ADULTS_ONLY"
    assert server.seen == []


@pytest.mark.parametrize("role", ["TEACHER", "HEAD_TEACHER", "LEADER"])
def test_an_adult_is_let_in(deliver: Any, server: Any, parcel: Any, role: str) -> None:
    body = {"group": "g1", "member_kind": "PERSON", "local_id": "7", "role": role}
    assert deliver(parcel("MEMBER_PUT", "member:g1:7", **body)).state == "APPLIED"
    assert len(server.seen) == 1


def test_whoever_leaves_and_the_group_itself_need_no_role(
    deliver: Any, server: Any, parcel: Any
) -> None:
    gone = parcel("MEMBER_REMOVE", "member:g1:7", group="g1", local_id="7")
    assert deliver(gone).state == "APPLIED"
    assert deliver(parcel("GROUP_PUT", group="g1", name="Stage")).state == "APPLIED"
    assert len(server.seen) == 2
