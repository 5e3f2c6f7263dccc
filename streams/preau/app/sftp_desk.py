"""Where an operator says on which SFTP server the files of an instance are, or are no more."""

from __future__ import annotations

from typing import NoReturn

import asyncssh
from yarl import URL

from preau.agents.collecting import SFTP
from preau.app.control import Control
from preau.errors import Place, Stop
from preau.store import audit, polls, sftp_sources
from preau.store.audit import OPERATOR, Act
from preau.store.sftp_sources import SftpSource

PORT = 22


def parse_server(instance: str, url: str, host_key: str, secret: str) -> SftpSource:
    """What the options of a command say; raises `Stop`: SFTP_URL, HOST_KEY, SFTP_SECRET."""
    try:
        said = URL(url)
        good = said.scheme == "sftp" and said.host and said.user and not said.password
    except ValueError:
        good = False
    if not good:
        fix = "write sftp://login@host[:port]/folder; the secret comes from a file"
        _stop("SFTP_URL", "not the address of an SFTP server", "--url", fix)
    try:
        asyncssh.import_public_key(host_key)
    except (asyncssh.KeyImportError, ValueError):
        fix = "ask the server's people for it: ssh-ed25519 AAAA…, as `ssh-keyscan` shows it"
        _stop("HOST_KEY", "without its host key no server is believed", "--host-key", fix)
    if not secret.strip():
        fix = "give a file that holds the password, or a private key in PEM without a passphrase"
        _stop("SFTP_SECRET", "an empty secret", "--secret-file", fix)
    if secret.startswith("-----BEGIN"):
        _check_key(secret)
    host, login, port = str(said.host), str(said.user), said.port or PORT
    return SftpSource(instance, host, port, login, said.path or "/", host_key, secret.strip())


def fetch_from(control: Control, source: SftpSource) -> None:
    """From now on its files are fetched; raises `Stop`: INSTANCE_UNKNOWN, WAY_IN_FILE."""
    instance = control.instances.get(source.instance)
    if instance is None:
        fix = "declare it first: preau instance add"
        _stop("INSTANCE_UNKNOWN", "no such instance", "instance", fix)
    if "file" not in control.card(instance.connector).ways_in:
        fix = "see what its product's card lists under ways_in"
        _stop("WAY_IN_FILE", "this product drops no files", "instance", fix)
    with control.engine.begin() as connection:
        sftp_sources.put(connection, control.master, source)
        act = Act(OPERATOR, "instance.sftp_set", source.instance, {"on": True})
        audit.append(connection, act, control.clock.now_ms())


def fetch_no_more(control: Control, instance: str) -> None:
    """No file of it is fetched any more, and the secret is gone; raises `Stop` (SFTP_NONE)."""
    with control.engine.begin() as connection:
        taken = sftp_sources.take(connection, instance)
        polls.forget(connection, instance, SFTP)
        if taken:
            act = Act(OPERATOR, "instance.sftp_set", instance, {"on": False})
            audit.append(connection, act, control.clock.now_ms())
    if not taken:
        fix = "give the name of an instance whose files are fetched"
        _stop("SFTP_NONE", "no file of this instance is fetched", "instance", fix)


def _check_key(secret: str) -> None:
    try:
        asyncssh.import_private_key(secret)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        fix = "give a private key in PEM without a passphrase"
        _stop("SFTP_SECRET", "a private key that cannot be read", "--secret-file", fix)


def _stop(code: str, what: str, field: str, fix: str) -> NoReturn:
    raise Stop(code, what, where=Place(field=field), fix=fix)
