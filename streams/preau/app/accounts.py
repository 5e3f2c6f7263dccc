"""The control plane as health and metrics see it."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from preau.store import set_asides
from preau.store.receipts import Receipts
from preau.store.waiting import pending


class StoreAccounts:
    """Asks the database each time: what it answers is what holds now."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._receipts = Receipts(engine)

    def ping(self) -> None:
        """Returns when the database answers; raises otherwise."""
        with self._engine.connect() as connection:
            connection.execute(sa.text("select 1"))

    def receipts_by_outcome(self) -> Mapping[str, int]:
        """How many last answers of each kind the ENTs gave."""
        return self._receipts.by_outcome()

    def waiting(self) -> int:
        """How many shares wait for their document."""
        with self._engine.connect() as connection:
            return pending(connection)

    def set_asides_by_state(self) -> Mapping[str, int]:
        """How many refusals are in each state."""
        with self._engine.connect() as connection:
            return set_asides.by_state(connection)
