"""The rosters of this hub's consumers: read from what they are to hold, dated by what they held.

A change is dated when it is first seen, which is when the consumer asks: always after its last
question, so that whoever asks for what changed since then misses nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from preau.app.control import Control
from preau.app.listing import Listings
from preau.app.products import product
from preau.errors import Place, SetAside
from preau.outlets.complete_set import ONEROSTER
from preau.outlets.directory import Directory
from preau.outlets.oneroster.history import changes, dated
from preau.outlets.oneroster.roster import Roster, roster
from preau.store import roster_rows
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


class RostersDesk:
    """Rosters as they are now; each reading keeps what it showed."""

    def __init__(self, control: Control, directories: Directories) -> None:
        self._control = control
        self._directories = directories

    def read(self, instance: str) -> Roster:
        """See `preau.web.roster_needs.Rosters`; raises `SetAside` (ROSTER_NONE)."""
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
        return dated(made, kept | changed)

    def secret(self) -> bytes:
        """What access tokens are signed with."""
        return self._control.master.secret(TOKENS)

    def holder(self, key_id: str) -> ApiKey | None:
        """The key of that public name, while it works."""
        return self._control.api_keys.named(key_id)
