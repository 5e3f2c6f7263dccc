"""A wrong merge that is undone leaves all as if it had never been: people, rows, what ENTs hold.

Two hubs live through one history; in one of them people are wrongly made one, by a wrong number or
by a wrong yes, and are parted again. `IDENTITY_EXAMPLES=n` tries n histories.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.agents.identity import Identity
from preau.agents.projects import ProjectsStep
from preau.agents.ruling_record import told
from preau.app.identity_desk import IdentityDesk
from preau.broker.records import Arrival, Output
from preau.canon.codec import decode, encode
from preau.clock import SetClock
from preau.errors import SetAside
from preau.keys.likeness import Likeness
from preau.store import outgoing, persons
from preau.store.database import open_database, prepare
from preau.store.projects import Place, Project
from preau.store.rulings import SAME, Ruling
from tests.store.authorised import put_authorised

SIZE = int(os.environ.get("IDENTITY_EXAMPLES", "8"))
NOW = 1_791_793_800_000
PROJECT = "project-1"
CLASSES = {"ecole": "ecole/C1", "college": "aaf/6A"}
SOURCES = [f"{place}/{n}" for place in ("aaf", "college", "ecole") for n in range(3)]
MEMBER = ("group", "member_kind", "local_id")
HELD = {"GROUP_PUT": ("group", "name"), "GROUP_REMOVE": ("group",)}
HELD |= {"MEMBER_PUT": MEMBER, "MEMBER_REMOVE": MEMBER}
TABLES = (
    *("person_entry", "person_key", "person_move", "person_trace", "person_past", "person_ruled"),
    *("person_origin", "ruling", "ruling_source", "said", "said_point", "outgoing"),
)


class Product(NamedTuple):
    product: str = "cartable"
    members: tuple[str, ...] = ("PERSON",)
    needs: dict[str, tuple[str, ...]] = HELD
    adults_only: bool = False


class Says(NamedTuple):
    """One state of a source; `wrong` is a number that only the hub of the mistakes hears."""

    source: str
    version: int
    number: str | None
    deleted: bool
    wrong: str | None = None


class Joins(NamedTuple):
    """A source is in the class of an ENT."""

    place: str
    source: str


class Mistake(NamedTuple):
    """A wrong yes to these two: given, or taken back."""

    ruling: Ruling


class Parts(NamedTuple):
    """The wrong number of this source is found out, and it is split."""

    source: str


Act = Says | Joins | Mistake | Parts


class World:
    """The two steps over one database, and ENTs that do as they are told."""

    def __init__(self, database: str) -> None:
        self.engine = open_database(database)
        prepare(self.engine)
        self.clock = SetClock(NOW)
        self.desk = IdentityDesk(self.engine, self.clock)
        self.begin()

    def begin(self) -> None:
        with self.engine.begin() as connection:
            for table in TABLES:
                connection.execute(sa.text(f"delete from {table}"))
            places = tuple(
                Place(uai, ent, "AUTHORISED", by, NOW, (CLASSES[ent],))
                for uai, ent, by in (
                    ("0119001Z", "ecole", "DASEN"),
                    ("0119010J", "college", "PRINCIPAL"),
                )
            )
            days = ("2026-10-12", "2027-07-02")
            named = (PROJECT, "g", "Lire", "PROJET_PEDAGOGIQUE")
            project = Project(*named, *days, "OPEN", 1, "e", NOW, places)
            put_authorised(connection, project, dict.fromkeys(CLASSES, Product().needs))
        self.identity = Identity(self.engine, _NoSeal(), Likeness(b"x"), self.clock)
        self.projects = ProjectsStep(
            self.engine, lambda _: Product(), lambda ent, person: f"{ent}~{person}", self.clock
        )
        self.ents: dict[tuple[str, str], Any] = {}
        self.links: dict[str, tuple[str, str]] = {}
        groups = [_said("group", key, kind="CLASS", name="6A") for key in CLASSES.values()]
        self._follow([*groups, Arrival("p", 0, 0, PROJECT.encode(), encode("project", {}), {})])

    def live(self, act: Act, *, wrongly: bool) -> None:
        if isinstance(act, Says):
            self._decide([_person(act, act.wrong if wrongly and act.wrong else act.number)])
        elif isinstance(act, Joins):
            group = CLASSES[act.place]
            more = {"group": group, "member": act.source, "role": "PUPIL"}
            key = f"{group}-{act.source.replace('/', '-')}"
            self._follow([_said("membership", key, member_kind="PERSON", **more)])
        elif wrongly and isinstance(act, Mistake):
            self._decide([_arrival(told(act.ruling))])
        elif wrongly and isinstance(act, Parts):
            self._part(act.source)

    def _part(self, source: str) -> None:
        try:
            _, records = self.desk.split(source, "PRINCIPAL", "operator")
        except SetAside as refused:
            assert refused.code in {"SOURCE_ALONE", "SOURCE_UNKNOWN"}  # noqa: PT017
            return
        self._decide([_arrival(each) for each in records])

    def _decide(self, batch: Sequence[Arrival]) -> None:
        links = [each for each in self.identity.handle(batch) if each.topic == "preau.link"]
        for each in links:
            value = decode(each.value or b"").value
            self.links[value["source"]] = (value["person"], value["decision"])
        self._follow([_arrival(each) for each in links])

    def _follow(self, batch: Sequence[Arrival]) -> None:
        for output in self.projects.handle(batch):
            value = decode(output.value or b"").value
            place = (value["destination"], value["entity"])
            if value["operation"].endswith("_REMOVE"):
                self.ents.pop(place, None)
            else:
                self.ents[place] = (value["operation"], value["body"])
        self.projects.acknowledged()

    def state(self) -> dict[str, Any]:
        """Everything that follows from who is who, each person called by its first source."""
        with self.engine.connect() as connection:
            entries = persons.entries(connection, SOURCES)
            rows = outgoing.of_project(connection, PROJECT)
        first: dict[str, str] = {}
        for source in sorted(entries):
            if not entries[source].deleted:
                first.setdefault(entries[source].person, source)
        here = [row for row in rows if not row.operation.endswith("_REMOVE")]
        return {
            "people": {s: first[e.person] for s, e in entries.items() if not e.deleted},
            "links": {s: first.get(p) for s, (p, told) in self.links.items() if told == "LINKED"},
            "rows": sorted(
                (row.destination, _called(row.entity, first), row.operation, str(row.body))
                for row in here
            ),
            "ents": sorted((place, str(body)) for place, body in self.ents.items()),
        }


class _NoSeal:
    def expect(self, sealed: Any) -> None:
        assert not list(sealed)

    def open(self, *_: object) -> bytes:
        raise AssertionError


def _called(entity: str, first: dict[str, str]) -> str:
    """A member who waits is named by a pseudonym of its person."""
    head, mark, person = entity.partition("~")
    return f"{head}~{first.get(person, '?')}" if mark else entity


def _meta(key: str, version: int, *, deleted: bool = False) -> dict[str, Any]:
    instance, _, local = key.partition("/")
    return {"instance": instance, "source_id": local, "version": version, "deleted": deleted}


def _person(said: Says, number: str | None) -> Arrival:
    ref = {"academy": "11", "degree": "FIRST", "jointure": number} if number else None
    meta = _meta(said.source, said.version, deleted=said.deleted)
    value = encode("person", {"meta": meta, "profile": "PUPIL", "national_ref": ref})
    return Arrival("preau.canon.person", 0, 0, said.source.encode(), value, {})


def _said(record: str, key: str, **fields: Any) -> Arrival:
    value = encode(record, {"meta": _meta(key, 1), **fields})
    return Arrival(f"preau.canon.{record}", 0, 0, key.encode(), value, {})


def _arrival(output: Output) -> Arrival:
    return Arrival(output.topic, 0, 0, output.key, output.value, {})


@st.composite
def histories(draw: st.DrawFn) -> list[Act]:
    """What is said in any order; mistakes anywhere in it, each found out at some time after."""
    erring = draw(st.lists(st.sampled_from(SOURCES), max_size=2, unique=True))
    acts: list[Act] = []
    for source in SOURCES:
        wrong = draw(st.sampled_from("12")) if source in erring else None
        for version in range(1, draw(st.integers(1, 2)) + 1):
            number = None if wrong else draw(st.sampled_from([None, "1", "2", "3"]))
            deleted = version == 2 and draw(st.booleans())
            acts.append(Says(source, version, number, deleted, wrong))
    for place in CLASSES:
        own = [s for s in SOURCES if s.startswith(CLASSES[place].partition("/")[0])]
        acts += [Joins(place, s) for s in draw(st.lists(st.sampled_from(own), unique=True))]
    acts = draw(st.permutations(acts))
    for count in range(draw(st.integers(0, 2))):
        one, other = draw(st.permutations(SOURCES))[:2]
        given = Ruling(f"r{count}", SAME, (one,), (other,), "cm2_to_6e", (), "DASEN", NOW)
        back = given._replace(undone_by="DASEN", undone_at=NOW, version=2)
        start = draw(st.integers(0, len(acts)))
        acts.insert(start, Mistake(given))
        acts.insert(draw(st.integers(start + 1, len(acts))), Mistake(back))
    for source in erring:
        acts.insert(draw(st.integers(0, len(acts))), Parts(source))
    return [*acts, *map(Parts, erring)]


@pytest.fixture
def worlds(databases: Callable[[], str]) -> Iterator[tuple[World, World]]:
    right, wrong = World(databases()), World(databases())
    yield right, wrong
    right.engine.dispose()
    wrong.engine.dispose()


@settings(
    max_examples=SIZE, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(history=histories())
def test_after_a_wrong_merge_is_undone_all_is_as_if_it_had_never_been(
    worlds: tuple[World, World], history: list[Act]
) -> None:
    right, wrong = worlds
    for each in worlds:
        each.begin()
    for act in history:
        right.live(act, wrongly=False)
        wrong.live(act, wrongly=True)
    assert wrong.state() == right.state()


def test_a_wrong_merge_does_reach_the_ents_before_it_is_undone(
    worlds: tuple[World, World],
) -> None:
    """Else the test above would compare nothing."""
    right, wrong = worlds
    history: list[Act] = [
        Says("aaf/0", 1, None, deleted=False, wrong="1"),
        Says("college/0", 1, "1", deleted=False),
        Joins("college", "aaf/0"),
    ]
    for act in history:
        right.live(act, wrongly=False)
        wrong.live(act, wrongly=True)
    assert ("college", "member:g:0") in wrong.ents
    assert ("college", "member:g:0") not in right.ents
    wrong.live(Parts("aaf/0"), wrongly=True)
    assert wrong.state() == right.state()
    assert ("college", "member:g:0") not in wrong.ents
