"""One key per subject and school year, wrapped by the master key; destroyed, it seals for ever.

A school year changes on 1 August: what was said in a year can be made unreadable alone, when its
time is over, and an erasure destroys every year of a person. The first two bytes of a kid are the
year's first calendar year (kids older than edition 2 of the database are random).

No byte of a destroyed key stays in the database's files or its log: `preau.store.wal` tells how,
and what PostgreSQL must allow. Backups keep it for as long as they are kept.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa

from preau.clock import Clock, SystemClock
from preau.keys.master import MasterKey
from preau.keys.seal import KID, SubjectKey
from preau.mapping.conversions.calendar import school_year
from preau.store.named import named
from preau.store.wal import empty_log

KEY = 32
_YEAR = 2  # bytes of a kid that name the year
_CHUNK = 500  # names in one statement


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "subject_key" in metadata.tables:
        return
    sa.Table(
        "subject_key",
        metadata,
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kid", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )


_BY_SUBJECT = named(
    "select subject, kid, wrapped from subject_key where year = :year and subject in :named"
)
_BY_KID = named("select subject, kid, wrapped from subject_key where kid in :named")
_FORGET = named("delete from subject_key where subject in :named")
_END_YEAR = sa.text("delete from subject_key where year < :year")
_INSERT = sa.text(
    "insert into subject_key (subject, year, kid, wrapped) values (:subject, :year, :kid, :wrapped)"
    " on conflict (subject, year) do nothing"
)


def year_of(now_ms: int) -> int:
    """The first calendar year of the school year of this moment: 2026 for 2026-2027."""
    return int(school_year(now_ms).partition("-")[0])


class SubjectKeys:
    """The key book of the hub; processes agree on one key per subject."""

    def __init__(self, engine: sa.Engine, master: MasterKey, clock: Clock | None = None) -> None:
        self._engine = engine
        self._master = master
        self._clock = clock or SystemClock()

    def keys(self, subjects: Collection[str]) -> Mapping[str, SubjectKey]:
        """The key of each subject for this school year; what was missing is made, and durable.

        It writes in a transaction of its own: called inside another on SQLite, it would wait for
        its caller.
        """
        year = year_of(self._clock.now_ms())
        with self._engine.connect() as connection:
            found = self._read(connection, subjects, year)
        missing = set(subjects) - found.keys()
        if missing:
            found |= self._make(missing, year)
        return found

    def by_kid(self, kids: Collection[bytes]) -> Mapping[bytes, bytes]:
        """The keys that still exist, by kid."""
        with self._engine.connect() as connection:
            rows = list(_rows(connection, _BY_KID, kids))
        return {kid: self._unwrap(subject, kid, wrapped) for subject, kid, wrapped in rows}

    def forget(self, subjects: Collection[str]) -> int:
        """Destroys every key of these subjects, for good; how many there were.

        A running process may still use one for `preau.keys.leased.LEASE_MS`. Raises `TryAgain`
        (KEYS_LINGER) when the keys are gone but a reader keeps the file's log from being emptied:
        the same call ends the work later.
        """
        with self._engine.begin() as connection:
            gone = sum(
                connection.execute(_FORGET, {"named": part}).rowcount for part in _parts(subjects)
            )
        empty_log(self._engine)
        return gone

    def end_years(self, before: int) -> int:
        """Destroys the keys of every school year that began before this one; how many.

        Raises `TryAgain` as `forget` does.
        """
        with self._engine.begin() as connection:
            gone = connection.execute(_END_YEAR, {"year": before}).rowcount
        if gone:
            empty_log(self._engine)
        return gone

    def _make(self, missing: Collection[str], year: int) -> dict[str, SubjectKey]:
        named = year.to_bytes(_YEAR, "big")
        new = {
            subject: SubjectKey(named + os.urandom(KID - _YEAR), os.urandom(KEY))
            for subject in sorted(missing)  # one order everywhere: no deadlock between processes
        }
        rows = [
            {
                "subject": name,
                "year": year,
                "kid": kid,
                "wrapped": self._master.wrap(key, _bound(name, kid)),
            }
            for name, (kid, key) in new.items()
        ]
        with self._engine.begin() as connection:
            connection.execute(_INSERT, rows)
            return self._read(connection, missing, year)  # another process may have come first

    def _read(
        self, connection: sa.Connection, subjects: Collection[str], year: int
    ) -> dict[str, SubjectKey]:
        return {
            subject: SubjectKey(kid, self._unwrap(subject, kid, wrapped))
            for subject, kid, wrapped in _rows(connection, _BY_SUBJECT, subjects, year=year)
        }

    def _unwrap(self, subject: str, kid: bytes, wrapped: bytes) -> bytes:
        return self._master.unwrap(wrapped, _bound(subject, kid))


def _bound(subject: str, kid: bytes) -> bytes:
    """What a wrapped key belongs to: the kid has a fixed length, so no two rows agree."""
    return kid + subject.encode()


def _rows(
    connection: sa.Connection, statement: sa.TextClause, names: Collection[Any], **also: int
) -> Iterator[tuple[str, bytes, bytes]]:
    for part in _parts(names):
        # read by place: by name it takes a third longer, in the hot path
        yield from connection.execute(statement, {"named": part, **also})


def _parts(names: Collection[Any]) -> Iterator[list[Any]]:
    rest = iter(names)
    while part := list(islice(rest, _CHUNK)):
        yield part
