"""The hub's settings: read once from the environment, frozen, each one with its meaning.

An unknown `PREAU_…` variable stops the hub: a misspelt safety setting must not pass in silence.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from preau.errors import Place, Stop
from preau.outlets.mail_relay import MailRelay, read_relay

_FOR_TESTS = frozenset({"PREAU_TEST_DATABASE", "PREAU_TEST_KAFKA"})
_PASSWORD = re.compile(r"(://[^:/@]*:).*@")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
THREE = 3


def _setting(default: str, doc: str) -> str:
    """A field read from `PREAU_<NAME>`; `doc` is shown by `preau settings`."""
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may choose; every value is text as the environment gives it."""

    data: str = _setting(
        ".preau", "folder of the embedded node, the SQLite file, keys and deposits"
    )
    kafka: str = _setting("", "host:port of your own Kafka; empty: the hub starts its own node")
    database: str = _setting("", "SQLAlchemy address; empty: an SQLite file in the data folder")
    host: str = _setting("127.0.0.1", "address the hub listens on; loopback unless you say so")
    port: str = _setting("8640", "TCP port of the API and the pages; 0 takes a free one")
    drops: str = _setting(
        "", "folder with one folder per ENT that is written to by files; empty: sorties in the data"
    )
    connectors: str = _setting("", "a further folder of connectors, beside the ones that ship")
    master_key: str = _setting(
        "", "file of the master key; empty: keys/master.key in the data folder"
    )
    normalisers: str = _setting("1", "how many normalise processes `preau serve` starts")
    compare_hour: str = _setting(
        "3", "hour in Paris at which ENTs are asked what they hold; off: only on demand"
    )
    mail_relay: str = _setting(
        "", "smtps://login@host:465 or smtp://login@host:587 for mails to distribution lists"
    )
    mail_from: str = _setting("", "the address that these mails are from")
    mail_password_file: str = _setting("", "file of the password of that login")
    log_level: str = _setting("INFO", "DEBUG, INFO, WARNING or ERROR")
    replicas: str = _setting(
        "", "copies of each record on your own Kafka; empty: 3; 1 only for a trial"
    )

    @property
    def folder(self) -> Path:
        """The data folder, absolute."""
        return Path(self.data).absolute()

    @property
    def drop_folder(self) -> Path:
        """Under it, each ENT that is written to by files has a folder of its own; absolute."""
        return Path(self.drops or self.folder / "sorties").absolute()

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the control plane."""
        return self.database or f"sqlite:///{self.folder / 'preau.db'}"

    @property
    def master_key_file(self) -> Path:
        """Where the key that wraps all other keys lies."""
        return Path(self.master_key or self.folder / "keys" / "master.key")

    @property
    def normaliser_count(self) -> int:
        """How many normalise processes to start."""
        return _number("normalisers", self.normalisers, 1, 64)

    @property
    def compare_at(self) -> int | None:
        """The hour of the nightly comparison, in Paris; None when there is none."""
        if self.compare_hour == "off":
            return None
        return _number("compare_hour", self.compare_hour, 0, 23)

    @property
    def port_number(self) -> int:
        """The TCP port, 0 for a free one."""
        return _number("port", self.port, 0, 65_535)

    @property
    def replica_count(self) -> int:
        """Copies of each record: the operator's number on their own Kafka, 1 on our one node."""
        if not self.kafka:
            return 1
        return _number("replicas", self.replicas or str(THREE), 1, 9)

    @property
    def relay(self) -> MailRelay | None:
        """The SMTP server for mails to distribution lists; None when there is none."""
        return read_relay(self.mail_relay, self.mail_from, self.mail_password_file)

    def environment(self) -> dict[str, str]:
        """The variables that give a child process the same settings."""
        return {f"PREAU_{f.name.upper()}": str(getattr(self, f.name)) for f in fields(self)}


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; raises `Stop` on an unknown or impossible one."""
    given = {
        name: value
        for name, value in (os.environ if environment is None else environment).items()
        if name.startswith("PREAU_") and name not in _FOR_TESTS
    }
    names = {f"PREAU_{f.name.upper()}": f.name for f in fields(Settings)}
    for name in given:
        if name not in names:
            raise Stop(
                "UNKNOWN_SETTING",
                f"{name} is not a setting of Préau",
                where=Place(field=name),
                known=tuple(sorted(names)),
                fix="correct the name or unset the variable",
            )
    settings = Settings(**{names[name]: value for name, value in given.items()})
    _check(settings)
    return settings


def described(settings: Settings) -> list[tuple[str, str, str]]:
    """Variable, value and meaning of each setting; a password in an address is not shown."""
    shown = {f.name: str(getattr(settings, f.name)) for f in fields(settings)}
    shown["database"] = _PASSWORD.sub(r"\1***@", settings.database)
    return [(f"PREAU_{f.name.upper()}", shown[f.name], f.metadata["doc"]) for f in fields(settings)]


def _check(settings: Settings) -> None:
    _ = settings.port_number, settings.normaliser_count, settings.compare_at, settings.relay
    if settings.replica_count == THREE - 1:
        raise _bad("replicas", "of 2 copies one alone may acknowledge", "give 3, or 1 for a trial")
    if settings.log_level not in LEVELS:
        raise _bad("log_level", "not a level of the log", f"give one of {', '.join(LEVELS)}")
    if settings.connectors and not Path(settings.connectors).is_dir():
        raise _bad("connectors", "not a folder", "give the folder that holds your connectors")


def _number(name: str, value: str, low: int, high: int) -> int:
    if value.isdecimal() and value.isascii() and low <= int(value) <= high:
        return int(value)
    raise _bad(name, f"not a whole number from {low} to {high}", "give a number in that range")


def _bad(name: str, what: str, fix: str) -> Stop:
    variable = f"PREAU_{name.upper()}"
    return Stop("BAD_SETTING", what, where=Place(field=variable), fix=fix)
