"""The step `receipts`: what every ENT answered, projected into SQL for the project's page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import structlog

from preau.agents.deliver import Decode
from preau.broker.records import Arrival, Output
from preau.broker.topics import RECEIPT
from preau.errors import SetAside
from preau.store.receipts import Receipt

log = structlog.get_logger()


class Projection(Protocol):
    """Where receipts are kept for the page."""

    def put(self, rows: Sequence[Receipt]) -> None:
        """Repeatable; in any order."""
        ...


class ReceiptsStep:
    """Reads `preau.receipt`; writes nothing to Kafka."""

    name = "receipts"

    def __init__(self, projection: Projection, decode: Decode) -> None:
        self._projection = projection
        self._decode = decode

    def topics(self) -> list[str]:
        """The one topic of receipts."""
        return [RECEIPT]

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """Projects the batch; a repeat changes nothing."""
        self._projection.put(list(self._rows(batch)))
        return []

    def _rows(self, batch: Sequence[Arrival]) -> Iterable[Receipt]:
        for arrival in batch:
            if arrival.value is None:
                continue
            try:
                said = self._decode(arrival.value)
            except SetAside as error:
                log.warning("unreadable receipt", code=error.code, offset=arrival.offset)
                continue
            known: dict[str, Any] = {name: said[name] for name in Receipt._fields}
            known |= {name: "" for name, each in known.items() if each is None}
            yield Receipt(**known)
