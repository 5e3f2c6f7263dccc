"""Each case goes red when the part of the engine that keeps it is taken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from preau.agents import touched
from preau.canon.purposes import purposes
from preau.canon.schemas import released
from preau.inlets import publishing
from preau.kit.judge import ARRIVING, DELIVERING
from preau.kit.receiving import Receiving
from preau.kit.speaking import Speaking
from preau.store import deliveries, leave, mandates, outgoing, said, taking_part
from preau.store.rights import Rights
from preau.store.said import SaidState

Patch = pytest.MonkeyPatch
Fault = Callable[[Patch], None]
PUT = said.put
FILED, PUSHED = "netecole", "edifice"
CANONICAL = tuple(sorted({each.name for each in released().values()}))


def every_event_is_let_in(patch: Patch) -> None:
    everything = dict.fromkeys(CANONICAL, frozenset({"*"}))
    patch.setattr(mandates, "published", lambda *_said: {FILED: everything})


def an_event_may_name_any_school(patch: Patch) -> None:
    patch.setattr(publishing, "_named", lambda _values: iter(()))


def everybody_is_heard(patch: Patch) -> None:
    patch.setattr(Rights, "heard", lambda *_said, **_more: True)


def decisions_are_not_looked_for(patch: Patch) -> None:
    patch.setattr(taking_part, "take_turns", lambda _connection: set())


def nothing_is_withdrawn(patch: Patch) -> None:
    patch.setattr(outgoing, "_withdrawn", outgoing.as_wanted)


def what_is_held_is_told_again(patch: Patch) -> None:
    patch.setattr(outgoing, "_differs", lambda *_said: True)


def the_last_heard_wins(patch: Patch) -> None:
    numbers = count(1)

    def put(connection: sa.Connection, states: Sequence[SaidState]) -> Any:
        return PUT(connection, [each._replace(version=next(numbers)) for each in states])

    patch.setattr(said, "put", put)


def what_is_deleted_stays_so(patch: Patch) -> None:
    def put(connection: sa.Connection, states: Sequence[SaidState]) -> Any:
        alive = []
        for each in states:
            before = said.states(connection, each.record, [each.key]).get(each.key)
            if before is None or not before.deleted:
                alive.append(each)
        return PUT(connection, alive)

    patch.setattr(said, "put", put)


def documents_wake_no_share(patch: Patch) -> None:
    patch.setattr(touched.Touched, "by_resources", lambda *_said: None)


def everything_may_leave(patch: Patch) -> None:
    fields = {"group", "name", "member_kind", "local_id", "role", "share", "title", "permission"}
    fields |= {"source_instance", "source_media", "kind", "homework", "due"}
    patch.setattr(leave.Leave, "listed", lambda *_said: fields)


def everybody_is_routed_to(patch: Patch) -> None:
    """Only the check at the very door is left, and each check is judged by itself."""
    listed = purposes()["PROJET_PEDAGOGIQUE"]
    patch.setattr(Rights, "goes", lambda *_said: True)
    patch.setattr(Rights, "destinations", lambda _rights: [PUSHED, f"x-{PUSHED}"])
    patch.setattr(Rights, "listed", lambda *_said: listed.records | listed.fields)


def repeats_are_delivered(patch: Patch) -> None:
    insert, versions = deliveries.Deliveries.insert, count(1000)

    def again(self: Any, rows: Sequence[deliveries.Delivery]) -> None:
        insert(self, [each._replace(version=next(versions)) for each in rows])

    patch.setattr(deliveries.Deliveries, "insert", again)


def nothing_waits_for_its_group(patch: Patch) -> None:
    insert = deliveries.Deliveries.insert

    def alone(self: Any, rows: Sequence[deliveries.Delivery]) -> None:
        insert(self, [each._replace(parents=()) for each in rows])

    patch.setattr(deliveries.Deliveries, "insert", alone)


IN: list[tuple[Fault, str]] = [
    (every_event_is_let_in, "in: nothing is accepted without a mandate"),
    (an_event_may_name_any_school, "in: nothing is accepted without a mandate"),
    (everybody_is_heard, "in: what has no mandate goes to no other ENT"),
    (everybody_is_heard, "in: a withdrawal is honoured"),
    (decisions_are_not_looked_for, "in: a withdrawal is honoured"),
    (nothing_is_withdrawn, "in: a withdrawal is honoured"),
    (decisions_are_not_looked_for, "in: a late mandate brings what came before it"),
    (what_is_held_is_told_again, "in: what is said again changes nothing"),
    (the_last_heard_wins, "in: any order ends in the same state"),
    (the_last_heard_wins, "in: what was deleted comes back with a later event only"),
    (what_is_deleted_stays_so, "in: what was deleted comes back with a later event only"),
    (
        documents_wake_no_share,
        "in: what lacks its class, account, document or group waits for it",
    ),
]
OUT: list[tuple[Fault, str]] = [
    (everybody_is_routed_to, "out: nothing is delivered without a mandate"),
    (everybody_is_routed_to, "out: after a withdrawal only removals are delivered"),
    (everything_may_leave, "out: nothing is delivered without a mandate"),
    (everything_may_leave, "out: after a withdrawal only removals are delivered"),
    (nothing_is_withdrawn, "out: after a withdrawal only removals are delivered"),
    (decisions_are_not_looked_for, "out: a late mandate brings what was given before it"),
    (repeats_are_delivered, "out: what is delivered again is called for once"),
    (nothing_waits_for_its_group, "out: deliveries in any order end in the same state"),
    (the_last_heard_wins, "out: what was removed comes back when given again"),
    (what_is_deleted_stays_so, "out: what was removed comes back when given again"),
    (nothing_waits_for_its_group, "out: what belongs to a group waits for it"),
]


def named(pairs: Sequence[tuple[Fault, str]]) -> list[str]:
    return [f"{fault.__name__}, {sentence}" for fault, sentence in pairs]


@pytest.mark.parametrize(("fault", "sentence"), IN, ids=named(IN))
def test_a_case_of_what_arrives_goes_red(
    speaking: Speaking, monkeypatch: Patch, fault: Fault, sentence: str
) -> None:
    assert list(ARRIVING[sentence](speaking)) == []

    fault(monkeypatch)

    assert list(ARRIVING[sentence](speaking)) != []


@pytest.mark.parametrize(("fault", "sentence"), OUT, ids=named(OUT))
def test_a_case_of_what_is_delivered_goes_red(
    receiving: Receiving, monkeypatch: Patch, fault: Fault, sentence: str
) -> None:
    assert list(DELIVERING[sentence](receiving)) == []

    fault(monkeypatch)

    assert list(DELIVERING[sentence](receiving)) != []


def test_every_case_has_a_fault_that_it_finds() -> None:
    assert {sentence for _, sentence in IN} == set(ARRIVING)
    assert {sentence for _, sentence in OUT} == set(DELIVERING)
