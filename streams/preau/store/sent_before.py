"""What was sent to ENTs, put back into `outgoing`: as Kafka tells it, and beyond that the outbox.

Kafka keeps deliveries for 83 days, the outbox their versions: a version that begins again at 1
would be taken for one that was delivered long ago.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import sqlalchemy as sa

from preau.store.outgoing import Row
from preau.store.outgoing_table import FLAGS
from preau.store.version_floors import last_seq

_NAMES = ", ".join((*Row._fields, *FLAGS))
_VALUES = ", ".join(f":{name}" for name in Row._fields)
_LOCAL = "local = case excluded.local when '' then outgoing.local else excluded.local end"
"""A removal that names nobody is of whom its put named: an erasure finds it by that."""
_NEWER = ", ".join(
    f"{name} = excluded.{name}" if name != "local" else _LOCAL
    for name in (*Row._fields[2:], *FLAGS)
)
_PUT = sa.text(
    f"insert into outgoing ({_NAMES}) values ({_VALUES}, true, false, false, false)"  # noqa: S608 - our own column names
    f" on conflict (destination, entity) do update set {_NEWER}"
    " where excluded.version > outgoing.version"
)

_FROM_OUTBOX = sa.text(
    f"insert into outgoing ({_NAMES})"  # noqa: S608
    " select destination, entity, project, operation, '{}', parents, cause, '', version,"
    " occurred_at, seq + :seq, true, state = 'DONE', false, false from delivery d where version ="
    " (select max(version) from delivery m where m.destination = d.destination"
    " and m.entity = d.entity)"
    f" on conflict (destination, entity) do update set {_NEWER}"
    " where excluded.version > outgoing.version"
)


def put_back(connection: sa.Connection, rows: Iterable[Row]) -> None:
    """As sent and not answered; the highest version of each stays, in the order given."""
    last: dict[tuple[str, str], Row] = {}
    for row in rows:
        place = (row.destination, row.entity)
        before = last.get(place, row)
        if row.version >= before.version:
            last[place] = row._replace(local=row.local or before.local)
    if not last:
        return
    seq = last_seq(connection)
    told = [
        {
            **row._asdict(),
            "body": json.dumps(dict(row.body), ensure_ascii=False),
            "parents": json.dumps(row.parents),
            "seq": seq + number,
        }
        for number, row in enumerate(last.values(), 1)
    ]
    connection.execute(_PUT, told)


def put_back_the_rest(connection: sa.Connection) -> None:
    """What only the outbox knows, without its body: it is sent once more, as a new version."""
    seq = last_seq(connection)
    connection.execute(_FROM_OUTBOX, {"seq": seq})
