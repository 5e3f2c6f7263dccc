"""What the benchmark compares is the same work: the plain runner gives what the product gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from bench.normalise import ours
from bench.normalise.events import CONNECTOR, INSTANCE, events, subjects
from bench.normalise.key_book import Held, make_keys, open_book
from bench.normalise.plain import Plain

from preau.broker.records import Arrival, Output
from preau.broker.topics import INTAKE
from preau.canon.codec import decode, read_inner
from preau.keys.seal import Opener
from preau.store.subject_keys import SubjectKeys

COUNT = 500
SOURCE = f"{INTAKE}{CONNECTOR}-bench"
SEALED = ("nonce", "ciphertext")


def arrival(place: int, key: bytes, body: bytes) -> Arrival:
    headers = {"instance": INSTANCE.encode(), "received_at": b"1795500000000"}
    return Arrival(SOURCE, place % 4, place * 37, key, body, headers)


@pytest.fixture
def batch() -> list[Arrival]:
    return [arrival(place, *event) for place, event in enumerate(events(COUNT))]


@pytest.fixture
def book(tmp_path: Path) -> SubjectKeys:
    return open_book(str(tmp_path / "keys.db"))


def opened(output: Output, opener: Opener) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record without what is random in its seal, and what the seal holds."""
    decoded = decode(output.value or b"")
    assert decoded.record == "person"
    sealed, meta = decoded.value["pii"], decoded.value["meta"]
    clear = opener.open(decoded.schema_id, meta, sealed)
    kept = {name: part for name, part in sealed.items() if name not in SEALED}
    return decoded.value | {"pii": kept}, read_inner("person", clear)


def test_the_plain_runner_gives_the_records_of_the_product(
    batch: list[Arrival], book: SubjectKeys
) -> None:
    made = ours.step([SOURCE], book).handle(batch)
    plain = Plain(book).handle(batch)
    opener = Opener(book)
    assert len(made) == len(plain) == COUNT
    for one, other in zip(made, plain, strict=True):
        assert opened(one, opener) == opened(other, opener)
        assert one._replace(value=None) == other._replace(value=None)


def test_the_product_takes_its_fast_path_on_every_event(
    batch: list[Arrival], book: SubjectKeys
) -> None:
    normaliser = ours.normaliser()
    ours.step([SOURCE], book, normaliser).handle(batch)
    assert normaliser.fallbacks == {}
    assert (normaliser.tally.said, normaliser.tally.plainly) == (COUNT, 0)


def test_events_differ_and_are_the_same_in_every_run(batch: list[Arrival]) -> None:
    again = [arrival(place, *event) for place, event in enumerate(events(COUNT))]
    assert again == batch
    assert len({each.value for each in batch}) == COUNT


def test_every_pupil_of_the_events_has_a_key(tmp_path: Path, batch: list[Arrival]) -> None:
    file = str(tmp_path / "keys.db")
    keys = make_keys(file, subjects(COUNT))
    spoken = {f"{INSTANCE}/{orjson.loads(each.value or b'')['data']['id']}" for each in batch}
    assert spoken <= keys.keys()
    assert open_book(file).keys(spoken) == Held(keys).keys(spoken)


@pytest.mark.parametrize("change", [{"ine": "12"}, {"last_name": {}}, {"birthday": "2015-13-12"}])
def test_what_the_product_sets_aside_the_plain_runner_refuses_too(
    change: dict[str, Any], batch: list[Arrival], book: SubjectKeys
) -> None:
    event = orjson.loads(batch[0].value or b"")
    event["data"] |= change
    broken = batch[0]._replace(value=orjson.dumps(event))
    (aside,) = ours.step([SOURCE], book).handle([broken])
    assert aside.topic == f"preau.setaside.{CONNECTOR}"
    with pytest.raises((ValueError, TypeError)):
        Plain(book).handle([broken])
