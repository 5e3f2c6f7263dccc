"""A territory of people, classes and projects in a database, and what happens in it."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.agents.projects import ProjectsStep
from preau.broker.records import Arrival, Output
from preau.broker.topics import SHARE
from preau.canon.codec import decode, encode
from preau.clock import SetClock
from preau.ids import event_id
from preau.keys.pseudonym import pseudonym
from preau.store import mandates, persons, projects, said
from preau.store.database import open_database, prepare
from preau.store.granting import granted
from preau.store.mandates import standing
from preau.store.persons import Entry
from preau.store.projects import AUTHORISED, OPEN, Place, Project
from preau.store.said import GROUP, MEMBER, SaidState

NOW = 1_791_793_800_000
CLASS, CHUNK, SEED = 25, 5_000, 7
ECOLE, COLLEGE, STATE = "ecole", "college", "aaf"
_MEMBER = ("group", "member_kind", "local_id")
_NEEDS = {
    "GROUP_PUT": ("group", "name"),
    "GROUP_REMOVE": ("group",),
    "MEMBER_PUT": _MEMBER,
    "MEMBER_REMOVE": _MEMBER,
    "SHARE_PUT": ("share", "group", "title", "kind", "source_instance", "source_media"),
    "SHARE_REMOVE": ("share",),
}


class Product(NamedTuple):
    """A connector's card, as far as the step reads it."""

    product: str
    members: Collection[str]
    needs: Mapping[str, Collection[str]]
    adults_only: bool = False


CARDS = {
    ECOLE: Product("classeur", ("GROUP",), _NEEDS),
    COLLEGE: Product("cartable", ("PERSON",), _NEEDS),
}


