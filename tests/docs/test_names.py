"""Names that people look for stand in the pages: event types, topics, card and outlet keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path

import pytest
import typer

from preau.broker.topics import declared
from preau.catalogue.card import KEYS, Card
from preau.catalogue.card_values import OPERATIONS
from preau.cli import create_cli
from preau.mapping.language import read_mapping
from preau.readers import READERS
from preau.settings import Settings
from preau.web import problem

EVENTS = "docs/en/events.md"
CARD = "docs/en/integrators.md"
FLAGS = re.MULTILINE | re.DOTALL


def in_code(name: str, text: str) -> bool:
    """Whether a name stands as code, alone or in a line of it."""
    return re.search(rf"`[^`\n]*(?<![\w.]){re.escape(name)}(?!\w)[^`\n]*`", text) is not None


def commands(group: typer.core.TyperGroup, before: str = "preau") -> Iterator[str]:
    """Every command by its whole name: `preau key new`."""
    for name, command in group.commands.items():
        if isinstance(command, typer.core.TyperGroup):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


@pytest.fixture(scope="module")
def schemas(root: Path) -> list[str]:
    """The records that have a schema, each with its version: `group.v1`."""
    files = (root / "schemas" / "avro").glob("*.avsc")
    return sorted(file.stem for file in files if ".pii." not in file.stem)


def test_every_setting_is_told(everything: str) -> None:
    names = [f"PREAU_{field.name.upper()}" for field in fields(Settings)]
    assert [name for name in names if not in_code(name, everything)] == []


def test_every_event_type_is_told_and_no_other(
    pages: Mapping[str, str], schemas: list[str]
) -> None:
    told = re.findall(r"^\| `fr\.preau\.([\w.]+)` \|", pages[EVENTS], re.MULTILINE)
    assert sorted(told) == schemas


def test_an_event_type_stands_beside_its_topic(pages: Mapping[str, str]) -> None:
    rows = re.findall(r"^\| `fr\.preau\.(\w+)\.v1` \| `([^`]+)` \|", pages[EVENTS], re.MULTILINE)
    real = {topic.name for topic in declared(["<connector>"], ["<instance>"])}
    assert [topic for _, topic in rows if topic not in real] == []
    canon = {record: topic for record, topic in rows if topic.startswith("preau.canon.")}
    assert all(topic == f"preau.canon.{record}" for record, topic in canon.items())


def test_the_records_that_nothing_writes_are_told(
    pages: Mapping[str, str], schemas: list[str], root: Path
) -> None:
    mapped = {
        rule.to
        for folder in (root / "connectors").iterdir()
        for file in folder.glob("mapping/*.yaml")
        for rule in read_mapping(file, folder.name)
    }
    own = (
        "project",
        "mandate",
        "link",
        "ruling",
        "delivery",
        "receipt",
        "erasure",
        "erasure_receipt",
        "set_aside",
    )
    by_the_hub = {f"{name}.v1" for name in own}
    sentence = re.search(r"^Nothing that ships writes these yet: (.+?)\.$", pages[EVENTS], FLAGS)
    assert sentence
    told = [f"{name}.v1" for name in re.findall(r"`(\w+)`", sentence[1])]
    assert told == sorted({*schemas} - mapped - by_the_hub)


def test_every_topic_is_told(everything: str) -> None:
    names = [topic.name for topic in declared(["<connector>"], ["<instance>"])]
    assert [name for name in names if not in_code(name, everything)] == []


def test_every_outcome_and_operation_is_told(pages: Mapping[str, str], root: Path) -> None:
    receipt = json.loads((root / "schemas/avro/receipt.v1.avsc").read_text("utf-8"))
    [outcome] = [field for field in receipt["fields"] if field["name"] == "outcome"]
    names = [*outcome["type"]["symbols"], *OPERATIONS]
    assert [name for name in names if not in_code(name, pages[EVENTS])] == []


def test_every_key_of_the_card_is_told_and_no_other(pages: Mapping[str, str]) -> None:
    card = pages[CARD].partition("\n## The identity card\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", card, re.MULTILINE) == [*KEYS]
    assert [name for name in READERS if f"`{name}`" not in card] == []


def test_the_keys_that_a_card_must_have_are_told(pages: Mapping[str, str]) -> None:
    card = pages[CARD].partition("\n## The identity card\n")[2].partition("\n## ")[0]
    needed = re.findall(r"^\| `(\w+)` \| yes \|", card, re.MULTILINE)
    given = [f.name for f in fields(Card) if f.default is MISSING and f.default_factory is MISSING]
    assert needed == given


def test_every_status_of_the_api_is_told_to_vendors(pages: Mapping[str, str]) -> None:
    table = pages["docs/en/vendors.md"].partition("\n## Answers\n")[2].partition("\n## ")[0]
    told = re.findall(
        r"\b[2-5][0-9]{2}\b", " ".join(re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE))
    )
    assert {*map(str, problem._STATUS.values()), "202", "207", "422", "500", "503"} == set(told)


def test_every_command_is_told(everything: str) -> None:
    group = typer.main.get_command(create_cli())
    assert isinstance(group, typer.core.TyperGroup)
    names = list(commands(group))
    assert "preau key new" in names
    told = re.sub(r"[`,]", " ", everything)
    assert [name for name in names if not _told(name, told)] == []


def _told(name: str, text: str) -> bool:
    """`preau key new` whole, or its last word in a list that begins with `preau key`."""
    *before, last = name.split()
    return re.search(rf"{' '.join(before)}\b[^\n|]*\b{last}\b", text) is not None


def test_a_name_that_is_not_told_is_noticed(everything: str) -> None:
    assert not in_code("PREAU_NOWHERE", everything)
    assert not _told("preau key forge", everything)
