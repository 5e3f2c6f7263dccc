"""Which Kafka the hub works on: the one it was given, or its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from preau.broker.opening import open_broker
from preau.errors import Stop


@pytest.mark.kafka
def test_a_kafka_that_was_given_is_used_and_never_restarted(kafka: str, tmp_path: Path) -> None:
    with open_broker(kafka, tmp_path / "node") as broker:
        assert broker.bootstrap == kafka
        assert broker.pid is None
        assert not broker.ensure_running()
    assert not (tmp_path / "node").exists()


def test_a_kafka_that_does_not_answer_is_said_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(Stop) as refused, open_broker("127.0.0.1:1,127.0.0.1:2", tmp_path):
        pytest.fail("it opened")
    assert refused.value.code == "KAFKA_UNREACHABLE"
    assert "127.0.0.1:2" in refused.value.complaint.what


@pytest.mark.parametrize("written", ["kafka", "kafka:", ":9092", "kafka:nine", "127.0.0.1:1,x"])
def test_an_address_that_is_not_written_so_is_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(Stop) as refused, open_broker(written, tmp_path):
        pytest.fail("it opened")
    assert refused.value.code == "KAFKA_ADDRESS"
