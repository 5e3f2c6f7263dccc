"""The keys with which vendors and operators call the hub: shown once, kept only as a hash.

A key is 256 random bits, so SHA-256 at rest is enough: there is nothing to guess from its hash.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection
from hashlib import sha256
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.clock import Clock
from preau.errors import Place, Stop
from preau.ids import instance_name
from preau.store import audit
from preau.store.audit import OPERATOR, Act, by_key

PREFIX = "preau_"
_CLEAR = re.compile(PREFIX + "[A-Za-z0-9_-]{43}")
_SCOPE = re.compile(r"[a-z][a-z-]*")
_ID = 8  # bytes of the hash by which a key is found and named


class ApiKey(NamedTuple):
    """What a key allows; `instance` is None for an operator's, `key_id` the key's public name."""

    instance: str | None
    scopes: frozenset[str]
    key_id: str

    @property
    def actor(self) -> str:
        """Who acts with it, as the audit chain says it."""
        return by_key(self.key_id)


class Listed(NamedTuple):
    """A key as an operator sees it; times in ms since 1970, `revoked_at` None while it works."""

    key_id: str
    instance: str | None
    scopes: frozenset[str]
    made_at: int
    revoked_at: int | None


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "api_key" in metadata.tables:
        return
    sa.Table(
        "api_key",
        metadata,
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("instance", sa.Text),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
    )


_INSERT = sa.text(
    "insert into api_key (key_id, hash, instance, scopes, made_at)"
    " values (:key_id, :hash, :instance, :scopes, :made_at)"
)
_FIND = sa.text(
    "select hash, instance, scopes from api_key where key_id = :key_id and revoked_at is null"
)
_REVOKE = sa.text(
    "update api_key set revoked_at = coalesce(revoked_at, :now) where key_id = :key_id"
)
_ALL = sa.text(
    "select key_id, instance, scopes, made_at, revoked_at from api_key order by made_at, key_id"
)


def key_id(clear: str) -> str:
    """The public name of a key: 16 hexadecimal characters from which it cannot be found."""
    return _hash(clear)[:_ID].hex()


class ApiKeys:
    """The API keys in SQL; a revoked one stays listed and opens nothing."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def make(self, instance: str | None, scopes: Collection[str], by: str = OPERATOR) -> str:
        """A new key in clear: "preau_" and 43 characters; nobody can read it again.

        Raises `Stop` on a bad instance name (INSTANCE_NAME) or no proper scope (KEY_SCOPES).
        """
        if instance is not None:
            instance_name(instance)
        if not scopes or not all(_SCOPE.fullmatch(scope) for scope in scopes):
            fix = "say at least one scope, in lower-case letters"
            raise Stop("KEY_SCOPES", "a key must allow something", where=_AT, fix=fix)
        clear = PREFIX + secrets.token_urlsafe(32)
        said, now = " ".join(sorted(set(scopes))), self._clock.now_ms()
        row = {"key_id": key_id(clear), "hash": _hash(clear), "instance": instance}
        act = Act(by, "key.made", key_id(clear), {"instance": instance or "", "scopes": said})
        with self._engine.begin() as connection:
            connection.execute(_INSERT, {**row, "scopes": said, "made_at": now})
            audit.append(connection, act, now)
        return clear

    def check(self, clear: str) -> ApiKey | None:
        """What this key allows; None when it is unknown, revoked or no key at all."""
        if not _CLEAR.fullmatch(clear):
            return None
        with self._engine.connect() as connection:
            row = connection.execute(_FIND, {"key_id": key_id(clear)}).one_or_none()
        if row is None or not hmac.compare_digest(row.hash, _hash(clear)):
            return None
        return ApiKey(row.instance, frozenset(row.scopes.split()), key_id(clear))

    def named(self, key_id: str) -> ApiKey | None:
        """What the key of that public name allows; None when it is unknown or revoked."""
        with self._engine.connect() as connection:
            row = connection.execute(_FIND, {"key_id": key_id}).one_or_none()
        return None if row is None else ApiKey(row.instance, frozenset(row.scopes.split()), key_id)

    def revoke(self, key_id: str, by: str = OPERATOR) -> None:
        """The key opens nothing any more; `Stop` (KEY_UNKNOWN) when there is none so named."""
        said: dict[str, Any] = {"key_id": key_id, "now": self._clock.now_ms()}
        with self._engine.begin() as connection:
            changed = connection.execute(_REVOKE, said).rowcount
            if changed:
                audit.append(connection, Act(by, "key.revoked", key_id, {}), said["now"])
        if not changed:
            known = tuple(each.key_id for each in self.all())
            fix = "give the name that the list of keys shows"
            raise Stop("KEY_UNKNOWN", "no such key", where=_AT, known=known, fix=fix)

    def all(self) -> list[Listed]:
        """Every key ever made, the oldest first."""
        with self._engine.connect() as connection:
            return [
                Listed(row.key_id, row.instance, frozenset(row.scopes.split()), *row[3:])
                for row in connection.execute(_ALL)
            ]


_AT = Place(field="key")


def _hash(clear: str) -> bytes:
    return sha256(clear.encode()).digest()
