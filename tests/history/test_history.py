"""Whatever was ever released can be read today, and whatever is written today by older readers."""

from __future__ import annotations

import base64
import io
import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import avro.schema
import fastavro
import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

from preau.canon.codec import decode
from preau.canon.schemas import Schema, load, released
from preau.shelf import schemas

FROZEN = Path(__file__).parent / "bytes"
IDS: Mapping[str, Any] = json.loads((schemas() / "ids.json").read_text("utf-8"))
NUMBERS = sorted(released())
CHECKER: Any = ReaderWriterCompatibilityChecker
PERSON = released()[2].raw


def trouble(writer: Mapping[str, Any], reader: Mapping[str, Any]) -> str:
    """Why a reader cannot read what a writer writes, by Apache's checker and by fastavro."""
    texts = (json.dumps(reader), json.dumps(writer))
    told = CHECKER().get_compatibility(*[avro.schema.parse(text) for text in texts])
    if told.compatibility is not SchemaCompatibilityType.compatible:
        return f"avro: {sorted(told.messages)}"
    out = io.BytesIO()
    written, wanted = (fastavro.parse_schema(dict(raw)) for raw in (writer, reader))
    fastavro.schemaless_writer(out, written, {})
    try:
        fastavro.schemaless_reader(io.BytesIO(out.getvalue()), written, wanted)
    except Exception as error:
        return f"fastavro: {error}"
    return ""


def changed(**more: Any) -> dict[str, Any]:
    """The person of the first release with one more field."""
    return {**PERSON, "fields": [*PERSON["fields"], {"name": "colour", **more}]}


def without(name: str) -> dict[str, Any]:
    return {**PERSON, "fields": [f for f in PERSON["fields"] if f["name"] != name]}


def family(schema: Schema) -> tuple[str, int]:
    return schema.name, schema.major


def pairs() -> list[tuple[int, int]]:
    """Every two released schemas of one record and major, both ways round."""
    numbers = itertools.product(NUMBERS, repeat=2)
    return [(w, r) for w, r in numbers if family(released()[w]) == family(released()[r])]


@pytest.mark.parametrize(("writer", "reader"), pairs())
def test_what_one_release_writes_every_other_reads(writer: int, reader: int) -> None:
    assert trouble(released()[writer].raw, released()[reader].raw) == ""


def test_a_new_field_with_a_default_breaks_nobody() -> None:
    new = changed(type="string", default="")

    assert trouble(PERSON, new) == trouble(new, PERSON) == ""


def test_a_field_gone_that_had_a_default_breaks_nobody() -> None:
    assert trouble(PERSON, without("vendor_role")) == trouble(without("vendor_role"), PERSON) == ""


def test_a_new_field_without_a_default_is_told() -> None:
    assert "colour" in trouble(PERSON, changed(type="string"))


def test_a_field_of_another_type_is_told() -> None:
    before, after = changed(type="string", default=""), changed(type="long", default=0)

    assert "avro" in trouble(before, after)


def test_an_enum_that_loses_a_symbol_still_reads_by_its_default() -> None:
    colours = {"type": "enum", "name": "Colour", "symbols": ["RED", "BLUE"], "default": "RED"}
    fewer = {**colours, "symbols": ["RED"]}
    before, after = changed(type=colours, default="BLUE"), changed(type=fewer, default="RED")
    blind = {name: value for name, value in fewer.items() if name != "default"}

    assert trouble(before, after) == ""
    assert "BLUE" in trouble(before, changed(type=blind, default="RED"))


def test_the_schema_in_force_is_the_released_text_of_its_id() -> None:
    for name, said in IDS.items():
        folder = schemas()
        released_file = folder / "released" / f"{said['id']}.{name}.avsc"
        assert (folder / f"{name}.avsc").read_bytes() == released_file.read_bytes(), name


def test_every_schema_on_the_shelf_has_an_id_and_no_two_the_same() -> None:
    on_shelf = {file.name.removesuffix(".avsc") for file in schemas().glob("*.avsc")}
    files = [file.name for file in (schemas() / "released").glob("*.avsc")]

    assert on_shelf == set(IDS)
    assert len({said["id"] for said in IDS.values()}) == len(IDS)
    assert len({name.partition(".")[0] for name in files}) == len(files)


@pytest.mark.parametrize("number", NUMBERS)
def test_bytes_frozen_at_release_say_today_what_they_said(number: int) -> None:
    file = FROZEN / f"{number}.avro"
    assert file.is_file(), "a schema was released: run python tests/history/freeze.py, commit it"

    decoded = decode(file.read_bytes())
    said = json.loads(file.with_suffix(".json").read_text("utf-8"))

    assert (decoded.record, decoded.schema_id) == (released()[number].name, number)
    assert agreed(decoded.value, said)
    assert decode(file.read_bytes(), dates=True).value.keys() == decoded.value.keys()


def agreed(read: Any, said: Any) -> bool:
    """What is read and what was said agree in every field that both know."""
    if isinstance(read, dict) and isinstance(said, dict):
        return all(agreed(read[name], said[name]) for name in read.keys() & said.keys())
    if isinstance(read, list) and isinstance(said, list):
        return len(read) == len(said) and all(map(agreed, read, said))
    return bool((base64.b64encode(read).decode() if isinstance(read, bytes) else read) == said)


@pytest.mark.parametrize("name", sorted(load()))
def test_frozen_bytes_fill_every_field(name: str) -> None:
    schema = load()[name]
    said = json.loads((FROZEN / f"{schema.id}.json").read_text("utf-8"))

    assert list(said) == [field["name"] for field in schema.raw["fields"]]
    assert not any(said[field["name"]] == field["default"] for field in schema.raw["fields"])
