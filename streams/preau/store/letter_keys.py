"""The keys that seal what vendors sent, wrapped by the master key: one open key per instance.

A key is open for a day at most, then closed (nothing new is sealed with it), then destroyed: seven
days later, or by an erasure as soon as every letter under it was worked.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from preau.clock import Clock, SystemClock
from preau.keys.envelope import SEAL_LEASE_MS
from preau.keys.master import MasterKey
from preau.keys.seal import KID, SubjectKey
from preau.store.named import named
from preau.store.persons import chunks
from preau.store.wal import empty_log

KEY = 32
OPEN_MS = 86_400_000
KEPT_MS = 7 * 86_400_000
"""How long a closed key lives when nobody is erased: as long as Kafka keeps its letters."""
ACK_MS = 30_000
DRAIN_MS = SEAL_LEASE_MS + ACK_MS + 1_000
"""After its closing, a letter may still be sealed for the lease, and Kafka take it until the
producers' `message.timeout.ms`; after that nothing under this key is written any more."""


class Closed(NamedTuple):
    """A key that seals nothing new; times in milliseconds since 1970."""

    kid: bytes
    instance: str
    closed_at: int


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "letter_key" in metadata.tables:
        return
    sa.Table(
        "letter_key",
        metadata,
        sa.Column("kid", sa.LargeBinary, primary_key=True),
        sa.Column("instance", sa.Text, nullable=False, index=True),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("closed_at", sa.BigInteger),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )


_OPEN = named(
    "select instance, kid, wrapped from letter_key where closed_at is null"
    " and opened_at > :since and instance in :named order by opened_at, kid"
)
_INSERT = sa.text(
    "insert into letter_key (kid, instance, opened_at, closed_at, wrapped)"
    " values (:kid, :instance, :now, null, :wrapped)"
)
_BY_KID = named("select instance, kid, wrapped from letter_key where kid in :named")
_CLOSE = named(
    "update letter_key set closed_at = :now where closed_at is null and instance in :named"
)
_CLOSE_OLD = sa.text(
    "update letter_key set closed_at = :now where closed_at is null and opened_at <= :since"
)
_CLOSED = named(
    "select kid, instance, closed_at from letter_key where closed_at is not null"
    " and instance in :named order by closed_at, kid"
)
_DESTROY = named("delete from letter_key where kid in :named")
_END = sa.text("delete from letter_key where closed_at <= :until")


class LetterKeys:
    """The key book of letters; every method is one transaction of its own."""

    def __init__(self, engine: sa.Engine, master: MasterKey, clock: Clock | None = None) -> None:
        self._engine = engine
        self._master = master
        self._clock = clock or SystemClock()

    def open_keys(self, instances: Collection[str]) -> Mapping[str, SubjectKey]:
        """The key with which each instance's letters are sealed now; durable on return."""
        with self._engine.connect() as connection:
            found = self._opened(connection, instances)
        if missing := sorted(set(instances) - found.keys()):
            with self._engine.begin() as connection:
                found |= self._opened(connection, missing)  # another process may have come first
                new = {i: self._new(i) for i in missing if i not in found}
                if new:
                    connection.execute(_INSERT, [row for _, row in new.values()])
                found |= {instance: key for instance, (key, _) in new.items()}
        return found

    def by_kid(self, kids: Collection[bytes]) -> Mapping[bytes, bytes]:
        """The keys that still exist, by kid."""
        if not kids:
            return {}
        with self._engine.connect() as connection:
            rows = connection.execute(_BY_KID, {"named": list(kids)}).all()
        return {kid: self._unwrap(instance, kid, wrapped) for instance, kid, wrapped in rows}

    def close(self, instances: Collection[str]) -> None:
        """From now on, within the lease, these instances' letters are sealed with new keys."""
        with self._engine.begin() as connection:
            now = self._clock.now_ms()
            for chunk in chunks(sorted(instances)):
                connection.execute(_CLOSE, {"now": now, "named": chunk})

    def closed(self, instances: Collection[str]) -> list[Closed]:
        """The closed keys of these instances that still exist, the first closed first."""
        with self._engine.connect() as connection:
            return [
                Closed(*row)
                for chunk in chunks(sorted(instances))
                for row in connection.execute(_CLOSED, {"named": chunk})
            ]

    def destroy(self, kids: Collection[bytes]) -> int:
        """Destroys these, for good; raises `TryAgain` (KEYS_LINGER), see `store.wal`."""
        if not kids:
            return 0
        with self._engine.begin() as connection:
            gone = connection.execute(_DESTROY, {"named": list(kids)}).rowcount
        empty_log(self._engine)
        return gone

    def sweep(self) -> int:
        """Closes what has been open for a day, destroys what has been closed for seven."""
        now = self._clock.now_ms()
        with self._engine.begin() as connection:
            connection.execute(_CLOSE_OLD, {"now": now, "since": now - OPEN_MS})
            gone = connection.execute(_END, {"until": now - KEPT_MS}).rowcount
        if gone:
            empty_log(self._engine)
        return gone

    def _opened(
        self, connection: sa.Connection, instances: Collection[str]
    ) -> dict[str, SubjectKey]:
        said = {"named": list(instances), "since": self._clock.now_ms() - OPEN_MS}
        return {
            instance: SubjectKey(kid, self._unwrap(instance, kid, wrapped))
            for instance, kid, wrapped in connection.execute(_OPEN, said)
        }

    def _new(self, instance: str) -> tuple[SubjectKey, dict[str, object]]:
        key = SubjectKey(os.urandom(KID), os.urandom(KEY))
        wrapped = self._master.wrap(key.key, _bound(instance, key.kid))
        row = {"kid": key.kid, "instance": instance, "wrapped": wrapped}
        return key, {**row, "now": self._clock.now_ms()}

    def _unwrap(self, instance: str, kid: bytes, wrapped: bytes) -> bytes:
        return self._master.unwrap(wrapped, _bound(instance, kid))


def _bound(instance: str, kid: bytes) -> bytes:
    """What a wrapped key belongs to; unlike a subject's, so that none opens as the other."""
    return b"letter\0" + kid + instance.encode()
