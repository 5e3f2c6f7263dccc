"""What an ENT had only accepted, or never answered, and ends after all: the outbox learns it.

Only such a delivery: what the outlet itself was told has taught the outbox already, and what has
been withdrawn since must not come back under the id that the ENT forgot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

_OPEN = (
    "destination = :destination and entity = :entity and version = :version and state = 'DONE'"
    " and outcome in ('ACCEPTED', 'EXPIRED')"
)
_LEARN = sa.text(
    "insert into native_id (destination, entity, name, value)"  # noqa: S608
    f" select destination, entity, 'native_id', :native_id from delivery d where {_OPEN}"
    " and operation like '%!_PUT' escape '!' and not exists (select 1 from delivery o"
    "  where o.destination = d.destination and o.entity = d.entity and o.version > d.version"
    "  and o.state = 'DONE')"
    " on conflict (destination, entity, name) do update set value = excluded.value"
)
_END = sa.text(f"update delivery set outcome = :outcome, reason = :reason where {_OPEN}")  # noqa: S608
_FINAL = ("APPLIED", "REFUSED")


def end_later(connection: sa.Connection, said: Sequence[Mapping[str, Any]]) -> None:
    """Ends, with `outcome` and `reason`, the deliveries that these receipts answer at last.

    The ENT's own id (`native_id`) of what it says it applied is known to the next delivery.
    """
    ended = [each for each in said if each["outcome"] in _FINAL]
    named = [each for each in ended if each["outcome"] == "APPLIED" and each["native_id"]]
    if named:
        connection.execute(_LEARN, named)
    if ended:
        connection.execute(_END, ended)
