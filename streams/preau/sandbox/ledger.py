"""The state of one fictional ENT in SQLite: what it holds, what changed it, what it must still say.

Every call is one transaction, committed before the answer leaves, so that `kill -9` at any moment
leaves a state that some answer could have followed. The journal is WAL with `synchronous=NORMAL`:
safe against a killed process, which is what the fault tests do (not against a power cut).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NamedTuple

from preau.clock import Clock

_TABLES = """
create table if not exists effect (
  seq integer primary key autoincrement, event text, entity text, version integer, cause text,
  verb text, object text, at integer);
create table if not exists call (
  seq integer primary key autoincrement, event text, entity text, version integer,
  method text, path text, status integer, at integer);
create table if not exists emit (
  seq integer primary key autoincrement, id text unique, order_key text, body blob,
  sent_at integer);
create index if not exists emit_unsent on emit (seq) where sent_at is null;
create table if not exists setting (name text primary key, value text);
"""
_PARIS_WINTER = timezone(timedelta(hours=1))


class Trace(NamedTuple):
    """What a call says about its origin; a real product would ignore these headers."""

    event: str = ""
    entity: str = ""
    version: int = 0
    cause: str = ""

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Trace:
        """From the headers `X-Preau-*`; a version that is no number counts as 0."""
        version = headers.get("X-Preau-Version", "0")
        return cls(
            headers.get("X-Preau-Event", ""),
            headers.get("X-Preau-Entity", ""),
            int(version) if version.isdigit() else 0,
            headers.get("X-Preau-Cause", ""),
        )


class Ledger:
    """One SQLite file and the three logs that every fictional ENT keeps."""

    def __init__(self, file: Path, tables: str, clock: Clock) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("pragma journal_mode=wal")
        self.db.execute("pragma synchronous=normal")
        self.db.execute("pragma busy_timeout=5000")
        self.db.executescript(_TABLES + tables)
        self.clock = clock

    def close(self) -> None:
        """Closes the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what the block did is durable when it ends, undone when it raises."""
        self.db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.db.execute("rollback")
            raise
        self.db.execute("commit")

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """Every row as a plain dictionary."""
        return [dict(row) for row in self.db.execute(sql, values)]

    def row(self, sql: str, *values: object) -> dict[str, Any] | None:
        """The first row, or None."""
        found = self.db.execute(sql, values).fetchone()
        return None if found is None else dict(found)

    def change(self, sql: str, *values: object) -> int:
        """The number of rows that a statement changed."""
        return self.db.execute(sql, values).rowcount

    def add(self, sql: str, *values: object) -> int:
        """The integer id of the row that a statement added."""
        return int(self.db.execute(sql, values).lastrowid or 0)

    def effect(self, trace: Trace, verb: str, object_id: object) -> None:
        """Says that the state really changed; a repeated call that changes nothing says nothing."""
        self.db.execute(
            "insert into effect (event, entity, version, cause, verb, object, at)"
            " values (?,?,?,?,?,?,?)",
            (*trace[:2], trace.version, trace.cause, verb, str(object_id), self.clock.now_ms()),
        )

    def called(self, trace: Trace, method: str, path: str, status: int) -> None:
        """One line per call, whatever its answer."""
        self.db.execute(
            "insert into call (event, entity, version, method, path, status, at)"
            " values (?,?,?,?,?,?,?)",
            (*trace[:3], method, path, status, self.clock.now_ms()),
        )

    def say(self, identity: str, order_key: str, body: Mapping[str, object]) -> None:
        """Puts one vendor event in the outbox: the same bytes until the hub has said 2xx."""
        self.db.execute(
            "insert or ignore into emit (id, order_key, body) values (?,?,?)",
            (identity, order_key, json.dumps(body, ensure_ascii=False).encode()),
        )

    def setting(self, name: str) -> str:
        """A value kept across restarts, "" when it was never set."""
        found = self.row("select value from setting where name=?", name)
        return "" if found is None else str(found["value"])

    def set(self, name: str, value: str) -> None:
        """Keeps a value across restarts."""
        self.db.execute("insert or replace into setting values (?,?)", (name, value))

    def moment(self) -> str:
        """Now as ISO 8601 with offset and microseconds; never twice the same, even after a kill."""
        now = max(self.clock.now_ms() * 1000, int(self.setting("moment") or 0) + 1)
        self.set("moment", str(now))
        seconds, micros = divmod(now, 1_000_000)
        at = datetime.fromtimestamp(seconds, _PARIS_WINTER).replace(microsecond=micros)
        return at.isoformat(timespec="microseconds")
