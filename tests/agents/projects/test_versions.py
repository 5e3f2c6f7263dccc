"""Versions of one thing in one ENT only grow, whatever was forgotten in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from preau.broker.records import Arrival
from preau.canon.codec import decode
from preau.store import withdrawals
from tests.agents.projects.life import Life

HAPPENS = ["account", "entry", "gone", "joins", "leaves", "shares", "works", "closes"]
FORGETS = ["time", "rebuild", "withdraws", "authorises", "erased", "read_in", "parted"]
ACTS = st.tuples(st.sampled_from(HAPPENS + FORGETS), st.integers(0, 3))
MEMBER = "member:group-1:u1"


class Memory(Life):
    """A life in which every ENT keeps the last version that it was told of each thing."""

    def __init__(self, *said: Any) -> None:
        super().__init__(*said)
        self.last: dict[tuple[str, str], int] = {}
        self.stale: list[str] = []

    def answer(self, told: Arrival) -> Arrival:
        said = decode(told.value or b"").value
        place, version = (said["destination"], said["entity"]), said["version"]
        if version <= self.last.get(place, 0):
            self.stale.append(f"{place}: {self.last[place]}, then {version}")
        self.last[place] = max(version, self.last.get(place, 0))
        return super().answer(told)

    def act(self, act: str, number: int) -> None:
        self.version += 1
        ecole, college = self.places
        if act == "time":
            self.time_passes()
        elif act == "rebuild":
            self.rebuilt()
            self.hear_of(self.hub.restarted().opening())
        elif act == "withdraws":
            gone = college._replace(decision="WITHDRAWN")
            self.hear(self.hub.project(ecole, gone, version=self.version))
        elif act == "authorises":
            self.hear(self.hub.project(ecole, college, version=self.version))
        elif act == "erased":
            self.erase(f"college/u{number}")
        elif act == "read_in":
            self.hear(*self.hub.recognise(f"p{number}", f"aaf/{number}", f"college/u{number}"))
        elif act == "parted":
            self.hear(*self.hub.recognise(f"q{number}", f"college/u{number}"))
        else:
            super().act(act, number)

    def erase(self, source: str) -> None:
        """As the end of an erasure does: what the ENT was told of it is forgotten."""
        with self.hub.engine.begin() as connection:
            over = [each.place() for each in withdrawals.held(connection, [source])]
            withdrawals.drop_entities(connection, over)


@pytest.fixture
def memory(hub: Any, say: Any, ecole: Any, college: Any) -> Iterator[Memory]:
    made = Memory(hub, say, ecole, college)
    made.begin()
    yield made
    assert made.stale == []


def live(memory: Memory, *acts: str) -> None:
    for act in acts:
        memory.act(act, 1)


def test_a_member_that_comes_back_after_it_was_forgotten_is_a_newer_version(
    memory: Memory,
) -> None:
    live(memory, "account", "entry", "joins", "leaves")
    before = memory.last["college", MEMBER]
    live(memory, "time")
    assert held(memory, MEMBER) == 0
    live(memory, "joins")
    assert memory.last["college", MEMBER] > before


def test_an_authorisation_given_back_next_term_is_not_told_as_old_news(memory: Memory) -> None:
    live(memory, "account", "entry", "joins", "shares", "withdraws")
    before = dict(memory.last)
    live(memory, "time", "authorises")
    again = {place for place in before if place[0] == "college"}
    assert len(again) >= 3
    assert all(memory.last[place] > before[place] for place in again)


def test_what_kafka_and_the_outbox_have_forgotten_is_rebuilt_as_a_newer_version(
    memory: Memory,
) -> None:
    live(memory, "account", "entry", "joins")
    before = memory.last["college", MEMBER]
    live(memory, "time", "rebuild")
    assert memory.last["college", MEMBER] > before


def test_a_member_whose_account_was_erased_and_let_in_again_is_a_newer_version(
    memory: Memory,
) -> None:
    live(memory, "account", "entry", "joins", "leaves")
    before = memory.last["college", MEMBER]
    live(memory, "erased", "joins")
    assert memory.last["college", MEMBER] > before


def test_an_account_that_was_wrongly_parted_comes_back_as_a_newer_version(memory: Memory) -> None:
    live(memory, "read_in", "joins")
    before = memory.last["college", MEMBER]
    live(memory, "parted", "time", "read_in")
    assert memory.last["college", MEMBER] > before + 1


def held(memory: Memory, entity: str) -> int:
    asked = sa.text("select count(*) from outgoing where entity = :entity")
    with memory.hub.engine.connect() as connection:
        return int(connection.execute(asked, {"entity": entity}).scalar_one())


def test_a_share_that_moves_to_another_project_is_taken_back_from_the_first(
    memory: Memory,
) -> None:
    """Else it would still be seen in the group of the first."""
    hub, say, (first, second) = memory.hub, memory.say, two_projects(memory)
    memory.hear(say.resource("ecole/51"), say.share("ecole/51", first))
    key = share_key("ecole/51", first)
    moved = {"resource": "ecole/51", "permission": "READ"}
    for version, group in enumerate((second, first, second), 2):
        memory.hear(say.record("share", key, version, group=group, **moved))
    shown = [(p, place) for p in BOTH for place in hub.holds(p) if place[1].startswith("share:")]
    assert [project for project, _ in shown] == ["project-2"]
    told = {place: version for place, version in memory.last.items() if "share:" in place[1]}
    assert sorted(told.values()) == [3, 4]


def test_a_homework_may_be_given_to_the_groups_of_two_projects(memory: Memory) -> None:
    hub, say, (first, second) = memory.hub, memory.say, two_projects(memory)
    memory.hear(say.homework("ecole/h1", first, second))
    assert [works(hub, project) for project in BOTH] == [["group-1"], ["group-2"]]
    memory.hear(say.homework("ecole/h1", first, version=2))
    assert [works(hub, project) for project in BOTH] == [["group-1"], []]
    memory.hear(say.homework("ecole/h1", second, version=3))
    assert [works(hub, project) for project in BOTH] == [[], ["group-2"]]


BOTH = ("project-1", "project-2")


def two_projects(memory: Memory) -> tuple[str, str]:
    """A second project of the same schools; the groups that the école's ENT made for both."""
    ecole, college = (each._replace(groups=()) for each in memory.places)
    other = {"id": "project-2", "group": "group-2"}
    memory.hear(memory.hub.project(ecole, college, **other, version=2))
    first, second = (made_there(memory, project) for project in BOTH)
    assert first != second
    return first, second


def works(hub: Any, project: str) -> list[str]:
    """The groups in which the collège has a homework of this project."""
    held = hub.holds(project).values()
    return [body["group"] for operation, body in held if operation == "HOMEWORK_PUT"]


def made_there(memory: Memory, project: str) -> str:
    """The group that the école's ENT made for a project."""
    asked = sa.text(
        "select group_key from project_alias where project = :project and group_key like 'ecole/%'"
    )
    with memory.hub.engine.connect() as connection:
        return str(connection.execute(asked, {"project": project}).scalar_one())


def share_key(resource: str, group: str) -> str:
    return f"{resource}-{group.partition('/')[2]}"


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=14))
@example(acts=[("read_in", 1), ("joins", 1), ("leaves", 1), ("rebuild", 0), ("time", 0)] * 2)
@example(acts=[("shares", 1), ("withdraws", 0), ("time", 0), ("authorises", 0), ("rebuild", 0)])
def test_in_any_life_versions_grow(memory: Memory, acts: list[tuple[str, int]]) -> None:
    memory.hub.forget_everything()
    memory.ledger.clear()
    memory.last.clear()
    memory.begin()
    for act, number in acts:
        memory.act(act, number)
    assert memory.stale == []
