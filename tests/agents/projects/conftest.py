"""One project between an école's ENT and a collège's: the step, and everything it may be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from preau.agents.projects import ProjectsStep
from preau.broker.records import Arrival, Output
from preau.canon.codec import decode, encode
from preau.clock import SetClock
from preau.ids import event_id
from preau.keys.pseudonym import pseudonym
from preau.store import mandates, outgoing, persons, projects, taking_part
from preau.store.database import open_database, prepare
from preau.store.granting import granted
from preau.store.mandates import standing
from preau.store.persons import Entry
from preau.store.projects import AUTHORISED, Place, Project

NOW = 1_791_793_800_000
PROJECT, GROUP = "project-1", "group-1"
MEMBER = ("group", "member_kind", "local_id")
SHARE = ("share", "group", "title", "kind", "source_instance", "source_media")
State = dict[tuple[str, str], tuple[str, dict[str, Any]]]


class Product(NamedTuple):
    """A connector's card, as far as the step reads it."""

    product: str
    members: tuple[str, ...]
    needs: Mapping[str, tuple[str, ...]]
    adults_only: bool = False


BOTH = {
    "GROUP_PUT": ("group", "name"),
    "GROUP_REMOVE": ("group",),
    "MEMBER_PUT": MEMBER,
    "MEMBER_REMOVE": MEMBER,
    "SHARE_REMOVE": ("share",),
    "HOMEWORK_PUT": ("homework", "group", "title", "due"),
    "NOTICE_PUT": ("notice", "group", "title", "audience", "needs_signature"),
    "NOTICE_REMOVE": ("notice",),
    "CALENDAR_EVENT_PUT": ("calendar_event", "group", "title", "start", "end", "all_day"),
    "CALENDAR_EVENT_REMOVE": ("calendar_event",),
}
OF_CLASSES = Product("classeur", ("GROUP",), {**BOTH, "SHARE_PUT": SHARE})
OF_PEOPLE = Product("cartable", ("PERSON",), {**BOTH, "SHARE_PUT": (*SHARE, "permission")})

CARDS = {"ecole": OF_CLASSES, "college": OF_PEOPLE}


class Said:
    """The records that instances, identity and ENTs' answers bring."""

    def record(
        self,
        record: str,
        key: str,
        version: int = 1,
        *,
        deleted: bool = False,
        **fields: Any,
    ) -> Arrival:
        instance, _, local = key.partition("/")
        meta = {
            "event_id": event_id(instance, f"{record}:{local}", str(version)),
            "instance": instance,
            "connector": instance,
            "source_id": local,
            "version": version,
            "deleted": deleted,
            "occurred_at": NOW,
            "received_at": NOW,
            "lineage": {"topic": "preau.intake.x", "partition": 3, "offset": 7, "path": "/1"},
        }
        value = encode(record, {"meta": meta, **fields})
        return Arrival(f"preau.canon.{record}", 0, 0, key.encode(), value, {})

    def group(self, key: str, version: int = 1, **said: Any) -> Arrival:
        return self.record("group", key, version, kind="CLASS", **said)

    def member(self, group: str, member: str, version: int = 1, **said: Any) -> Arrival:
        """`said`: role, member_kind, deleted."""
        key = f"{group}-{member.partition('/')[2]}"
        said = {"role": "PUPIL", **said}
        return self.record("membership", key, version, group=group, member=member, **said)

    def roster(self, group: str, members: Sequence[tuple[str, str]], version: int = 1) -> Arrival:
        """`members` are (source, role)."""
        rows = [{"member": member, "role": role} for member, role in members]
        return self.record("roster", group, version, group=group, members=rows, complete=True)

    def resource(self, key: str, title: str = "Le conte", version: int = 1, **said: Any) -> Arrival:
        instance, _, local = key.partition("/")
        where = {"instance": instance, "media_id": local}
        fields = {"kind": "DOCUMENT", "title": title, "resolver": where, **said}
        return self.record("resource", key, version, **fields)

    def share(self, resource: str, group: str, version: int = 1, **said: Any) -> Arrival:
        key = f"{resource}-{group.partition('/')[2]}"
        fields = {"resource": resource, "group": group, "permission": "READ", **said}
        return self.record("share", key, version, **fields)

    def homework(self, key: str, *groups: str, version: int = 1, **said: Any) -> Arrival:
        fields = {"title": "Lire le chapitre 2", "due": 20_750, "groups": list(groups), **said}
        return self.record("homework", key, version, **fields)

    def receipt(self, delivery: Mapping[str, Any], native: str | None, **said: Any) -> Arrival:
        """An ENT's answer to a delivery, APPLIED unless said otherwise."""
        chosen = ("destination", "project", "entity", "operation", "version", "cause")
        fields = {name: delivery[name] for name in chosen}
        fields |= {"outcome": "APPLIED", "native_id": native, "at": NOW, **said}
        value = encode("receipt", fields)
        return Arrival("preau.receipt", 0, 0, delivery["entity"].encode(), value, {})

    def link(self, source: str) -> Arrival:
        """Identity has decided on this source; what it decided is in the store."""
        value = encode("link", {"source": source})
        return Arrival("preau.link", 0, 0, source.encode(), value, {})


