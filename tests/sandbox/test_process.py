"""A fictional ENT whose port is taken between the draw and the start takes another one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from preau.broker.ports import free_ports
from preau.errors import Stop
from preau.sandbox import process
from preau.sandbox.process import EntProcess


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else holds."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", free_ports(1)[0]))
        held.listen(1)
        yield held.getsockname()[1]


def test_another_port_is_drawn(tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([taken, *free_ports(1)])
    monkeypatch.setattr(process, "free_ports", lambda _count: [next(drawn)])
    ent = EntProcess("netecole", tmp_path, "token")
    ent.start()
    try:
        assert ent.call("GET /").status == 200
        assert not ent.origin.endswith(f":{taken}")
    finally:
        ent.kill()


def test_one_that_can_never_start_is_told(
    tmp_path: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "free_ports", lambda _count: [taken])
    with pytest.raises(Stop) as told:
        EntProcess("netecole", tmp_path, "token").start()
    assert told.value.code == "SANDBOX_START"