class Territory:
    """Everybody has an entry of the State and an account; a project joins four classes."""

    def __init__(self, database: str, people: int, count: int) -> None:
        self.engine = open_database(database)
        prepare(self.engine)
        self.classes = people // CLASS
        self.projects = [project_of(number, self.classes) for number in range(count)]
        with self.engine.begin() as connection:
            for start in range(0, people, CHUNK):
                self._people(connection, range(start, min(start + CHUNK, people)))
            groups = [_group(number) for number in range(self.classes)]
            said.put(connection, groups)
            for project in self.projects:
                projects.put(connection, project)
            mandates.grant(connection, list(mandates_of(self.projects)))
        self.step = ProjectsStep(self.engine, CARDS.get, name_of, SetClock(NOW))
        self.version = 1

    def open(self) -> None:
        """The step begins; both ENTs answer under which id they know each group."""
        told = self.step.opening()
        self.step.acknowledged()
        while told:
            sent = [each for each in told if each.topic.startswith(SHARE)]
            answers = [receipt(decode(each.value or b"").value) for each in sent]
            told = self.step.handle(answers)
            self.step.acknowledged()

    def events(self, count: int, chance: random.Random) -> Iterator[Arrival]:
        """A pupil who joins a class of a project, or a document for a project's group."""
        for number in range(count):
            self.version += 1
            project = chance.choice(self.projects)
            if number % 2:
                yield from _shared(project.id, self.version)
            else:
                group = project.places[1].groups[0]
                yield _joins(group, chance.randrange(self.classes * CLASS), self.version)

    def close(self) -> None:
        """Lets the database go."""
        self.engine.dispose()

    def _people(self, connection: sa.Connection, numbers: Sequence[int]) -> None:
        entries: list[Entry] = []
        members: list[SaidState] = []
        for number in numbers:
            person, home = f"p{number:08}", ECOLE if number // CLASS % 2 else COLLEGE
            sources = (f"{STATE}/{number}", f"{home}/u{number}")
            entries += [
                Entry(s, 1, deleted=False, person=person, rule="national_ref", decisions=1, at=NOW)
                for s in sources
            ]
            members.append(_member(class_key(number // CLASS), f"{STATE}/{number}", 1))
        persons.put_entries(connection, entries)
        said.put(connection, members)


def project_of(number: int, classes: int) -> Project:
    """One project between an école's class and a collège's, of so many classes in the territory."""
    half = classes // 2
    first, second = (2 * (number % half) + side for side in (1, 0))
    places = (
        Place("0119001Z", ECOLE, AUTHORISED, "DASEN", NOW, (class_key(first),)),
        Place("0119010J", COLLEGE, AUTHORISED, "PRINCIPAL", NOW, (class_key(second),)),
    )
    days, told = ("2026-10-12", "2027-07-02"), event_id("hub", "project", str(number))
    named = (f"project-{number}", f"group-{number}", "Défi lecture", "PROJET_PEDAGOGIQUE")
    return Project(*named, *days, OPEN, 1, told, NOW, places)


def mandates_of(projects: Iterable[Project]) -> Iterator[mandates.Mandate]:
    """What lets every instance speak, and these projects exchange."""
    for instance in (*CARDS, STATE):
        yield standing(instance, NOW)
    for project in projects:
        for place in project.places:
            yield from granted(project, place, _NEEDS, NOW)


def class_key(number: int) -> str:
    """The key of a class: every other one is said by the école's ENT, the rest by the State."""
    owner = ECOLE if number % 2 else STATE
    return f"{owner}/class-{number}"


def name_of(instance: str, person: str) -> str:
    """The pseudonym of a person in an ENT."""
    return pseudonym(instance.encode().ljust(32, b"."), person)


def _group(number: int) -> SaidState:
    key = class_key(number)
    fields = {"kind": "CLASS", "name": f"Classe {number}", "levels": [], "establishments": []}
    told = event_id("hub", key, "1")
    return SaidState("group", key, 1, deleted=False, event_id=told, fields=fields)


def _member(group: str, source: str, version: int) -> SaidState:
    key = f"{group}-{source.partition('/')[2]}"
    fields = {"group": group, "member": source, "member_kind": "PERSON", "role": "PUPIL"}
    points, told = ((GROUP, group), (MEMBER, source)), event_id("hub", key, "1")
    first = SaidState("membership", key, version, deleted=False, event_id=told, fields=fields)
    return first._replace(points=points)


def _joins(group: str, number: int, version: int) -> Arrival:
    source = f"{STATE}/{number}"
    fields = {"group": group, "member": source, "member_kind": "PERSON", "role": "PUPIL"}
    return record("membership", f"{group}-{number}", version, fields)


def _shared(project: str, version: int) -> Iterator[Arrival]:
    media, group = f"{ECOLE}/m{version}", f"{ECOLE}/native-{project}"
    where = {"instance": ECOLE, "media_id": f"m{version}"}
    paper = {"kind": "DOCUMENT", "title": f"Conte {version}", "resolver": where}
    yield record("resource", media, version, paper)
    fields = {"resource": media, "group": group, "permission": "READ"}
    yield record("share", f"{media}-{project}", version, fields)


def record(
    kind: str, key: str, version: int, fields: Mapping[str, Any], *, deleted: bool = False
) -> Arrival:
    """A canonical record as it arrives; its fields without `meta`."""
    instance, _, local = key.partition("/")
    meta = {
        "event_id": event_id(instance, f"{kind}:{local}", str(version)),
        "instance": instance,
        "connector": instance,
        "source_id": local,
        "version": version,
        "deleted": deleted,
        "occurred_at": NOW,
        "received_at": NOW,
        "lineage": {"topic": "preau.intake.x", "partition": 0, "offset": version, "path": ""},
    }
    value = encode(kind, {"meta": meta, **fields})
    return Arrival(f"preau.canon.{kind}", 0, version, key.encode(), value, {})


def receipt(delivery: Mapping[str, Any]) -> Arrival:
    """An ENT's answer to a delivery: applied; of a group, its id there."""
    chosen = ("destination", "project", "entity", "operation", "version", "cause")
    fields = {name: delivery[name] for name in chosen}
    native = f"native-{delivery['project']}" if delivery["operation"] == "GROUP_PUT" else None
    fields |= {"outcome": "APPLIED", "native_id": native, "at": NOW}
    value = encode("receipt", fields)
    return Arrival("preau.receipt", 0, 0, delivery["entity"].encode(), value, {})


def deliveries(outputs: Sequence[Output]) -> int:
    """How many deliveries there are among them."""
    return sum(output.topic.startswith(SHARE) for output in outputs)
