"""Twenty ENTs lay their deliveries side by side: no identifier of a child is the same in two.

`--children` says how many children (300; the full figure is 30,000), each with an account in every
ENT of a project of its class.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from preau.agents.deliver import delivery as read_delivery
from preau.agents.dispatcher import parcel_of
from preau.agents.projects import ProjectsStep
from preau.agents.statements import RECORDS, said
from preau.broker.records import Arrival, Output
from preau.canon.codec import decode, encode
from preau.clock import SetClock
from preau.keys.pseudonym import pseudonym
from preau.outlets.push import traces
from preau.store import persons
from preau.store.database import open_database, prepare
from preau.store.persons import Entry
from preau.store.projects import AUTHORISED, OPEN, Place, Project
from tests.store.authorised import put_authorised

LIAISON = "LIAISON_CM2_6E"

ENTS, CLASS = 20, 30
NOW = 1_791_793_800_000
NEEDS = {
    "GROUP_PUT": ("group", "name"),
    "MEMBER_PUT": ("group", "member_kind", "local_id"),
    "MEMBER_REMOVE": ("group", "member_kind", "local_id"),
}


class Card(NamedTuple):
    """A product that takes people one by one."""

    product: str = "essai"
    members: tuple[str, ...] = ("PERSON",)
    needs: Mapping[str, Sequence[str]] = NEEDS
    adults_only: bool = False


class Dump:
    """What each ENT was sent, as it leaves: headers and body of every call."""

    def __init__(self) -> None:
        self.calls = 0
        self.seen: dict[str, str] = {}
        self.equal: list[str] = []
        self.unlisted: set[str] = set()

    def add(self, output: Output) -> None:
        told = read_delivery(decode(output.value or b"").value)
        self.calls += 1
        self.unlisted |= {name for name in told.body if name not in NEEDS[told.operation]}
        if told.operation.startswith("MEMBER"):
            sent = {**traces(parcel_of(told)), **told.body}
            for text in set(_words(sent)) - _of_project(told.project, told.body):
                before = self.seen.setdefault(text, told.destination)
                if before != told.destination:
                    self.equal.append(text)


def _words(sent: Mapping[str, Any]) -> Iterator[str]:
    """Every text of at least eight characters, and the parts of those that are made of parts."""
    for text in map(str, sent.values()):
        yield from (part for part in (text, *text.split(":")) if len(part) >= 8)


def _of_project(project: str, body: Mapping[str, Any]) -> set[str]:
    """What is the same for everybody in a project tells nobody apart."""
    return {project, str(body["group"])}


def fill(database: str, count: int) -> Iterator[list[Output]]:
    """Class after class, what a project of it tells its twenty ENTs."""
    engine = open_database(database)
    prepare(engine)
    secrets = {f"ent-{n:02}": random.Random(n).randbytes(32) for n in range(ENTS)}
    step = ProjectsStep(
        engine,
        lambda _name: Card(),
        lambda instance, person: pseudonym(secrets[instance], person),
        SetClock(NOW),
    )
    for first in range(0, count, CLASS):
        children = range(first, min(first + CLASS, count))
        with engine.begin() as connection:
            persons.put_entries(connection, [e for c in children for e in _entries(c, secrets)])
            project = _project(first, list(secrets))
            put_authorised(connection, project, dict.fromkeys(secrets, Card().needs))
        yield step.handle(list(_arrivals(first, children)))
        step.acknowledged()
    engine.dispose()


def _entries(child: int, ents: Mapping[str, bytes]) -> Iterator[Entry]:
    person = str(uuid.UUID(int=random.Random(child).getrandbits(128), version=4))
    for at, ent in enumerate(ents):
        local = uuid.UUID(int=random.Random(child * ENTS + at + 10**9).getrandbits(128), version=4)
        yield Entry(f"{ent}/{local}", 1, False, person, "national_ref", 1, NOW)  # noqa: FBT003


def _project(first: int, ents: Sequence[str]) -> Project:
    places = tuple(
        Place(f"011{at:04}A", ent, AUTHORISED, "DASEN", NOW, (f"classe/{first}",))
        for at, ent in enumerate(ents)
    )
    ids = (f"projet-{first:08}", f"groupe-{first:08}", "Conte", LIAISON, "2026-09-01", "2027-07-01")
    return Project(*ids, OPEN, 1, "event", NOW, places)


def _arrivals(first: int, children: Sequence[int]) -> Iterator[Arrival]:
    """The class as its own ENT says it, by the accounts of its children there; then the project."""
    yield _arrival("group", f"classe/{first}", {"kind": "CLASS", "name": "CM2"})
    for child in children:
        source = next(_entries(child, {"ent-00": b""})).source
        fields = {"group": f"classe/{first}", "member": source, "role": "PUPIL"}
        yield _arrival("membership", f"classe/{first}-{child}", fields)
    yield _arrival("project", f"projet-{first:08}", {})


def _arrival(record: str, key: str, fields: Mapping[str, Any]) -> Arrival:
    instance, _, local = key.partition("/")
    event = str(uuid.uuid5(uuid.NAMESPACE_OID, key))
    meta = {"instance": instance, "source_id": local, "version": 1, "event_id": event}
    value = encode(record, {"meta": meta, **fields})
    return Arrival(f"preau.canon.{record}", 0, 0, key.encode(), value, {})


def test_no_two_ents_can_tell_by_what_they_were_sent_that_they_hold_one_child(
    one_database: str, pytestconfig: pytest.Config, record_property: Any
) -> None:
    count = pytestconfig.getoption("children")
    dump = Dump()
    for outputs in fill(one_database, count):
        for output in outputs:
            dump.add(output)
    record_property("linkage", [count, ENTS, dump.calls, len(dump.seen)])
    assert dump.calls >= count * ENTS
    assert dump.equal == []
    assert dump.unlisted == set()


def test_the_comparison_finds_what_is_the_same_in_two(one_database: str) -> None:
    dump, (outputs,) = Dump(), list(fill(one_database, 1))
    member = next(
        o for o in outputs if b"MEMBER_PUT" in (o.value or b"") or b"member:" in (o.key or b"")
    )
    dump.add(member)
    value = dict(decode(member.value or b"").value)
    twin = encode("delivery", {**value, "destination": "ent-99"})
    dump.add(member._replace(value=twin))
    assert dump.equal


@pytest.mark.parametrize("record", RECORDS)
def test_a_field_that_a_schema_gains_changes_nothing_that_is_kept_or_sent(record: str) -> None:
    value = dict(decode(encode(record, {})).value)
    grown = {**value, "added": "canari", "meta": {**value["meta"], "added": "canari"}}
    if record == "roster":
        one = {"member": "a/2", "member_kind": "PERSON", "role": "PUPIL"}
        value["members"], grown["members"] = [one], [{**one, "added": "canari"}]
    assert said(record, "a/1", grown) == said(record, "a/1", value)
    assert "canari" not in json.dumps(said(record, "a/1", grown).fields)
