"""The rosters of this hub's consumers: read from what they are to hold, dated by what they held.

A change is dated when it is first seen, which is when the consumer asks: always after its last
question, so that whoever asks for what changed since then misses nothing.

One reading serves the pages and the questions that follow it, so that a page costs a page: for
half a minute at most, as an opened key does, and not one question longer once something was
decided, delivered or taken back for this consumer, or the day is over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from threading import Lock
from typing import NamedTuple

from preau.app.control import Control
from preau.app.listing import Listings
from preau.app.products import product
from preau.clock import paris_day
from preau.errors import Place, SetAside
from preau.keys.leased import LEASE_MS, Leased
from preau.outlets.complete_set import ONEROSTER
from preau.outlets.directory import Directory
from preau.outlets.oneroster.history import changes, dated
from preau.outlets.oneroster.reading import Reading
from preau.outlets.oneroster.roster import roster
from preau.store import audit, filed, roster_rows
from preau.store.api_keys import ApiKey

DIGESTS, TOKENS = "roster-digests", "roster-tokens"
Directories = Callable[[str], Directory | None]
"""(instance) → what its directory is to hold now; None for one that reads no roster."""


def directories(control: Control, find_kafka: Callable[[], str]) -> Directories:
    """The directories of the instances whose product's folder says `set: oneroster`."""
    listings = Listings(control, find_kafka)

    def found(name: str) -> Directory | None:
        instance = control.instances.get(name)
        if instance is None or instance.disabled:
            return None
        if instance.connector not in control.catalogue.names():
            return None
        reads = product(control.catalogue, instance.connector).set == ONEROSTER
        return listings.of(name).directory if reads else None

    return found


HELD = 4
"""Readings that are held at one time: a walk begins again when more consumers read at once."""


class _Mark(NamedTuple):
    """Where a consumer's roster stands: a reading holds while all of it is the same.

    `decided` is the audit chain's last number (mandates, projects, erasures, rulings, instances and
    cuts are in it), `delivered` what was let out for this consumer, `day` the school's day, with
    which mandates begin and end.
    """

    instance: str
    decided: int
    delivered: tuple[int, ...]
    day: str


class RostersDesk:
    """Rosters as they are now; each reading keeps what it showed."""

    def __init__(
        self, control: Control, directories: Directories, lease_ms: int = LEASE_MS
    ) -> None:
        self._control = control
        self._directories = directories
        self._held: Leased[_Mark, Reading] = Leased(self._read, control.clock, HELD, lease_ms)
        self._one_by_one = Lock()

    def read(self, instance: str) -> Reading:
        """See `preau.web.roster_needs.Rosters`; raises `SetAside` (ROSTER_NONE).

        One at a time: whoever asks while a reading is made waits for it and makes none of its own.
        """
        with self._one_by_one:
            mark = self._mark(instance)
            return self._held.take([mark])[mark]

    def _mark(self, instance: str) -> _Mark:
        with self._control.engine.connect() as connection:
            delivered = filed.mark(connection, instance)
            decided = audit.head(connection).seq
        return _Mark(instance, decided, delivered, paris_day(self._control.clock.now_ms()))

    def _read(self, marks: Collection[_Mark]) -> Mapping[_Mark, Reading]:
        return {mark: self._whole(mark.instance) for mark in marks}

    def _whole(self, instance: str) -> Reading:
        found = self._directories(instance)
        if found is None:
            what, where = "this instance reads no roster", Place(field="instance")
            fix = "use the key of an instance whose product's folder says set: oneroster"
            raise SetAside("ROSTER_NONE", what, where=where, fix=fix)
        with self._control.engine.begin() as connection:
            made, kept = roster(found), roster_rows.of(connection, instance)
            secret = self._control.master.secret(f"{DIGESTS}/{instance}")
            changed = changes(made, kept, secret, self._control.clock.now_ms())
            roster_rows.put(connection, instance, changed)
        return Reading(dated(made, kept | changed))

    def secret(self) -> bytes:
        """What access tokens are signed with."""
        return self._control.master.secret(TOKENS)

    def holder(self, key_id: str) -> ApiKey | None:
        """The key of that public name, while it works."""
        return self._control.api_keys.named(key_id)
