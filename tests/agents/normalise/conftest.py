"""The step on small mappings of its own, real schemas and a real key book; and what it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from preau.agents.normalise import Normalise
from preau.broker.records import Arrival, Output
from preau.broker.topics import INTAKE
from preau.canon.codec import Decoded, decode, encode
from preau.canon.schemas import load
from preau.clock import SetClock
from preau.errors import Place
from preau.keys.master import MasterKey
from preau.keys.seal import Opener, Sealer
from preau.mapping.language import parse_mapping
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.paths import parse_path
from preau.mapping.strict_yaml import parse_yaml
from preau.mapping.voice import Voice
from preau.store.database import open_database, prepare
from preau.store.subject_keys import SubjectKeys

CONNECTOR, NOW_MS, RECEIVED_MS = "essai", 1_790_000_000_000, 1_788_220_800_000
MAPPINGS = {
    "PUPIL": """
to: person.v1
fields:
  meta.source_id: {from: id, as: text}
  profile: {const: PUPIL}
  pii.family_name: {from: name, as: text}
  pii.birth_date: {from: born, as: date}
""",
    "MEMBERS": """
to: membership.v1
each: members
fields:
  meta.source_id: {from: [id, item.id], as: join}
  group: {from: id, as: local}
  member: {from: item.id, as: local}
  role: {const: PUPIL}
""",
    "CLASS": """
to: group.v1
fields:
  meta.source_id: {from: id, as: text}
  kind: {const: CLASS}
  name: {from: name, as: text}
""",
}
Arrive = Callable[..., Arrival]


def normaliser(connector: str) -> Normaliser:
    """The three mappings, compiled against the schemas that ship."""
    voice = Voice(connector, "1", "FIRST", "ENT", parse_path("event"), ignored={"TALK": "private"})
    here = Place(connector, "mapping")
    rules = {name: parse_mapping(parse_yaml(text, here), here) for name, text in MAPPINGS.items()}
    return Normaliser(voice, rules, load(), Context(b"a key of the tests, 32 bytes long"))


class House:
    """The step, and the key book it seals with."""

    def __init__(self, database: str, connector: str) -> None:
        self.engine = open_database(database)
        prepare(self.engine)
        self.book = SubjectKeys(self.engine, MasterKey(bytes(range(32))))
        self.clock = SetClock(NOW_MS)
        self.normaliser = normaliser(connector)
        sealer = Sealer(self.book, self.clock)
        self.step = Normalise({connector: self.normaliser}, sealer, encode, self.clock)

    def opened(self, decoded: Decoded) -> bytes:
        """The personal part of a record, in clear Avro."""
        value = decoded.value
        return Opener(self.book, self.clock).open(decoded.schema_id, value["meta"], value["pii"])


@pytest.fixture
def houses(database: str) -> Iterator[Callable[[str], House]]:
    """The step of a connector, on a database of its own."""
    made: list[House] = []

    def build(connector: str) -> House:
        made.append(House(database, connector))
        return made[-1]

    yield build
    for house in made:
        house.engine.dispose()


@pytest.fixture
def house(houses: Callable[[str], House]) -> House:
    """The step of the connector `essai`."""
    return houses(CONNECTOR)


def arrival(event: object, offset: int = 0, /, **headers: bytes | None) -> Arrival:
    """One intake record; `event` is bytes or plain values, a header given as None is missing."""
    value = event if isinstance(event, bytes | None) else orjson.dumps(event)
    told = {"instance": b"ecole", "received_at": str(RECEIVED_MS).encode(), **headers}
    given = {name: raw for name, raw in told.items() if raw is not None}
    return Arrival(INTAKE + CONNECTOR, 1, offset, b"ecole/1", value, given)


@pytest.fixture
def arrive() -> Arrive:
    """Makes intake records."""
    return arrival


@pytest.fixture
def pupil() -> Callable[..., dict[str, Any]]:
    """A pupil's event, with an invented name."""

    def made(number: int, **more: object) -> dict[str, Any]:
        person = {"event": "PUPIL", "id": number, "name": "DELPRAT", "born": "2016-03-09"}
        return {**person, **more}

    return made


@pytest.fixture
def read() -> Callable[[Output], Decoded]:
    """The record in an output."""

    def made(output: Output) -> Decoded:
        assert output.value is not None
        return decode(output.value)

    return made
