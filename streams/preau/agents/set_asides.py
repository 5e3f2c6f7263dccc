"""The step `setasides`: what was set aside, projected into SQL for whoever must decide of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
import structlog

from preau.agents.deliver import Decode
from preau.agents.setting_aside import REDRIVEN
from preau.broker.records import Arrival, Output
from preau.broker.topics import PERSONAL_MS, SET_ASIDE
from preau.clock import Clock
from preau.errors import SetAside
from preau.store import set_asides
from preau.store.set_asides import SetAsideRow

_DIGITS = 3
log = structlog.get_logger()


class SetAsidesStep:
    """Reads every `preau.setaside.<connector>`; writes nothing to Kafka."""

    name = "setasides"

    def __init__(self, engine: sa.Engine, decode: Decode, clock: Clock) -> None:
        self._engine = engine
        self._decode = decode
        self._clock = clock

    def topics(self) -> list[str]:
        """The topics of set-asides of every connector."""
        return ["^" + SET_ASIDE.replace(".", r"\.") + ".*"]

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """Projects the batch, and forgets what Kafka forgets; a repeat changes nothing."""
        with self._engine.begin() as connection:
            set_asides.put(connection, self._rows(batch))
            set_asides.sweep(connection, self._clock.now_ms() - PERSONAL_MS)
        return []

    def _rows(self, batch: Sequence[Arrival]) -> Iterable[SetAsideRow]:
        for arrival in batch:
            if arrival.value is None:
                continue
            try:
                said = self._decode(arrival.value)
            except SetAside as error:
                log.warning("unreadable set-aside", code=error.code, offset=arrival.offset)
                continue
            same = {name: said[name] for name in SetAsideRow._fields if name in said}
            yield SetAsideRow(
                **{**same, "known": tuple(said["known"])},
                part=said["partition"],
                place=said["offset"],
                redriven=redriven(arrival),
                first_at=said["at"],
                last_at=said["at"],
                seq=arrival.offset,
            )


def redriven(arrival: Arrival) -> int:
    """How often these bytes had been sent again, by their header."""
    raw = arrival.headers.get(REDRIVEN) or b""
    return int(raw) if raw.isdigit() and len(raw) <= _DIGITS else 0
