"""Keeps what a directory service is to hold until its next complete set is written.

Nothing is written at a delivery: a set needs people's names, which are opened only when it is
written (`preau.app.set_writing`). A delivery is ACCEPTED (NEXT_SET) once it is kept. Whether the
service took the set that has it is said by its report, read by `preau.app.file_reports`: APPLIED.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

from preau.catalogue.set_fields import SET_READS
from preau.clock import Clock
from preau.errors import TryAgain
from preau.outlets.filing import Drops
from preau.outlets.operation import LATER
from preau.outlets.outcome import Kept, Outcome, Parcel
from preau.store import filed
from preau.store.filed import Filed

NEXT_SET = "NEXT_SET"
ESTABLISHMENT = "establishment"
_REMOVE = "_REMOVE"


class SetKeeping:
    """The way out to one directory service that takes complete sets."""

    def __init__(
        self, instance: str, needs: Mapping[str, Collection[str]], drops: Drops, clock: Clock
    ) -> None:
        self._instance = instance
        self._needs = needs
        self._drops = drops
        self._clock = clock

    def reads(self, _parcel: Parcel) -> set[str]:
        """A set needs no id that the service gave."""
        return set()

    async def deliver(self, parcel: Parcel, _kept: Kept, *, unknown: bool) -> Outcome:
        """Kept twice is kept once: `unknown` is nothing."""
        del unknown
        if parcel.operation not in self._needs:
            return Outcome("REFUSED", "NOT_SUPPORTED", sent=False)
        if parcel.operation == "MEMBER_PUT" and not parcel.body.get(ESTABLISHMENT):
            return Outcome("REFUSED", "NO_MANDATE", sent=False)
        try:
            await asyncio.to_thread(self._keep, parcel)
        except TryAgain:
            return Outcome(LATER, "UNREACHABLE", sent=False)
        return Outcome("ACCEPTED", NEXT_SET)

    async def close(self) -> None:
        """Nothing is open."""

    def _keep(self, parcel: Parcel) -> None:
        gone = parcel.operation.endswith(_REMOVE)
        read = SET_READS.get(parcel.operation, frozenset())
        fields = {} if gone else {n: parcel.body[n] for n in sorted(read) if n in parcel.body}
        with self._drops.engine.begin() as connection:
            last = filed.last_writing(connection, self._instance)
            writing = max(last + 1, self._clock.now_ms())
            where = (self._instance, parcel.entity, parcel.version)
            said = (parcel.operation, parcel.event_id, "")
            filed.put(connection, [Filed(*where, *said, fields, gone=gone, writing=writing)])
