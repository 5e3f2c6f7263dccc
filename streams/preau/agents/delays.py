"""How long what is said may wait: looked at once a minute; what waited too long is told, once.

A share whose document has not come after a day is set aside with a reason. It still waits, and is
applied when the document comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from preau.agents.documents import ECHO_MS
from preau.agents.wanted import Recipient
from preau.broker.records import Output
from preau.broker.topics import SET_ASIDE
from preau.canon.cloudevents import header_list
from preau.canon.codec import encode
from preau.clock import Clock
from preau.errors import Place, SetAside
from preau.ids import event_id
from preau.store import said, waiting
from preau.store.said import SaidState
from preau.store.waiting import ECHO, PARENT, Waiting

LOOK_MS = 60_000
PARENT_MS = 24 * 60 * 60_000
"""The stated delay: after a day without its document, a share is told of."""
LATE = SetAside(
    "PARENT_MISSING",
    "a document that has not come in 24 hours",
    where=Place(field="resource"),
    fix="let the ENT say the document again; the share is applied when it comes",
)
"""Why such a share is told of; it is not refused: it waits on."""


class Delays:
    """Keeps in mind when it looked last, and what it has handed over."""

    def __init__(self, recipient: Callable[[str], Recipient | None], clock: Clock) -> None:
        self._recipient = recipient
        self._clock = clock
        self._looked: int | None = None
        self._handed: list[Waiting] = []

    @property
    def owes(self) -> bool:
        """Whether something was handed over that Kafka has not acknowledged."""
        return bool(self._handed)

    def due(self) -> bool:
        """True at most once a minute, and whenever the clock was set back."""
        now = self._clock.now_ms()
        if self._looked is not None and 0 <= now - self._looked < LOOK_MS:
            return False
        self._looked = now
        return True

    def released(self, connection: sa.Connection) -> list[Waiting]:
        """What was held as a possible copy of ours for long enough."""
        return waiting.since(connection, ECHO, self._clock.now_ms() - ECHO_MS)

    def overdue(self, connection: sa.Connection) -> list[Output]:
        """What has now waited too long for its document, and what an earlier process told of it."""
        now = self._clock.now_ms()
        late = waiting.since(connection, PARENT, now - PARENT_MS)
        known = [row for row in late if self._recipient(row.instance) is not None]
        waiting.tell(connection, known, now)
        rows = [(row, at) for row, at in waiting.unsent(connection) if row not in self._handed]
        self._handed += [row for row, _ in rows]
        return list(self._asides(connection, rows))

    def acknowledged(self, connection: sa.Connection) -> None:
        """Kafka has what was handed over."""
        waiting.mark_sent(connection, self._handed)
        self._handed = []

    def _asides(
        self, connection: sa.Connection, rows: list[tuple[Waiting, int]]
    ) -> Iterator[Output]:
        shares = said.states(connection, "share", {row.key for row, _ in rows})
        for row, at in rows:
            recipient = self._recipient(row.instance)
            if recipient is not None and row.key in shares:
                yield _aside(recipient.product, row, shares[row.key], at)


def _aside(connector: str, row: Waiting, share: SaidState, at: int) -> Output:
    """The `set_aside.v1` of a share that waits; the same row gives the same bytes."""
    identity = event_id(row.instance, f"waits:{share.event_id}:{row.since}", LATE.code)
    lineage: Mapping[str, Any] = share.fields["lineage"]
    value = encode(
        "set_aside",
        {
            "event_id": identity,
            "instance": row.instance,
            "connector": connector,
            "event": row.record,
            "code": LATE.code,
            "field": LATE.complaint.where.field,
            "found": LATE.complaint.what,
            "known": [],
            "fix": LATE.complaint.fix,
            **lineage,
            "at": at,
        },
    )
    headers = header_list("set_aside", row.instance, identity, at)
    return Output(SET_ASIDE + connector, row.instance.encode(), value, headers)
