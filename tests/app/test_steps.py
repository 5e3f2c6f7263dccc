"""The steps are built as they are told to the pages, and read only what is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from preau.app.control import open_control
from preau.app.kafka_address import kafka_address
from preau.app.pages import registry
from preau.app.step_topics import reads
from preau.app.steps import STEPS, Ground, reader, work_steps
from preau.canon.codec import encode
from preau.canon.schemas import Schema, released
from preau.errors import SetAside, Stop
from preau.settings import Settings

NOWHERE = "127.0.0.1:9"


@pytest.fixture
def ground(tmp_path: Path, blank_database: str) -> Iterator[Ground]:
    with ExitStack() as closing:
        control = closing.enter_context(
            open_control(Settings(data=str(tmp_path), database=blank_database))
        )
        yield Ground(control, lambda: NOWHERE, closing)


def test_what_the_pages_show_of_a_step_is_what_it_reads(ground: Ground) -> None:
    told = reads(ground.control.catalogue.names())
    assert list(told) == list(STEPS)
    built = {name: build(ground).step for name, build in STEPS.items()}
    assert {name: step.topics() for name, step in built.items()} == told
    assert [step.name for step in built.values()] == list(told)


def test_some_have_something_to_do_beside_their_loops(ground: Ground) -> None:
    beside = [name for name, build in STEPS.items() if build(ground).beside]
    assert beside == ["projects", "deliver", "receipts"]


def test_an_unknown_step_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"UNKNOWN_STEP.*normalise, identity"):
        work_steps(Settings(data=str(tmp_path)), lambda: NOWHERE, ["normalize"])
    assert list(tmp_path.iterdir()) == []


def test_a_record_of_another_kind_is_not_read_as_ours() -> None:
    value = encode("erasure", {})
    assert reader("erasure")(value)
    with pytest.raises(SetAside, match="AVRO_RECORD"):
        reader("receipt")(value)


def test_a_registry_counts_the_versions_of_each_subject() -> None:
    one = released()[1]
    two = Schema(one.name, one.major, 900, "{}", {}, None, None)
    other = Schema("other", 1, 800, "{}", {}, None, None)
    told = [(each.subject, each.version, each.id) for each in registry([two, other, one])]
    assert told == [(one.subject, 1, 1), ("other.v1", 1, 800), (one.subject, 2, 900)]


def test_a_process_started_by_hand_finds_the_node_of_its_folder(tmp_path: Path) -> None:
    settings = Settings(data=str(tmp_path))
    with pytest.raises(Stop, match="KAFKA_NOT_STARTED"):
        kafka_address(settings)
    (tmp_path / "kafka").mkdir()
    node = '{"cluster": "c", "port": 29092, "controller_port": 29093}'
    (tmp_path / "kafka" / "node.json").write_text(node, "utf-8")
    assert kafka_address(settings) == "127.0.0.1:29092"
    assert kafka_address(Settings(kafka="kafka-1:9092")) == "kafka-1:9092"
