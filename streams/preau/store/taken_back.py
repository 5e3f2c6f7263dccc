"""What an ENT may still take back of what it gave to projects that it takes part in no more.

It has no mandate there: its establishment has another ENT, or left on its day. What it gave before
stays with the others, and is still its own. Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from preau.canon.purposes import purposes
from preau.store.persons import chunks

_RUNNING = (
    " join project p on p.id = w.project and p.state = 'OPEN'"
    " and p.starts <= :day and p.ends >= :day"
    " join project_place x on x.project = w.project and x.uai = w.uai"
    " and x.decision = 'AUTHORISED' and "
)
_LEFT = sa.text(
    f"select w.instance, p.purpose from project_move w{_RUNNING} w.instance in :named"  # noqa: S608 - our own words
    f" union select x.instance, p.purpose from project_leaving w{_RUNNING} w.until < :day"
    " and x.instance in :named"
    " and x.project in (select project from project_leaving where until < :day)"  # few: first
).bindparams(sa.bindparam("named", expanding=True))


def taken_back(
    connection: sa.Connection, instances: Collection[str], day: str
) -> dict[str, frozenset[str]]:
    """Instance → the records of which it may take back, on this day, what it gave."""
    found: dict[str, frozenset[str]] = {}
    for chunk in chunks(sorted(instances)):
        for instance, purpose in connection.execute(_LEFT, {"named": chunk, "day": day}).all():
            known = purposes().get(purpose)
            given = frozenset() if known is None else known.publishes
            found[instance] = found.get(instance, frozenset()) | given
    return found