class Hub:
    """The step over one database, and what a test may do around it."""

    def __init__(self, database: str) -> None:
        self.engine = open_database(database)
        prepare(self.engine)
        self.clock = SetClock(NOW)
        self.cards: dict[str, Product] = dict(CARDS)
        self.step = self.restarted()

    def restarted(self) -> ProjectsStep:
        """What a fresh process runs; the hub goes on with it."""
        self.step = ProjectsStep(self.engine, self.cards.get, self.pseudonym, self.clock)
        return self.step

    def pseudonym(self, instance: str, person: str) -> str:
        return pseudonym(instance.encode().ljust(32, b"."), person)

    def project(self, *places: Place, **said: Any) -> Arrival:
        """Writes the project as the web side does, and gives the record that it publishes."""
        version = said.get("version", 1)
        told = event_id("hub", f"project:{PROJECT}", str(version))
        title, state = said.get("title", "Défi lecture"), said.get("state", "OPEN")
        purpose = said.get("purpose", "PROJET_PEDAGOGIQUE")
        named = (said.get("id", PROJECT), said.get("group", GROUP), title, purpose)
        days = ("2026-10-12", said.get("ends", "2027-07-02"))
        project = Project(*named, *days, state, version, told, NOW, places)
        with self.engine.begin() as connection:
            projects.put(connection, project)
            self.mandate(connection, project)
        value = encode("project", {"title": project.title})
        return Arrival("preau.canon.project", 0, 0, project.id.encode(), value, {})

    def decided(self, project: str = PROJECT) -> None:
        """A school decided meanwhile, and the project waits for its turn."""
        with self.engine.begin() as connection:
            taking_part.leave_turns(connection, [project])

    def mandate(self, connection: sa.Connection, project: Project) -> None:
        """Gives what the decisions give, as the web side does; Kafka has heard of it."""
        needs = {name: card.needs for name, card in {**CARDS, **self.cards}.items()}
        given = [standing(name, NOW) for name in (*needs, "aaf")]
        for place in project.places:
            if place.decision == AUTHORISED and place.instance in needs:
                given += granted(project, place, needs[place.instance], NOW)
        mandates.grant(connection, given)
        mandates.mark_sent(connection, given)

    def recognise(self, person: str, *sources: str, deleted: bool = False) -> list[Arrival]:
        """As identity does: these sources are that person; gives the links."""
        rows = [Entry(source, 1, deleted, person, "alone", 1, NOW) for source in sources]
        with self.engine.begin() as connection:
            persons.put_entries(connection, rows)
        return [Said().link(source) for source in sources]

    def hear(self, *arrivals: Arrival) -> list[dict[str, Any]]:
        """One batch: the deliveries that it leads to."""
        return self.deliveries(self.step.handle(arrivals))

    def deliveries(self, outputs: Sequence[Output]) -> list[dict[str, Any]]:
        found = []
        for output in outputs:
            decoded = decode(output.value or b"")
            if decoded.record == "delivery":
                assert output.topic == f"preau.share.{decoded.value['destination']}"
                assert output.key == decoded.value["entity"].encode()
                assert dict(output.headers)["ce_id"] == decoded.value["event_id"].encode()
                found.append(decoded.value)
        return found

    def holds(self, project: str = PROJECT) -> State:
        """What each ENT is to hold now, what was withdrawn left out."""
        with self.engine.connect() as connection:
            rows = outgoing.of_project(connection, project)
        return {
            (row.destination, row.entity): (row.operation, dict(row.body))
            for row in rows
            if not row.operation.endswith("_REMOVE")
        }

    def forget_everything(self) -> None:
        with self.engine.begin() as connection:
            for table in sa.inspect(connection).get_table_names():
                connection.execute(sa.text(f"delete from {table}"))
        self.restarted()


@pytest.fixture
def say() -> Said:
    return Said()


@pytest.fixture
def hub(database: str) -> Iterator[Hub]:
    made = Hub(database)
    yield made
    made.engine.dispose()


@pytest.fixture
def ecole() -> Place:
    """An école that authorised, with one class of its ENT."""
    return Place("0119001Z", "ecole", "AUTHORISED", "DASEN", NOW, ("ecole/5121",))


@pytest.fixture
def college() -> Place:
    """A collège that authorised, with a class known from the State's files."""
    return Place("0119010J", "college", "AUTHORISED", "PRINCIPAL", NOW, ("aaf/6A",))


@pytest.fixture
def opened(hub: Hub, say: Said, ecole: Place, college: Place) -> Hub:
    """The project is open, and both ENTs have answered under which id they know its group."""
    told = hub.hear(hub.project(ecole, college), say.group("ecole/5121"), say.group("aaf/6A"))
    puts = [each for each in told if each["operation"] == "GROUP_PUT"]
    names = {"ecole": "G7", "college": "g-8"}
    hub.hear(*(say.receipt(each, names[each["destination"]]) for each in puts))
    hub.hear(*(say.receipt(each, None) for each in told if each["operation"] == "MEMBER_PUT"))
    hub.step.acknowledged()
    return hub
