"""The page on privacy names every topic with its days, every table, every personal field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from preau.broker.topics import DAY_MS, FOREVER, declared
from preau.store.database import open_database, prepare

PAGE = "docs/en/privacy.md"
ROW = re.compile(r"^\| ((?:`[^`]+`(?:, )?)+) \| (.+?) \|(?: (.+) \|)?$", re.MULTILINE)


def rows(page: str, title: str) -> dict[str, str]:
    """Each name of the first column → the last column, in the section of this title."""
    section = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return {
        name: last or middle
        for names, middle, last in ROW.findall(section)
        for name in re.findall(r"`([^`]+)`", names)
    }


def days(retention_ms: int) -> str:
    return "as long as it is true" if retention_ms == FOREVER else str(retention_ms // DAY_MS)


@pytest.fixture(scope="module")
def page(pages: Mapping[str, str]) -> str:
    return pages[PAGE]


def test_every_topic_is_there_with_its_days_and_no_other(page: str) -> None:
    real = declared(["<connector>"], ["<instance>"])
    assert rows(page, "In Kafka") == {topic.name: days(topic.retention_ms) for topic in real}


def test_every_table_is_there_and_no_other(page: str, one_database: str) -> None:
    engine = open_database(one_database)
    try:
        prepare(engine)
        assert sorted(rows(page, "In the database")) == sorted(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_every_personal_field_is_named(page: str, root: Path) -> None:
    [told] = re.findall(r"^\| \*\*personal\*\* \| (.+?) \|", page, re.MULTILINE)
    schema = json.loads((root / "schemas/avro/person.pii.v1.avsc").read_text("utf-8"))
    assert re.findall(r"`(\w+)`", told) == [field["name"] for field in schema["fields"]]


def test_personal_fields_stand_only_in_the_sealed_part(root: Path) -> None:
    for file in (root / "schemas/avro").glob("*.avsc"):
        if file.name == "person.pii.v1.avsc":
            continue
        for field in json.loads(file.read_text("utf-8"))["fields"]:
            personal = field.get("x-sensitivity", "").startswith("personal")
            assert not personal or field["name"] == "pii", f"{file.name}: {field['name']}"
