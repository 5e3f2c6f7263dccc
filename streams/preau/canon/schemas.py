"""The canonical schemas as they were released, by name and by the id that stands in the bytes.

`schemas/avro/<name>.v<major>.avsc` is the schema in force; `released/<id>.<name>.v<major>.avsc` is
every text ever released, never edited; `ids.json` says which id is in force. Ids are the hub's own,
given once and for good: they do not come from a registry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fastavro

from preau.errors import Place, Stop
from preau.shelf import schemas

IDS, RELEASED = "ids.json", "released"
PII = ".pii"


@dataclass(frozen=True, slots=True)
class Schema:
    """One Avro schema; `pii` is the schema of the personal part before it is sealed, if any.

    `text` is the file's; `raw` its JSON values; `parsed` is fastavro's form, `plain` the same
    without logical types, so that dates and instants are read as the numbers they are.
    """

    name: str
    major: int
    id: int
    text: str
    raw: Mapping[str, Any]
    parsed: Any
    plain: Any
    pii: Schema | None = None

    @property
    def subject(self) -> str:
        """The name under which a registry knows it: `person.v1`."""
        return f"{self.name}.v{self.major}"


@cache
def load() -> Mapping[str, Schema]:
    """The schemas in force by record name, inner ones (`person.pii`) included.

    Raises `Stop` when the shelf does not hold what `ids.json` says.
    """
    folder = schemas()
    ids = json.loads((folder / IDS).read_text("utf-8"))
    made = {name: _read(folder / f"{name}.avsc", name, said["id"]) for name, said in ids.items()}
    inner = {s.name.removesuffix(PII): s for s in made.values() if s.name.endswith(PII)}
    return {s.name: _with(s, inner.get(s.name)) for s in made.values()}


@cache
def released() -> Mapping[int, Schema]:
    """Every schema ever released, by id; what Kafka still holds can always be read."""
    found = {}
    for file in sorted((schemas() / RELEASED).glob("*.avsc")):
        number, _, name = file.name.removesuffix(".avsc").partition(".")
        found[int(number)] = _read(file, name, int(number))
    return found


def _read(file: Path, name: str, number: int) -> Schema:
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        where = Place(file=f"schemas/avro/{file.name}")
        fix = "install Préau again from a complete wheel or checkout"
        raise Stop(
            "SCHEMA_MISSING", "a schema is not on its shelf", where=where, fix=fix
        ) from error
    raw = json.loads(text)
    record, _, major = name.rpartition(".v")
    plain = fastavro.parse_schema(_without_logic(raw))
    return Schema(record, int(major), number, text, raw, fastavro.parse_schema(raw), plain)


def _with(schema: Schema, pii: Schema | None) -> Schema:
    s = schema
    return Schema(s.name, s.major, s.id, s.text, s.raw, s.parsed, s.plain, pii)


def _without_logic(raw: object) -> Any:
    if isinstance(raw, dict):
        return {k: _without_logic(v) for k, v in raw.items() if k != "logicalType"}
    return [_without_logic(each) for each in raw] if isinstance(raw, list) else raw
