"""One instance as an inlet sees it, and a deposit folder whose records go to a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from preau.clock import SetClock
from preau.errors import TryAgain
from preau.inlets.filedrop import STABLE_MS, FileDrop
from preau.inlets.filework import Tools
from preau.inlets.intake import Intake, Speaker
from preau.inlets.publishing import Publishing
from preau.keys.ine import masking

NOW = 1_790_000_000_000
ANYTHING = Publishing({"group": frozenset({"*"})}, {})
"""A mandate, and no event of which it would say more."""


@pytest.fixture
def speaker() -> Speaker:
    order = ("data.group.id", "data.id")
    return Speaker("ent-ecole", "school", order=order, event_id="uid", may=ANYTHING)


class Depot:
    """A deposit folder with a clock and a Kafka that may be made to fail."""

    def __init__(self, folder: Path, speaker: Speaker) -> None:
        self.own = folder / speaker.instance
        self.own.mkdir(parents=True)
        self.clock = SetClock(NOW)
        self.written: list[Intake] = []
        self.fail_after: int | None = None
        self.speaker = speaker
        self.folder = folder
        self.drop = self.fresh()

    def fresh(self) -> FileDrop:
        """A new process's view of the same folder."""
        return FileDrop(self.folder, lambda: [self.speaker], self.tools)

    @property
    def tools(self) -> Tools:
        mask = masking(lambda ine: "0" * (len(ine) and 64))
        return Tools(self._publish, _encode, self.clock, mask)

    def settle(self) -> int:
        """One look, two seconds, another look: what is complete is read."""
        ended = self.drop.round()
        self.clock.advance(STABLE_MS)
        return ended + self.drop.round()

    def names(self, part: str) -> list[str]:
        return sorted(each.name for each in (self.own / part).iterdir())

    def _publish(self, records: Sequence[Intake]) -> None:
        if self.fail_after is not None:
            if self.fail_after == 0:
                raise TryAgain("KAFKA_WRITE", "no broker")
            self.fail_after -= 1
        self.written += records


def _encode(name: str, values: dict[str, Any]) -> bytes:
    return json.dumps([name, values]).encode()


@pytest.fixture
def depot(tmp_path: Path, speaker: Speaker) -> Depot:
    return Depot(tmp_path / "depot", speaker)


@pytest.fixture
def events() -> Callable[[int], bytes]:
    """A JSON-lines file of that many events."""
    return lambda count: b"\n".join(b'{"data":{"id":%d}}' % rank for rank in range(count))
