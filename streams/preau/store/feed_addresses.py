"""The secret addresses at which an establishment reads a project, or the agenda of its network.

Each is shown once and kept as a hash.

A calendar program sends no key, so that the address is one: 256 random bits, of which SHA-256 at
rest gives nothing away. Functions work inside the caller's transaction.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa

_CLEAR = re.compile("[A-Za-z0-9_-]{43}")
NETWORK = "network:"
_ID = 8  # bytes of the hash by which an address is named


class Address(NamedTuple):
    """One address; `granted_by` is the role that gave it, times are in ms since 1970.

    `project` is the project's id, or a network's name after `network:`.
    `id` is its public name, from which it cannot be found; `revoked_at` is None while it works.
    """

    id: str
    project: str
    uai: str
    granted_by: str
    made_at: int
    revoked_at: int | None = None

    @property
    def network(self) -> str:
        """The name of the network that it opens; empty for an address of a project."""
        return self.project.removeprefix(NETWORK) if self.project.startswith(NETWORK) else ""


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "feed_address" in metadata.tables:
        return
    sa.Table(
        "feed_address",
        metadata,
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        *(sa.Column(n, sa.Text, nullable=False) for n in ("id", "project", "uai", "granted_by")),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Index("feed_address_id", "id"),
        sa.Index("feed_address_project", "project"),
    )


_NAMES = ", ".join(Address._fields)
_PUT = sa.text(
    f"insert into feed_address (hash, {_NAMES})"  # noqa: S608 - our own column names
    " values (:hash, :id, :project, :uai, :granted_by, :made_at, null)"
)
_FIND = sa.text(f"select {_NAMES} from feed_address where hash = :hash and revoked_at is null")  # noqa: S608
_ALL = sa.text(
    f"select {_NAMES} from feed_address where :project in ('', project) order by made_at, id"  # noqa: S608
)
_REVOKE = sa.text("update feed_address set revoked_at = :now where id = :id and revoked_at is null")


def make(
    connection: sa.Connection, project: str, uai: str, granted_by: str, now_ms: int
) -> tuple[str, Address]:
    """A new address in clear, 43 characters that nobody can read again, and what is kept of it."""
    clear = secrets.token_urlsafe(32)
    hashed = _hash(clear)
    made = Address(hashed[:_ID].hex(), project, uai, granted_by, now_ms)
    connection.execute(_PUT, {**made._asdict(), "hash": hashed})
    return clear, made


def find(connection: sa.Connection, clear: str) -> Address | None:
    """The address that these characters are; None when unknown or revoked."""
    if not _CLEAR.fullmatch(clear):
        return None
    row = connection.execute(_FIND, {"hash": _hash(clear)}).one_or_none()
    return None if row is None else Address(*row)


def addresses(connection: sa.Connection, project: str = "") -> list[Address]:
    """Every address ever made, of one project if one is named, the oldest first."""
    return [Address(*row) for row in connection.execute(_ALL, {"project": project})]


def get(connection: sa.Connection, id_: str) -> Address | None:
    """The address of that public name."""
    return next((each for each in addresses(connection) if each.id == id_), None)


def revoke(connection: sa.Connection, id_: str, now_ms: int) -> bool:
    """It opens nothing any more; False when it did not before."""
    return connection.execute(_REVOKE, {"id": id_, "now": now_ms}).rowcount > 0


def _hash(clear: str) -> bytes:
    return sha256(clear.encode()).digest()
