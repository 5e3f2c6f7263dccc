"""At the desk of what was set aside: a look at what would come, then the same bytes once more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import confluent_kafka as ck
import pytest
import sqlalchemy as sa

from preau.agents.redrive import Event, hear
from preau.agents.set_asides import SetAsidesStep
from preau.app.control import Control, open_control
from preau.app.set_asides_desk import SetAsidesDesk
from preau.app.steps import reader
from preau.broker.clients import producer_settings
from preau.broker.originals import Spot, read_originals
from preau.broker.publisher import Publisher
from preau.broker.records import Arrival
from preau.canon.codec import encode
from preau.errors import SetAside, TryAgain
from preau.inlets.intake import Intake
from preau.keys.envelope import Unsealer
from preau.mapping.normaliser import Context
from preau.settings import Settings
from preau.shelf import connectors
from preau.store import audit, mandates, said, set_asides
from preau.store.instances import Instance
from preau.store.said import SaidState
from preau.store.set_asides import DROPPED, HUMAN, OPEN, REDRIVEN, Chosen
from preau.web.follow_up import SetAsideOrder

pytestmark = pytest.mark.kafka
CLASS = json.loads((connectors() / "beneylu/samples/GROUP_CREATE_GROUP.json").read_bytes())
HEADERS = [("instance", b"ecole"), ("received_at", b"1790000000000")]


class Desk(NamedTuple):
    """The desk on a hub of its own, with an intake topic on a real Kafka."""

    control: Control
    desk: SetAsidesDesk
    kafka: str
    topic: str

    def send(self, *events: object, headers: Any = HEADERS) -> list[Spot]:
        """Events as a vendor said them; where they lie."""
        spots: list[Spot] = []
        producer = ck.Producer(
            {**producer_settings(self.kafka), "delivery.report.only.error": False}
        )

        def note(_error: object, message: Any) -> None:
            spots.append(Spot(message.topic(), message.partition(), message.offset()))

        for event in events:
            body = event if isinstance(event, bytes) else json.dumps(event).encode()
            producer.produce(self.topic, body, b"ecole/1", headers=headers, on_delivery=note)
        assert producer.flush(30) == 0
        return sorted(spots)

    def aside(self, id_: str, spot: Spot, /, **more: Any) -> str:
        """The step is told that this event was refused, by a mapping of yesterday."""
        seq = more.pop("seq", spot.offset)
        headers = {"redriven": more.pop("redriven")} if "redriven" in more else {}
        where = dict(zip(("topic", "partition", "offset"), spot, strict=True))
        told: dict[str, Any] = {"at": self.control.clock.now_ms(), "instance": "ecole"}
        told |= {"connector": "beneylu", "event": "GROUP_CREATE_GROUP"}
        value = encode(
            "set_aside",
            {"event_id": id_, "code": "UNKNOWN_EVENT", "field": "event", **told}
            | {"found": "text", "known": [], "fix": "add the mapping", "path": "", **where, **more},
        )
        step = SetAsidesStep(self.control.engine, reader("set_aside"), self.control.clock)
        step.handle([Arrival("preau.setaside.beneylu", 0, seq, b"ecole", value, headers)])
        return id_

    def state(self, id_: str) -> str:
        return self.desk.show(id_).state

    def acts(self) -> list[tuple[str, str, str]]:
        with self.control.engine.connect() as connection:
            found = audit.entries(connection)
        return [(e.actor, e.act, e.object) for e in found if e.act.startswith("setaside.")]


def a_class(number: int) -> dict[str, Any]:
    event = json.loads(json.dumps(CLASS))
    event["data"]["id"] = number
    return dict(event)


def ids(*named: str) -> SetAsideOrder:
    return SetAsideOrder(named)


@pytest.fixture
def hub(
    tmp_path: Path, blank_database: str, kafka: str, fresh_topic: Callable[..., str]
) -> Iterator[Desk]:
    with (
        open_control(Settings(data=str(tmp_path), database=blank_database)) as control,
        Publisher(kafka) as publisher,
    ):
        told = ("ecole", "beneylu", "FIRST", "11", "", "", "none")
        control.instances.put(Instance(*told, loopback=False, disabled=False))

        def read(spots: Any) -> Any:
            return read_originals(kafka, spots)

        desk = SetAsidesDesk(control, read, publisher.publish)
        yield Desk(control, desk, kafka, fresh_topic("preau.intake.redrive", partitions=2))


def test_the_same_bytes_go_again_to_the_same_topic_in_order(hub: Desk) -> None:
    spots = hub.send(a_class(1), a_class(2), a_class(3))
    for number in (2, 0):
        hub.aside(f"id-{number}", spots[number])
    found = hub.desk.redrive(SetAsideOrder(chosen=Chosen("beneylu")), "operator", dry_run=False)
    assert (found.events, found.sent, dict(found.canonical)) == (2, 2, {"group": 2})
    part = spots[0].partition
    new = [Spot(hub.topic, part, 3), Spot(hub.topic, part, 4)]
    read = read_originals(hub.kafka, [*spots, *new])
    assert [read[each].value for each in new] == [read[spots[0]].value, read[spots[2]].value]
    assert {read[each].key for each in new} == {b"ecole/1"}
    assert read[new[0]].headers == {**dict(HEADERS), "redriven": b"1"}
    assert {hub.state("id-0"), hub.state("id-2")} == {REDRIVEN}
    assert hub.acts() == [("operator", "setaside.redriven", "preau.setaside.beneylu")]


def test_a_preview_tells_all_and_does_nothing(hub: Desk) -> None:
    known = SaidState("group", "ecole/2", 2**60, deleted=False, event_id="e", fields={})
    with hub.control.engine.begin() as connection:
        said.put(connection, [known])
    spots = hub.send(a_class(1), a_class(2), b"{", a_class(4), a_class(5))
    hub.aside("ready", spots[0])
    hub.aside("superseded", spots[1])
    hub.aside(refusal_of(hub, spots[2]), spots[2], code="NOT_JSON")
    hub.aside("elsewhere", spots[3], instance="nobody")
    hub.aside("often", spots[4], redriven=b"5")
    hub.aside("gone", Spot(hub.topic, spots[0].partition, 900))
    hub.aside("no-topic", Spot("preau.intake.nowhere", 0, 1))
    hub.aside("filed", Spot("", -1, -1), seq=70)
    order = SetAsideOrder(chosen=Chosen("beneylu"))
    found = hub.desk.redrive(order, "operator", dry_run=True)
    assert found.verdicts == {
        "READY": 1,
        "SUPERSEDED": 1,
        "REFUSED": 1,
        "FORBIDDEN": 1,
        "GONE": 2,
        "FILED": 1,
    }
    assert found.refused == {"NOT_JSON": 1}
    assert found.canonical == {"group": 1}
    assert found.sent == 0
    assert hub.state("ready") == OPEN
    assert hub.state("often") == HUMAN
    assert hub.acts() == []
    assert hub.desk.redrive(ids("often"), "operator", dry_run=False).verdicts == {"TOO_OFTEN": 1}


def refusal_of(hub: Desk, spot: Spot) -> str:
    """The id of the first refusal that the mapping of today gives of these bytes."""
    original = read_originals(hub.kafka, [spot])[spot]
    normaliser = hub.control.catalogue.connector("beneylu").normaliser(Context(b"k" * 32))
    unsealer = Unsealer(hub.control.letter_keys)
    return hear(Event(spot, ()), original, unsealer, normaliser, "beneylu").refused[0][0]


def sealed(hub: Desk, event: object) -> tuple[bytes, list[tuple[str, bytes]]]:
    """An event as an inlet of today writes it."""
    letter = Intake(hub.topic, b"ecole/1", json.dumps(event).encode(), HEADERS)
    [kept] = hub.control.seal()([letter])
    return kept.value, kept.headers


def test_sealed_bytes_go_again_sealed_and_are_gone_with_their_key(hub: Desk) -> None:
    body, headers = sealed(hub, a_class(1))
    one, two = hub.send(body, body, headers=headers)
    hub.aside("one", one)
    hub.aside("two", two)
    assert hub.desk.redrive(ids("one"), "operator", dry_run=False).canonical == {"group": 1}
    again = Spot(hub.topic, one.partition, 2)
    assert read_originals(hub.kafka, [again])[again].value == body
    with hub.control.engine.begin() as connection:
        connection.execute(sa.text("delete from letter_key"))
    assert hub.desk.redrive(ids("two"), "operator", dry_run=False).verdicts == {"GONE": 1}


def test_what_would_be_refused_as_before_does_not_go(hub: Desk) -> None:
    good, broken = hub.send(a_class(1), b"{")
    id_ = hub.aside(refusal_of(hub, broken), broken, code="NOT_JSON")
    hub.aside("mended", good)
    found = hub.desk.redrive(SetAsideOrder(chosen=Chosen("beneylu")), "operator", dry_run=False)
    assert found.verdicts == {"READY": 1, "REFUSED": 1}
    assert (found.sent, found.refused) == (1, {"NOT_JSON": 1})
    assert (hub.state("mended"), hub.state(id_)) == (REDRIVEN, OPEN)


def test_a_disabled_instance_is_not_heard_again_until_it_speaks(hub: Desk) -> None:
    [spot] = hub.send(a_class(1))
    hub.aside("a", spot)
    instance = hub.control.instances.get("ecole")
    assert instance is not None
    hub.control.instances.put(instance._replace(disabled=True))
    assert hub.desk.redrive(ids("a"), "operator", dry_run=False).verdicts == {"FORBIDDEN": 1}
    hub.control.instances.put(instance)
    assert hub.desk.redrive(ids("a"), "operator", dry_run=False).sent == 1


def test_what_no_mandate_covers_today_does_not_go(hub: Desk) -> None:
    [spot] = hub.send(a_class(1))
    hub.aside("a", spot)
    with hub.control.engine.begin() as connection:
        standing = {each.id for each in mandates.directories(connection, ["ecole"])}
        assert mandates.revoke(connection, standing, hub.control.clock.now_ms()) == 1
    assert hub.desk.redrive(ids("a"), "operator", dry_run=False).verdicts == {"FORBIDDEN": 1}
    assert hub.state("a") == OPEN


def test_when_kafka_refuses_the_refusals_stay_open(hub: Desk) -> None:
    [spot] = hub.send(a_class(1))
    hub.aside("a", spot)

    def refuse(_outputs: object) -> None:
        raise TryAgain("KAFKA_WRITE", "no broker")

    def read(spots: Any) -> Any:
        return read_originals(hub.kafka, spots)

    with pytest.raises(TryAgain):
        SetAsidesDesk(hub.control, read, refuse).redrive(ids("a"), "operator", dry_run=False)
    assert hub.state("a") == OPEN
    assert hub.acts() == []


def test_one_is_dropped_and_audited(hub: Desk) -> None:
    hub.aside("a", Spot("", -1, -1), seq=1)
    hub.aside("b", Spot("", -1, -1), seq=2, code="OTHER")
    order = SetAsideOrder(chosen=Chosen(code="UNKNOWN_EVENT"))
    assert hub.desk.drop(order, "key:abc", dry_run=True) == 1
    assert hub.state("a") == OPEN
    assert hub.desk.drop(order, "key:abc", dry_run=False) == 1
    assert (hub.state("a"), hub.state("b")) == (DROPPED, OPEN)
    assert hub.acts() == [("key:abc", "setaside.dropped", "preau.setaside.beneylu")]
    assert [each.cause.records for each in hub.desk.causes(Chosen(state=OPEN))] == [1]


def test_nothing_is_decided_of_everything_or_of_nobody(hub: Desk) -> None:
    with pytest.raises(SetAside, match="SETASIDE_CHOICE"):
        hub.desk.redrive(SetAsideOrder(), "operator", dry_run=True)
    with pytest.raises(SetAside, match="SETASIDE_UNKNOWN"):
        hub.desk.drop(ids("nobody"), "operator", dry_run=True)
    with hub.control.engine.connect() as connection:
        assert set_asides.causes(connection, Chosen()) == []
