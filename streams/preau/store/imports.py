"""Every import of a file set: who asked what, what came of it, and whether a person must decide."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

READING, HELD, SENDING, DONE, REFUSED, DROPPED = (
    *("READING", "HELD", "SENDING", "DONE", "REFUSED", "DROPPED"),
)
"""Being read; waiting for a person; going to Kafka; in Kafka; not taken; given up by a person."""


class ImportRun(NamedTuple):
    """One import; `result` holds counts, `reasons` why it is held or was refused, in French.

    `began` and `ended` are in milliseconds since 1970, `ended` 0 while it goes on.
    """

    id: str
    instance: str
    connector: str
    state: str
    began: int
    ended: int
    result: Mapping[str, Any]
    reasons: tuple[str, ...]


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "import_run" in metadata.tables:
        return
    sa.Table(
        "import_run",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("instance", "connector", "state")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("began", "ended")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("result", "reasons")),
    )


_COLUMNS = ", ".join(ImportRun._fields)
_VALUES = ", ".join(f":{name}" for name in ImportRun._fields)
_NEWER = ", ".join(f"{name} = excluded.{name}" for name in ("state", "ended", "result", "reasons"))
_PUT = sa.text(
    f"insert into import_run ({_COLUMNS}) values ({_VALUES})"  # noqa: S608 - our own column names
    f" on conflict (id) do update set {_NEWER}"
)
_GET = sa.text(f"select {_COLUMNS} from import_run where id = :id")  # noqa: S608
_ALL = sa.text(f"select {_COLUMNS} from import_run order by began desc, id desc limit :most")  # noqa: S608
_OPEN = sa.text(
    f"select {_COLUMNS} from import_run"  # noqa: S608
    " where state in ('READING', 'HELD', 'SENDING') order by began desc, id desc"
)


_AT = sa.text(
    "select id from import_run where instance = :instance and state in ('SENDING', 'DONE')"
    " and began <= :at and (ended = 0 or ended >= :at) order by began desc limit 1"
)


def import_at(connection: sa.Connection, instance: str, at_ms: int) -> str:
    """The id of the import in which this instance spoke at that moment; empty for none."""
    found = connection.execute(_AT, {"instance": instance, "at": at_ms}).scalar()
    return found or ""


class ImportRuns:
    """The imports of the hub, the last ones first."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def put(self, run: ImportRun) -> None:
        """Writes an import as it is now."""
        row = run._asdict()
        row["result"] = json.dumps(dict(run.result), ensure_ascii=False)
        row["reasons"] = json.dumps(list(run.reasons), ensure_ascii=False)
        with self._engine.begin() as connection:
            connection.execute(_PUT, row)

    def get(self, id_: str) -> ImportRun | None:
        """The import of that id."""
        with self._engine.connect() as connection:
            row = connection.execute(_GET, {"id": id_}).one_or_none()
        return None if row is None else _run(row)

    def last(self, most: int = 50) -> list[ImportRun]:
        """The last imports, newest first."""
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(_ALL, {"most": most})]

    def unended(self) -> list[ImportRun]:
        """Every import that is READING, HELD or SENDING, newest first."""
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(_OPEN)]


def _run(row: Any) -> ImportRun:
    id_, instance, connector, state, began, ended, result, reasons = row
    told = (id_, instance, connector, state, int(began), int(ended))
    return ImportRun(*told, json.loads(result), tuple(json.loads(reasons)))
