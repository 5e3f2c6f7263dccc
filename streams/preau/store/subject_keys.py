"""One key per subject, wrapped by the master key; to destroy it is to erase what it sealed.

On SQLite a destroyed key is overwritten in the file and its log (`secure_delete`, checkpoint); on
PostgreSQL its bytes go with the next vacuum. Backups keep it for as long as they are kept.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from itertools import islice
from typing import Any

import sqlalchemy as sa

from preau.errors import Place, TryAgain
from preau.keys.master import MasterKey
from preau.keys.seal import KID, SubjectKey

KEY = 32
_CHUNK = 500  # names in one statement


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "subject_key" in metadata.tables:
        return
    sa.Table(
        "subject_key",
        metadata,
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("kid", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )


def _named(statement: str) -> sa.TextClause:
    return sa.text(statement).bindparams(sa.bindparam("named", expanding=True))


_BY_SUBJECT = _named("select subject, kid, wrapped from subject_key where subject in :named")
_BY_KID = _named("select subject, kid, wrapped from subject_key where kid in :named")
_FORGET = _named("delete from subject_key where subject in :named")
_INSERT = sa.text(
    "insert into subject_key (subject, kid, wrapped) values (:subject, :kid, :wrapped)"
    " on conflict (subject) do nothing"
)


class SubjectKeys:
    """The key book of the hub; processes agree on one key per subject."""

    def __init__(self, engine: sa.Engine, master: MasterKey) -> None:
        self._engine = engine
        self._master = master

    def keys(self, subjects: Collection[str]) -> Mapping[str, SubjectKey]:
        """The key of each subject; what was missing is made, and durable on return.

        It writes in a transaction of its own: called inside another on SQLite, it would wait for
        its caller.
        """
        with self._engine.connect() as connection:
            found = self._read(connection, subjects)
        missing = set(subjects) - found.keys()
        if missing:
            found |= self._make(missing)
        return found

    def by_kid(self, kids: Collection[bytes]) -> Mapping[bytes, bytes]:
        """The keys that still exist, by kid."""
        with self._engine.connect() as connection:
            rows = list(_rows(connection, _BY_KID, kids))
        return {kid: self._unwrap(subject, kid, wrapped) for subject, kid, wrapped in rows}

    def forget(self, subjects: Collection[str]) -> int:
        """Destroys the keys of these subjects, for good; how many there were.

        A running process may still use one for `preau.keys.leased.LEASE_MS`. Raises `TryAgain`
        (KEYS_LINGER) when the keys are gone but a reader keeps the file's log from being emptied:
        the same call ends the work later.
        """
        with self._engine.begin() as connection:
            gone = sum(
                connection.execute(_FORGET, {"named": part}).rowcount for part in _parts(subjects)
            )
        if self._engine.dialect.name == "sqlite":
            self._empty_log()
        return gone

    def _make(self, missing: Collection[str]) -> dict[str, SubjectKey]:
        new = {
            subject: SubjectKey(os.urandom(KID), os.urandom(KEY))
            for subject in sorted(missing)  # one order everywhere: no deadlock between processes
        }
        rows = [
            {"subject": name, "kid": kid, "wrapped": self._master.wrap(key, _bound(name, kid))}
            for name, (kid, key) in new.items()
        ]
        with self._engine.begin() as connection:
            connection.execute(_INSERT, rows)
            return self._read(connection, missing)  # another process may have come first

    def _read(self, connection: sa.Connection, subjects: Collection[str]) -> dict[str, SubjectKey]:
        return {
            subject: SubjectKey(kid, self._unwrap(subject, kid, wrapped))
            for subject, kid, wrapped in _rows(connection, _BY_SUBJECT, subjects)
        }

    def _unwrap(self, subject: str, kid: bytes, wrapped: bytes) -> bytes:
        return self._master.unwrap(wrapped, _bound(subject, kid))

    def _empty_log(self) -> None:
        with closing(self._engine.raw_connection()) as raw:  # it must run outside a transaction
            cursor = raw.cursor()
            cursor.execute("pragma wal_checkpoint(truncate)")
            busy, *_ = cursor.fetchall()[0]
        if busy:
            what = "the keys are destroyed, but their bytes are still in the database's log"
            raise TryAgain("KEYS_LINGER", what, where=Place(field="subject_key"))


def _bound(subject: str, kid: bytes) -> bytes:
    """What a wrapped key belongs to: the kid has a fixed length, so no two rows agree."""
    return kid + subject.encode()


def _rows(
    connection: sa.Connection, statement: sa.TextClause, names: Collection[Any]
) -> Iterator[tuple[str, bytes, bytes]]:
    for part in _parts(names):
        # read by place: by name it takes a third longer, in the hot path
        yield from connection.execute(statement, {"named": part})


def _parts(names: Collection[Any]) -> Iterator[list[Any]]:
    rest = iter(names)
    while part := list(islice(rest, _CHUNK)):
        yield part
