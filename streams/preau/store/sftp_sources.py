"""Where the files of an instance are fetched: an SFTP server, its own host key, and our secret.

The secret (a password, or a private key in PEM) is wrapped by the master key, bound to its
instance.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.keys.master import MasterKey


class SftpSource(NamedTuple):
    """One server; `host_key` is the only key it is believed with, as in `ssh-ed25519 AAAA…`."""

    instance: str
    host: str
    port: int
    login: str
    folder: str
    host_key: str
    secret: str

    def __repr__(self) -> str:
        return f"SftpSource({self.instance!r})"


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "sftp_source" in metadata.tables:
        return
    texts = ("host", "login", "folder", "host_key")
    sa.Table(
        "sftp_source",
        metadata,
        sa.Column("instance", sa.Text, primary_key=True),
        sa.Column("port", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("secret", sa.LargeBinary, nullable=False),
    )


_NAMES = ", ".join(SftpSource._fields)
_PUT = sa.text(
    f"insert into sftp_source ({_NAMES}) values ({', '.join(':' + n for n in SftpSource._fields)})"  # noqa: S608 - our own column names
    " on conflict (instance) do update set "
    + ", ".join(f"{n} = excluded.{n}" for n in SftpSource._fields if n != "instance")
)
_ALL = sa.text(
    f"select {', '.join('s.' + n for n in SftpSource._fields)} from sftp_source s"  # noqa: S608 - the same
    " join instance i on i.name = s.instance where i.disabled = false order by s.instance"
)
_TAKE = sa.text("delete from sftp_source where instance = :instance")


def put(connection: sa.Connection, master: MasterKey, source: SftpSource) -> None:
    """Declares where the files of an instance are, or replaces what was declared."""
    secret = master.wrap(source.secret.encode(), _bound(source.instance))
    connection.execute(_PUT, {**source._asdict(), "secret": secret})


def take(connection: sa.Connection, instance: str) -> bool:
    """No file of it is fetched any more; whether one was."""
    return connection.execute(_TAKE, {"instance": instance}).rowcount > 0


def every(connection: sa.Connection, master: MasterKey) -> list[SftpSource]:
    """Those of enabled instances, by name."""
    found = []
    for row in connection.execute(_ALL).mappings():
        said: dict[str, Any] = dict(row)
        said["secret"] = master.unwrap(said["secret"], _bound(said["instance"])).decode()
        found.append(SftpSource(**said))
    return found


def _bound(instance: str) -> bytes:
    return b"sftp\x00" + instance.encode()
