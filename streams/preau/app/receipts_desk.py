"""What ENTs answered, joined and in words; and what an ENT says later of what it accepted."""

from __future__ import annotations

import sqlalchemy as sa

from preau.agents.receipt import receipt
from preau.broker.records import Output
from preau.canon.codec import encode
from preau.clock import Clock
from preau.errors import Place, SetAside, TryAgain
from preau.store import receipt_levels
from preau.store.deliveries import Deliveries, Delivery, Settled
from preau.store.receipt_levels import Asked, Late, Line
from preau.web import french
from preau.web.follow_up import LaterAnswer, ReceiptShown

MOST = 10_000
"""Lines told at once."""
_FINAL = ("APPLIED", "REFUSED")


class ReceiptsDesk:
    """Reads the projection; answers become records to publish."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._outbox = Deliveries(engine)

    def lines(self, asked: Asked, *, only_late: bool = False) -> list[ReceiptShown]:
        """What was asked for, in the order in which it was wanted; at most `MOST`.

        Raises `SetAside` (RECEIPT_CHOICE) when nothing says which.
        """
        if not any(asked) and not only_late:
            fix = "give a project, a UAI or an event, or ask for what is late"
            raise SetAside("RECEIPT_CHOICE", "nothing says which", where=Place(), fix=fix)
        with self._engine.connect() as connection:
            found = receipt_levels.lines(connection, asked, MOST)
            late = {each[:3]: each for each in sorted(receipt_levels.late(connection))}
        shown = (_shown(line, late.get(line[1:4])) for line in found)
        return [each for each in shown if each.late or not only_late]

    def answer(self, instance: str, said: LaterAnswer) -> list[Output]:
        """The receipt of what an ENT did with a delivery that it had accepted; the same twice.

        Raises `SetAside` (DELIVERY_UNKNOWN, RECEIPT_ENDED), `TryAgain` (RECEIPT_EARLY).
        """
        found = self._outbox.told(instance, said.delivery)
        if found is None:
            fix = "send the id of a delivery to this instance: `id` of the event, `webhook-id`"
            where = Place(field="delivery")
            raise SetAside("DELIVERY_UNKNOWN", "no such delivery", where=where, fix=fix)
        delivery, state, outcome = found
        if state != "DONE":
            fix = "send it again in a second: the answer to the call itself is being kept"
            raise TryAgain("RECEIPT_EARLY", "this delivery is under way", fix=fix)
        if outcome in _FINAL and outcome != said.outcome:
            fix = "nothing: a delivery ends once; say the object again in an event"
            what, where = f"this delivery is {outcome}", Place(field="outcome")
            raise SetAside("RECEIPT_ENDED", what, where=where, fix=fix)
        return [self._receipt(delivery, said)]

    def _receipt(self, delivery: Delivery, said: LaterAnswer) -> Output:
        native = {"native_id": said.native_id} if said.native_id else {}
        place = (delivery.destination, delivery.entity, delivery.version)
        settled = Settled(*place, "DONE", said.outcome, said.reason, 0, native)
        return receipt(delivery, settled, self._clock.now_ms(), encode)


def _shown(line: Line, late: Late | None) -> ReceiptShown:
    words = french.late(late.level) if late else french.reason(line.outcome, line.reason)
    return ReceiptShown(
        line.project,
        line.destination,
        line.entity,
        line.version,
        line.operation,
        line.cause,
        line.told_at,
        line.transport,
        line.attempts,
        line.processing,
        line.reason,
        line.at or None,
        late.level if late else "",
        late.since if late else None,
        words,
    )
