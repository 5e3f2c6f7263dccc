"""The schemas on the shelf: each says what it means, and nothing personal is outside a seal."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from preau.canon import schemas as shelf
from preau.canon.schemas import Schema, load, released
from preau.errors import Stop

SENSITIVITY = {"public", "internal", "pseudonymous", "secret", "personal", "personal, sealed"}
SAID_BY_A_CONNECTOR = (
    *("establishment", "person", "affiliation", "guardianship", "group", "membership", "roster"),
    *("sector", "nomenclature", "resource", "share", "homework", "notice", "calendar_event"),
)
OWN = ("project", "mandate", "usage", "delivery", "receipt", "set_aside", "link", "erasure")
EVERY = sorted({*SAID_BY_A_CONNECTOR, *OWN, "erasure_receipt", "person.pii", "ruling"})


def parts(kind: Any, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(path, part) of every record, enum and field of a schema, down to the innermost."""
    for branch in kind if isinstance(kind, list) else [kind]:
        if isinstance(branch, Mapping):
            yield path, branch
            for inner in ("items", "values"):
                yield from parts(branch.get(inner, []), path)
            for field in branch.get("fields", []):
                yield f"{path}.{field['name']}", field
                yield from parts(field["type"], f"{path}.{field['name']}")


def fields(schema: Schema) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((path, part) for path, part in parts(schema.raw, schema.name) if "x-source" in part)


def untold(schema: Schema) -> list[str]:
    """Every part that does not say what it must: its meaning, its source, what it is if absent."""
    must = {"record": ("doc",), "enum": ("doc", "default")}
    found = []
    for path, part in parts(schema.raw, schema.name):
        field = ("doc", "default", "x-source", "x-sensitivity") if "name" in part else ()
        wanted = must.get(str(part.get("type")), field)
        # a default may be empty, a meaning may not
        found += [
            f"{path} {n}" for n in wanted if not (part.get(n) or (n == "default" and n in part))
        ]
    return found


def test_the_shelf_holds_the_records_of_the_model() -> None:
    assert sorted(load()) == EVERY


@pytest.mark.parametrize("record", EVERY)
def test_every_part_says_what_it_means_and_what_it_is_when_absent(record: str) -> None:
    assert untold(load()[record]) == []


@pytest.mark.parametrize("record", EVERY)
def test_what_is_personal_is_inside_a_seal(record: str) -> None:
    said = {path: field["x-sensitivity"] for path, field in fields(load()[record])}

    assert set(said.values()) <= SENSITIVITY
    assert [path for path, kind in said.items() if kind == "personal"] == (
        list(said) if record.endswith(".pii") else []
    )


@pytest.mark.parametrize("record", [name for name in EVERY if load()[name].pii])
def test_the_seal_is_the_last_field(record: str) -> None:
    last = load()[record].raw["fields"][-1]

    assert (last["name"], last["type"][0], last["type"][1]["name"]) == ("pii", "null", "Sealed")
    assert [part["name"] for part in last["type"][1]["fields"]] == ["kid", "nonce", "ciphertext"]


@pytest.mark.parametrize("record", SAID_BY_A_CONNECTOR)
def test_what_a_connector_says_begins_with_meta(record: str) -> None:
    first = load()[record].raw["fields"][0]

    assert first["name"] == "meta"
    assert first["type"] == load()["person"].raw["fields"][0]["type"]


def test_a_record_knows_its_inner_one_its_id_and_its_subject() -> None:
    person = load()["person"]

    assert person.pii == load()["person.pii"]
    assert (person.id, person.subject) == (2, "person.v1")
    assert released()[person.id].text == person.text


def test_a_shelf_without_a_schema_that_it_promises_stops_the_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ids.json").write_text(json.dumps({"person.v1": {"id": 2}}), "utf-8")
    monkeypatch.setattr(shelf, "schemas", lambda: tmp_path)

    with pytest.raises(Stop) as stop:
        load.__wrapped__()

    assert stop.value.code == "SCHEMA_MISSING"
    assert "person.v1" in str(stop.value)
    assert str(tmp_path) not in str(stop.value)


def test_a_part_that_says_too_little_is_told() -> None:
    link = load()["link"]
    bare = {**link.raw, "fields": [{"name": "rule", "type": "string", "doc": "", "default": ""}]}

    assert untold(dataclasses.replace(link, raw=bare)) == [
        "link.rule doc",
        "link.rule x-source",
        "link.rule x-sensitivity",
    ]


@pytest.mark.parametrize("record", EVERY)
def test_every_item_of_a_list_takes_a_byte(record: str) -> None:
    """Else seven bytes could promise a thousand thousand million items, and keep a reader busy."""
    items = [part["items"] for _, part in parts(load()[record].raw, record) if "items" in part]

    for item in items:
        assert item == "string" or item["type"] == "enum" or item["fields"]


def holders(kind: Any, around: frozenset[str]) -> Iterator[str]:
    """The names of records that stand inside themselves."""
    for branch in kind if isinstance(kind, list) else [kind]:
        if isinstance(branch, str):
            yield from around & {branch.rpartition(".")[2]}
        elif branch["type"] == "record":
            within = around | {branch["name"].rpartition(".")[2]}
            for field in branch["fields"]:
                yield from holders(field["type"], within)
        else:
            yield from holders(branch.get("items", branch.get("values", [])), around)


@pytest.mark.parametrize("record", EVERY)
def test_no_record_holds_itself(record: str) -> None:
    """Else 5,000 of them in 5 kB would end the process: the Avro library goes as deep."""
    assert list(holders(load()[record].raw, frozenset())) == []


def test_a_record_that_holds_itself_is_found() -> None:
    again = {"name": "again", "type": ["null", {"type": "array", "items": "x.Leaf"}]}
    assert list(holders({"type": "record", "name": "Leaf", "fields": [again]}, frozenset())) == [
        "Leaf"
    ]
