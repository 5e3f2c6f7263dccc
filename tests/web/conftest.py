"""The real application on a real socket and a real Kafka; keys and projects held in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest

from preau.broker.publisher import Publisher
from preau.catalogue.capability import capabilities
from preau.catalogue.catalogue import open_catalogue
from preau.clock import SetClock
from preau.errors import SetAside
from preau.inlets.intake import Speaker
from preau.inlets.publishing import Publishing
from preau.store.api_keys import key_id
from preau.web.flow import KafkaFlow
from preau.web.hub import Hub
from preau.web.needs import Released
from preau.web.reading import ImportShown
from tests.outlets.oneroster.directories import OCTOBER
from tests.web.answers import ReceiptBook
from tests.web.aside import SetAsides
from tests.web.consumers import SECRET, Key, Rosters
from tests.web.desks import Mandates, Projects, Sectors, Why
from tests.web.incident import Switches
from tests.web.nobody_waits import NobodyWaits
from tests.web.outside import Feeds, Memberships
from tests.web.people import Rights
from tests.web.running import Running
from tests.web.shown import an_import

KEYS = {
    "school-key": Key("ent-ecole", ("publish",)),
    "files-key": Key("rectorat", ("publish",)),
    "lost-key": Key("nowhere", ("publish",)),
    "operator-key": Key(None, ("operate",)),
    "reader-key": Key("ent-ecole", ("receive",)),
}


class Keys:
    """The keys of the tests; `gone` are revoked."""

    def __init__(self, book: Mapping[str, Key]) -> None:
        self.book = dict(book)
        self.gone: set[str] = set()

    def check(self, clear: str) -> Key | None:
        return None if clear in self.gone else self.book.get(clear)


class Speakers:
    def __init__(self, known: Mapping[str, Speaker]) -> None:
        self.known = dict(known)

    def speaker(self, instance: str) -> Speaker | None:
        return self.known.get(instance)


class Imports:
    """The imports that are shown, and the orders that were given."""

    def __init__(self) -> None:
        self.shown = [an_import("held", "HELD", "Eleve : 3 fiches sur 20 seraient supprimées")]
        self.orders: list[tuple[str, str, str]] = []

    def last(self) -> list[ImportShown]:
        return self.shown

    def confirm(self, id_: str, actor: str) -> None:
        self._order("confirm", id_, actor)

    def drop(self, id_: str, actor: str) -> None:
        self._order("drop", id_, actor)

    def _order(self, what: str, id_: str, actor: str) -> None:
        states = {each.id: each.state for each in self.shown}
        if id_ not in states:
            raise SetAside("IMPORT_UNKNOWN", "no import has this id", fix="see the list")
        if states[id_] not in ("HELD", "SENDING"):
            raise SetAside("IMPORT_NOT_HELD", f"this import is {states[id_]}")
        self.orders.append((what, id_, actor))


class Audit:
    """Three entries, and no root."""

    def entries(self, after: int, limit: int) -> list[dict[str, Any]]:
        return [{"entry": {"seq": seq}} for seq in range(after + 1, 4)][:limit]

    def roots(self) -> dict[str, Any]:
        return {"public_key": "00" * 32, "roots": [], "end": None}


class Accounts:
    def ping(self) -> None:
        return None

    def receipts_by_outcome(self) -> Mapping[str, int]:
        return {"APPLIED": 3, "REFUSED": 1}

    def waiting(self) -> int:
        return 2

    def cuts_by_kind(self) -> Mapping[str, int]:
        return {"instance": 1, "record": 0, "uai": 0}

    def kept_back(self) -> int:
        return 5

    def set_asides_by_state(self) -> Mapping[str, int]:
        return {"OPEN": 4}

    def polls_by_state(self) -> Mapping[str, int]:
        return {"well": 3, "troubled": 1, "new": 0}

    def drifts_by_kind(self) -> Mapping[tuple[str, str], int]:
        return {("MISSING", "HELD"): 7, ("EXTRA", "FOUND"): 1}

    def late_by_level(self) -> Mapping[str, int]:
        return {"TRANSPORT": 2}


class World(NamedTuple):
    """What the application stands on, before it runs."""

    hub: Hub
    keys: Keys
    projects: Projects
    imports: Imports
    asides: SetAsides
    topic: str
    bootstrap: str


@pytest.fixture
def world(kafka: str, fresh_topic: Callable[..., str]) -> Iterator[World]:
    topic = fresh_topic("preau.intake.school")
    connector = topic.removeprefix("preau.intake.")
    may = Publishing({"group": frozenset({"*"})}, {})
    speaker = Speaker("ent-ecole", connector, order=("data.id",), event_id="uid", may=may)
    files_only = Speaker("rectorat", connector, ways_in=("file",), may=may)
    keys = Keys(KEYS)
    projects, imports, asides = Projects(topic), Imports(), SetAsides()
    with ExitStack() as stack:
        publisher = stack.enter_context(Publisher(kafka))
        hub = Hub(
            kafka=publisher,
            keys=keys,
            speakers=Speakers({"ent-ecole": speaker, "rectorat": files_only}),
            projects=projects,
            flow=KafkaFlow(kafka, {"normalise": [topic]}),
            accounts=Accounts(),
            imports=imports,
            audit=Audit(),
            switches=Switches(),
            set_asides=asides,
            receipts=ReceiptBook(topic),
            identity=NobodyWaits(),
            why=Why(),
            rights=Rights(),
            mandates=Mandates(),
            sectors=Sectors(),
            feeds=Feeds(),
            memberships=Memberships(),
            rosters=Rosters(),
            schemas=[Released("preau.canon.group-value", 1, 7, '{"type":"record"}')],
            products=capabilities(open_catalogue()),
        )
        yield World(hub, keys, projects, imports, asides, topic, kafka)


@pytest.fixture
def serve() -> Callable[..., Running]:
    """How to run the application with other parts than those of `running`."""

    def run(world: World, **parts: Any) -> Running:
        return Running(dataclasses.replace(world.hub, **parts), world.topic, world.bootstrap)

    return run


@pytest.fixture
def running(world: World) -> Iterator[Running]:
    with Running(world.hub, world.topic, world.bootstrap) as app:
        yield app


@pytest.fixture
def rosters(world: World) -> Rosters:
    made = Rosters()
    for clear, key in {
        SECRET: Key("reader", ("receive",)),
        "other": Key("other", ("receive",)),
        "publisher": Key("reader", ("publish",)),
    }.items():
        world.keys.book[clear] = made.keys[key_id(clear)] = key
    return made


@pytest.fixture
def clock() -> SetClock:
    return SetClock(OCTOBER)


@pytest.fixture
def service(
    world: World, serve: Callable[..., Running], rosters: Rosters, clock: SetClock
) -> Iterator[Running]:
    with serve(world, rosters=rosters, clock=clock) as app:
        yield app
