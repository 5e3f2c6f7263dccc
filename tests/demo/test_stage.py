"""The demo stands on its own data, and leaves an operator's database and Kafka alone."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from preau.demo.stage import demo_settings
from preau.errors import Stop
from preau.settings import Settings


def test_the_operators_database_and_master_key_are_not_the_demos(tmp_path: Path) -> None:
    theirs = Settings(database="postgresql://hub@db/preau", master_key="/run/key", port="8700")
    own = demo_settings(theirs, tmp_path / "demo")
    assert own.database_url == f"sqlite:///{tmp_path / 'demo' / 'preau.db'}"
    assert own.master_key_file == tmp_path / "demo" / "keys" / "master.key"
    assert own.port == "8700"


@pytest.mark.kafka
def test_a_kafka_that_a_hub_has_used_is_refused(
    kafka: str, fresh_topic: Callable[..., str], tmp_path: Path
) -> None:
    fresh_topic("preau.canon.of-another-hub")
    with pytest.raises(Stop, match="DEMO_KAFKA_USED"):
        demo_settings(Settings(kafka=kafka), tmp_path)


def test_the_usual_port_gives_way_when_taken_and_a_chosen_one_does_not(tmp_path: Path) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        chosen = str(other.getsockname()[1])
        assert demo_settings(Settings(port=chosen), tmp_path).port == chosen

    usual = int(Settings().port)
    with closing(socket.socket()) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # whoever has it already serves as well
            other.bind(("127.0.0.1", usual))
            other.listen(1)
        assert demo_settings(Settings(), tmp_path).port == "0"
