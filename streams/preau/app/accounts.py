"""The control plane as health and metrics see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import sqlalchemy as sa

from preau.store import drifts, kept_back, polls, receipt_levels, set_asides, switches
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

    def cuts_by_kind(self) -> Mapping[str, int]:
        """How much is cut now, by kind."""
        with self._engine.connect() as connection:
            found = Counter(each.kind for each in switches.cuts(connection))
        return {kind: found[kind] for kind in switches.KINDS}

    def kept_back(self) -> int:
        """How many records cuts keep back."""
        with self._engine.connect() as connection:
            return kept_back.count(connection)

    def set_asides_by_state(self) -> Mapping[str, int]:
        """How many refusals are in each state."""
        with self._engine.connect() as connection:
            return set_asides.by_state(connection)

    def polls_by_state(self) -> Mapping[str, int]:
        """How many ways of asking are well, troubled, or new."""
        with self._engine.connect() as connection:
            return polls.by_state(connection)

    def drifts_by_kind(self) -> Mapping[tuple[str, str], int]:
        """How much ENTs hold otherwise than they should, by kind and state."""
        with self._engine.connect() as connection:
            return drifts.counts(connection)

    def late_by_level(self) -> Mapping[str, int]:
        """How many things are late, by level of their receipt."""
        with self._engine.connect() as connection:
            return receipt_levels.count_late(connection)
