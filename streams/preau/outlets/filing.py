"""Delivers by files: each delivery changes a row, and the complete files are written anew.

What is delivered at one moment is one writing. A delivery is ACCEPTED once the files are there;
whether the ENT took them is said by its report, read by `preau.app.file_reports`. A document given
by its address instead of its bytes says so: APPLIED_AS_LINK.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from preau.clock import Clock
from preau.errors import Stop, TryAgain
from preau.outlets.dropping import drop_folder, write
from preau.outlets.file_forms import FileForm
from preau.outlets.file_lines import draw
from preau.outlets.operation import LATER
from preau.outlets.outcome import AS_LINK, Kept, Outcome, Parcel
from preau.outlets.value import Link, link_of
from preau.store import filed
from preau.store.filed import Filed

GROUP_PUT = "GROUP_PUT"
_REMOVE, _PUT = "_REMOVE", "_PUT"


class Drops(NamedTuple):
    """What every way out by files of this hub shares; `root` holds one folder per instance."""

    root: Path
    engine: sa.Engine


class Filing:
    """The way out to one instance whose product takes files."""

    def __init__(
        self, instance: str, forms: Sequence[FileForm], drops: Drops, link: Link, clock: Clock
    ) -> None:
        self._instance = instance
        self._forms = {form.operation: form for form in forms}
        self._drawn = tuple(forms)
        self._drops = drops
        self.link = link
        self._clock = clock
        self._pending: list[tuple[Parcel, asyncio.Future[Outcome]]] = []
        self._writer: asyncio.Task[None] | None = None

    def reads(self, _parcel: Parcel) -> set[str]:
        """Files need no id that the ENT gave."""
        return set()

    async def deliver(self, parcel: Parcel, _kept: Kept, *, unknown: bool) -> Outcome:
        """Waits for the next writing; complete files may be written twice: `unknown` is nothing."""
        del unknown
        form = self._forms.get(parcel.operation.replace(_REMOVE, _PUT))
        withdraws = parcel.operation.endswith(_REMOVE)
        if form is None and withdraws:  # it never came
            return Outcome("APPLIED", sent=False)
        if form is None:
            return Outcome("REFUSED", "NOT_SUPPORTED", sent=False)
        if form.links and not withdraws and not link_of(parcel.body, self.link):
            return Outcome("REFUSED", "NOT_SUPPORTED", sent=False)
        ended: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._pending.append((parcel, ended))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._write())
        return await ended

    def takes(self, operation: str) -> bool:
        """Whether some file has a line for what this operation gives or withdraws."""
        return operation.replace(_REMOVE, _PUT) in self._forms

    async def close(self) -> None:
        """Lets a writing that is under way end."""
        if self._writer is not None:
            await self._writer

    async def _write(self) -> None:
        await asyncio.sleep(0)  # what is delivered at this moment comes along
        while self._pending:
            batch, self._pending = self._pending, []
            parcels = [parcel for parcel, _ in batch]
            outcome = await asyncio.to_thread(self._tried, parcels)
            for parcel, ended in batch:
                if not ended.done():
                    ended.set_result(outcome or self._accepted(parcel))

    def _accepted(self, parcel: Parcel) -> Outcome:
        return Outcome("ACCEPTED", self._reason(parcel), self._known_as(parcel))

    def _known_as(self, parcel: Parcel) -> dict[str, str]:
        """The ENT knows a group by the id that its line gives: the hub's."""
        group = self._fields(parcel).get("group") if parcel.operation == GROUP_PUT else None
        return {} if group is None else {"native_id": str(group)}

    def _tried(self, parcels: Sequence[Parcel]) -> Outcome | None:
        """None when the files hold these deliveries, else why they do not yet."""
        try:
            folder = drop_folder(self._drops.root, self._instance)
            writing, rows = self._kept(parcels)
            write(folder, draw(self._drawn, rows, self.link), writing)
        except Stop:
            return Outcome(LATER, "ADDRESS_NOT_ALLOWED", sent=False)
        except (OSError, TryAgain):
            return Outcome(LATER, "UNREACHABLE", sent=False)
        return None

    def _kept(self, parcels: Sequence[Parcel]) -> tuple[int, list[Filed]]:
        with self._drops.engine.begin() as connection:
            last = filed.last_writing(connection, self._instance)
            writing = max(last + 1, self._clock.now_ms())
            filed.put(connection, [self._row(parcel, writing) for parcel in parcels])
            return writing, filed.held(connection, self._instance)

    def _row(self, parcel: Parcel, writing: int) -> Filed:
        gone = parcel.operation.endswith(_REMOVE)
        said = (parcel.operation, parcel.event_id, self._reason(parcel))
        fields = {} if gone else self._fields(parcel)
        where = (self._instance, parcel.entity, parcel.version)
        return Filed(*where, *said, fields, gone=gone, writing=writing)

    def _fields(self, parcel: Parcel) -> dict[str, object]:
        """Only what the lines read, and the group that they belong to."""
        read = [form.fields() for form in self._drawn]
        names = {
            name for pairs in read for operation, name in pairs if operation == parcel.operation
        }
        return {name: parcel.body[name] for name in sorted(names) if name in parcel.body}

    def _reason(self, parcel: Parcel) -> str:
        form = self._forms[parcel.operation.replace(_REMOVE, _PUT)]
        return AS_LINK if form.links and not parcel.operation.endswith(_REMOVE) else ""
