"""Where the last word of each source on itself came from, and of what it spoke; no value of `pii`.

From it follows which source is believed for each field of a person, and why. Functions work inside
the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.persons import chunks


class Origin(NamedTuple):
    """One person record: times in ms since 1970, `topic` to `path` its lineage.

    `fields` are the names of the fields that say something, as `profile` or `pii.birth_date`, each
    with its value, or with None where the value is personal.
    """

    source: str
    event_id: str
    authority: str
    occurred_at: int
    received_at: int
    topic: str
    place: int
    offset: int
    path: str
    fields: Mapping[str, str | None]


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "person_origin" in metadata.tables:
        return
    sa.Table(
        "person_origin",
        metadata,
        sa.Column("source", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("event_id", "authority")),
        *(sa.Column(n, sa.BigInteger, nullable=False) for n in ("occurred_at", "received_at")),
        sa.Column("topic", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("place", "offset")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("path", "fields")),
        sqlite_with_rowid=False,
    )


_COLUMNS = ", ".join(f'"{name}"' for name in Origin._fields)  # offset is a word of SQL
_VALUES = ", ".join(f":{name}" for name in Origin._fields)
_NEWER = ", ".join(f'"{name}" = excluded."{name}"' for name in Origin._fields[1:])
_PUT = sa.text(
    f"insert into person_origin ({_COLUMNS}) values ({_VALUES})"  # noqa: S608 - our own column names
    f" on conflict (source) do update set {_NEWER}"
)
_OF = sa.text(
    f"select {_COLUMNS} from person_origin where source in :named"  # noqa: S608 - the same
).bindparams(sa.bindparam("named", expanding=True))
_FORGET = sa.text("delete from person_origin where source in :named").bindparams(
    sa.bindparam("named", expanding=True)
)


def put(connection: sa.Connection, origins: Iterable[Origin]) -> None:
    """Writes these in the place of what their sources said before."""
    rows = [{**each._asdict(), "fields": json.dumps(dict(each.fields))} for each in origins]
    if rows:
        connection.execute(_PUT, rows)


def of(connection: sa.Connection, sources: Collection[str]) -> dict[str, Origin]:
    """Those of these sources, by source."""
    return {
        row[0]: _origin(row)
        for chunk in chunks(sorted(sources))
        for row in connection.execute(_OF, {"named": chunk}).all()
    }


def forget(connection: sa.Connection, sources: Collection[str]) -> None:
    """Nothing is known any more of where these came from."""
    for chunk in chunks(sorted(sources)):
        connection.execute(_FORGET, {"named": chunk})


def _origin(row: Any) -> Origin:
    said = Origin(*row)
    return said._replace(fields=json.loads(row[-1]))
