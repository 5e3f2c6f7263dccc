"""When each entity of a consumer's roster changed, and which are gone.

A directory's set is a state without a past. What the consumer was last shown is kept as a keyed
digest of each entity and, for the day on which it goes, its bones: its ids, roles and dates, no
name and no title. Pure: who keeps the rows is `preau.store.roster_rows`.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
from collections.abc import Mapping

from preau.outlets.oneroster.roster import KINDS, Entity, Roster
from preau.store.roster_rows import RosterRow

_NAMES = ("givenName", "familyName", "name", "title")
_UNSAID = ("grades", "identifier")


Key = tuple[str, str]
"""Kind and sourcedId."""
Rows = Mapping[Key, RosterRow]


def changes(made: Roster, kept: Rows, secret: bytes, now_ms: int) -> dict[Key, RosterRow]:
    """The rows that are no longer as kept: new, changed, gone, or back again."""
    now = {
        (kind, entity["sourcedId"]): (_digest(entity, secret), _bones(entity))
        for kind in KINDS
        for entity in made[kind]
    }
    changed = {
        key: RosterRow(digest, bones, now_ms, gone=False)
        for key, (digest, bones) in now.items()
        if key not in kept or kept[key].gone or kept[key].digest != digest
    }
    left = {
        key: row._replace(digest="", changed_at=now_ms, gone=True)
        for key, row in kept.items()
        if key not in now and not row.gone
    }
    return changed | left


def dated(made: Roster, rows: Rows) -> Roster:
    """The roster with the state and the date of each entity, those that are gone among them."""
    shown: dict[str, list[Entity]] = {
        kind: [
            each | _life("active", rows[kind, each["sourcedId"]].changed_at) for each in made[kind]
        ]
        for kind in KINDS
    }
    for (kind, _), row in rows.items():
        if row.gone:
            shown[kind].append(json.loads(row.bones) | _life("tobedeleted", row.changed_at))
    return shown


def moment(at_ms: int) -> str:
    """A moment as the standard writes it: 2026-10-12T08:00:00.000Z."""
    at = dt.datetime.fromtimestamp(at_ms // 1000, dt.UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03}Z"


def _life(status: str, changed_at: int) -> Entity:
    return {"status": status, "dateLastModified": moment(changed_at)}


def _digest(entity: Entity, secret: bytes) -> str:
    """Keyed: the plain digest of a name is found by trying names."""
    said = json.dumps(entity, sort_keys=True).encode()
    return hmac.digest(secret, said, "sha256").hex()


def _bones(entity: Entity) -> str:
    kept = {name: value for name, value in entity.items() if name not in _UNSAID}
    return json.dumps(kept | {name: "" for name in _NAMES if name in kept}, sort_keys=True)
