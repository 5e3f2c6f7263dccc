"""A person decides at the desk: what is sent is sent once, by a thread, and may be resumed."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from preau.app.control import Control, open_control
from preau.app.imports import open_importer, runs
from preau.app.imports_desk import ImportsDesk, open_desk
from preau.errors import SetAside, TryAgain
from preau.imports.importer import Order
from preau.inlets.intake import Intake
from preau.settings import Settings
from preau.shelf import connectors
from preau.store import audit
from preau.store.imports import DONE, DROPPED, HELD, SENDING, ImportRun
from preau.store.instances import Instance
from preau.web.needs import OPERATE

ACADEMIE, ACTOR = "academie", "key:0011223344556677"
SAMPLE = connectors() / "aaf/samples/MatEducNat.xml"


class Kafka:
    """What was sent; it may fail, or wait until it is let."""

    def __init__(self) -> None:
        self.written: list[Intake] = []
        self.down = False
        self.asked, self.may = threading.Event(), threading.Event()
        self.may.set()

    def publish(self, letters: Sequence[Intake]) -> None:
        self.asked.set()
        assert self.may.wait(30)
        if self.down:
            raise TryAgain("KAFKA_WRITE", "no broker")
        self.written += letters


class World(NamedTuple):
    control: Control
    kafka: Kafka
    desk: ImportsDesk

    def held(self) -> ImportRun:
        """An import that waits for a person."""
        run = open_importer(self.control, ACADEMIE).prepare(Order([SAMPLE]))
        held = run._replace(state=HELD, reasons=("beaucoup",))
        runs(self.control).put(held)
        return held

    def state(self, run: ImportRun) -> str:
        found = runs(self.control).get(run.id)
        assert found is not None
        return found.state

    def decisions(self) -> list[tuple[str, str]]:
        """Who decided what, as the audit chain has it."""
        with self.control.engine.connect() as connection:
            chain = audit.entries(connection)
        return [(each.actor, each.act) for each in chain if each.act.startswith("import.")]

    def settled(self) -> None:
        """Nothing is under way any more."""
        wait(lambda: not any(each.under_way for each in self.desk.last()))


def wait(until: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not until():
        assert time.monotonic() < limit


def declare(control: Control) -> None:
    told = (ACADEMIE, "aaf", "SECOND", "11", "", "", "none")
    control.instances.put(Instance(*told, loopback=False, disabled=False))


@pytest.fixture
def world(tmp_path: Path, blank_database: str) -> Iterator[World]:
    kafka = Kafka()
    with open_control(Settings(data=str(tmp_path), database=blank_database)) as control:
        declare(control)
        with open_desk(control, kafka.publish) as desk:
            yield World(control, kafka, desk)


def test_a_confirmed_import_is_under_way_then_done(world: World) -> None:
    run = world.held()
    (shown,) = world.desk.last()
    assert (shown.state, shown.undecided, shown.reasons) == (HELD, True, ("beaucoup",))
    assert [(each.name, each.added) for each in shown.categories] == [("MatEducNat", 2)]
    world.kafka.may.clear()
    world.desk.confirm(run.id, ACTOR)  # comes back at once: Kafka has not answered yet
    assert world.kafka.asked.wait(30)
    (shown,) = world.desk.last()
    assert (shown.state, shown.under_way, shown.undecided) == (SENDING, True, False)
    world.desk.confirm(run.id, ACTOR)  # a second click changes nothing
    world.kafka.may.set()
    world.settled()
    assert world.state(run) == DONE
    assert len(world.kafka.written) == 2
    assert world.decisions() == [(ACTOR, "import.confirmed")]


def test_an_import_whose_sending_failed_may_be_sent_again(world: World) -> None:
    run = world.held()
    world.kafka.down = True
    world.desk.confirm(run.id, ACTOR)
    world.settled()
    (shown,) = world.desk.last()
    assert (shown.state, shown.trouble, shown.undecided) == (SENDING, "KAFKA_WRITE", True)
    with pytest.raises(SetAside, match="IMPORT_BEGUN"):
        world.desk.drop(run.id, ACTOR)  # nobody knows how much of it left
    world.kafka.down = False
    world.desk.confirm(run.id, ACTOR)
    world.settled()
    (shown,) = world.desk.last()
    assert (shown.state, shown.trouble) == (DONE, "")


def test_a_fault_of_ours_is_told_and_leaves_the_import_as_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = world.held()

    def broken(_letters: Sequence[Intake]) -> None:
        raise ValueError("DELPRAT Maëlys")

    monkeypatch.setattr(world.kafka, "publish", broken)
    with open_desk(world.control, broken) as desk:
        desk.confirm(run.id, ACTOR)
        wait(lambda: not desk.last()[0].under_way)
        assert desk.last()[0].trouble == "ValueError"
    assert world.state(run) == SENDING


def test_a_dropped_import_sends_nothing_and_is_not_confirmed_any_more(world: World) -> None:
    run = world.held()
    world.desk.drop(run.id, ACTOR)
    assert world.state(run) == DROPPED
    for decide in (world.desk.confirm, world.desk.drop):
        with pytest.raises(SetAside, match="IMPORT_NOT_HELD"):
            decide(run.id, ACTOR)
        with pytest.raises(SetAside, match="IMPORT_UNKNOWN"):
            decide("nothing", ACTOR)
    assert world.kafka.written == []
    assert world.decisions() == [(ACTOR, "import.dropped")]


def test_a_desk_that_closes_stops_after_its_block_and_nothing_is_lost(world: World) -> None:
    run = world.held()
    with open_desk(world.control, world.kafka.publish) as desk:
        desk.close()
        desk.confirm(run.id, ACTOR)
        wait(lambda: not desk.last()[0].under_way)
        assert desk.last()[0].trouble == "IMPORT_PAUSED"
    world.desk.confirm(run.id, ACTOR)
    world.settled()
    assert world.state(run) == DONE


def test_an_import_that_was_killed_just_before_its_end_is_ended(
    world: World, tmp_path: Path
) -> None:
    run = world.held()
    room = tmp_path / "imports" / ACADEMIE / run.id
    (room / "fresh.db").replace(room.parent / "snapshot.db")  # what the killed one did last
    world.desk.confirm(run.id, ACTOR)
    world.settled()
    assert world.state(run) == DONE
    assert not room.exists()


@pytest.mark.kafka
def test_a_held_import_is_confirmed_in_a_running_hub(hub: Any) -> None:
    with open_control(hub.settings) as control:
        run = open_importer(control, ACADEMIE).prepare(Order([SAMPLE]))
        runs(control).put(run._replace(state=HELD))
        key = control.api_keys.make(None, [OPERATE])
        host = hub.running.address.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=30)
        headers = {"Authorization": f"Bearer {key}"}
        connection.request("POST", f"/v1/imports/{run.id}/confirm", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())) == (202, {"id": run.id})
        connection.close()
        wait(lambda: (found := runs(control).get(run.id)) is not None and found.state == DONE)
    wanted = {f"{ACADEMIE}/MATIERE:020700", f"{ACADEMIE}/MATIERE:061300"}
    assert hub.read("preau.canon.nomenclature", lambda found: len(found) >= len(wanted))
