"""What consumers of rosters read in the tests of the service, dated, the gone among it."""

from __future__ import annotations

from typing import NamedTuple

from preau.errors import SetAside
from preau.outlets.directory import Directory
from preau.outlets.oneroster.history import changes, dated
from preau.outlets.oneroster.reading import Reading
from preau.outlets.oneroster.roster import roster
from preau.store.roster_rows import RosterRow
from tests.outlets.oneroster.directories import LIMOUX, OCTOBER

SECRET = "preau_roster"
FORM = "application/x-www-form-urlencoded"


class Key(NamedTuple):
    instance: str | None
    scopes: tuple[str, ...]

    @property
    def actor(self) -> str:
        return f"key:{'+'.join(self.scopes)}"


class Rosters:
    """What each consumer holds; `keys` are those that work, by their public names."""

    def __init__(self) -> None:
        self.held: dict[str, Directory] = {"reader": LIMOUX}
        self.kept: dict[str, dict[tuple[str, str], RosterRow]] = {}
        self.keys: dict[str, Key] = {}
        self.now = OCTOBER

    def read(self, instance: str) -> Reading:
        if instance not in self.held:
            raise SetAside("ROSTER_NONE", "this instance reads no roster", fix="use another key")
        made, kept = roster(self.held[instance]), self.kept.setdefault(instance, {})
        kept.update(changes(made, kept, b"secret", self.now))
        return Reading(dated(made, kept))

    def secret(self) -> bytes:
        return b"s" * 32

    def holder(self, key_id: str) -> Key | None:
        return self.keys.get(key_id)
