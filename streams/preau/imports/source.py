"""Who an import speaks for: the instance, its connector's reader and mapping, what it is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from preau.catalogue.catalogue import Connector
from preau.mapping import conversions
from preau.mapping.normaliser import Normaliser
from preau.mapping.paths import follow, parse_path
from preau.readers import open_reader
from preau.readers.piece import Reader
from preau.readers.told import Told

KEYED = 16
"""Bytes of a mark's digest."""


class Source(NamedTuple):
    """One source of imports.

    `secret` keys the digests of its marks; `told` is what its reader is told, `version` excepted.
    """

    instance: str
    connector: Connector
    normaliser: Normaliser
    secret: bytes
    told: Told

    @property
    def name(self) -> str:
        """The connector's name."""
        return self.connector.name

    def reader(self, version: int) -> Reader:
        """The reader of one import, whose objects all have this version."""
        return open_reader(self.connector.card.reader, self.told._replace(version=version))

    def digest(self, data: bytes) -> bytes:
        """A digest that only this deployment can make: it tells equal from different, no more."""
        return hashlib.blake2b(data, digest_size=KEYED, key=self.secret).digest()

    @property
    def edition(self) -> str:
        """Changes when the folder or a table of the State does: everything is then said again."""
        found = hashlib.sha256()
        for file in sorted((self.connector.path / "mapping").glob("*.yaml")):
            found.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        found.update((self.connector.path / "connector.yaml").read_bytes())
        for table in sorted(Path(conversions.__file__).parent.glob("*.toml")):
            found.update(table.read_bytes())
        return found.hexdigest()[:32]


def steps(paths: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The steps of a card's paths, to be followed many times."""
    return tuple(parse_path(text).steps for text in paths)


def found(values: object, paths: tuple[tuple[str, ...], ...]) -> str:
    """The first text or whole number at one of these paths, as text; else nothing."""
    return next(_texts(values, paths), "")


def _texts(values: object, paths: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    for steps in paths:
        value = follow(values, steps)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            yield str(value)
