"""`docs/en/state-files.md` is what the mappings of the State's connectors do, and no more."""

from __future__ import annotations

import re
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from preau.catalogue.catalogue import open_catalogue
from preau.errors import Place
from preau.mapping.language import FieldRule, parse_mapping
from preau.mapping.strict_yaml import parse_yaml

PAGE = "docs/en/state-files.md"
STATE = ("aaf", "aaf-1d", "onde", "siecle", "sts")


@pytest.fixture(scope="module")
def writer(root: Path) -> dict[str, Any]:
    """The script that writes the tables."""
    return runpy.run_path(str(root / "docs" / "state_files.py"))


@pytest.fixture(scope="module")
def page(pages: Mapping[str, str]) -> str:
    return pages[PAGE]


def test_the_tables_are_those_of_the_mappings(page: str, writer: dict[str, Any]) -> None:
    assert writer["page"](page) == page, "run docs/state_files.py"


def test_every_category_of_every_state_connector_has_its_tables(page: str) -> None:
    catalogue = open_catalogue()
    told = re.findall(r"^### ([\w-]+): `(\w+)`$", page, re.MULTILINE)
    real = [(name, event) for name in STATE for event in catalogue.connector(name).mappings]
    assert told == real


def test_every_field_that_a_mapping_fills_is_in_a_table(page: str) -> None:
    told = re.findall(r"^\| .* \| `([\w.]+)` \| .* \|$", page, re.MULTILINE)
    catalogue = open_catalogue()
    real = [
        f"{rule.to.partition('.')[0]}.{target}"
        for name in STATE
        for rules in catalogue.connector(name).mappings.values()
        for rule in rules
        for target in targets(rule.fields)
    ]
    assert sorted(told) == sorted(real)


def targets(fields: tuple[FieldRule, ...], before: str = "") -> list[str]:
    found = []
    for field in fields:
        found += [before + field.target, *targets(field.fields, f"{before}{field.target}.")]
    return found


def test_every_way_to_fill_a_field_can_be_told(writer: dict[str, Any]) -> None:
    text = """
    to: group.v1
    when: {a: ["1", 2], b: PRESENT, c: ABSENT}
    each: data.items
    fields:
      meta.source_id: {from: [id, "=G"], as: join}
      kind: {from: item.k, values: {c: CLASS}}
      x: {const: true}
      list: {each: item.many, fields: {y: {from: item2, as: text}}}
    """
    (rule,) = parse_mapping(parse_yaml(text, Place()), Place())
    assert writer["_sentence"](rule) == (
        "Gives `group.v1`, one for each of `data.items`, when `a` is `1` or `2`"
        " and `b` is there and `c` is not there."
    )
    assert list(writer["_rows"](rule.fields, "group")) == [
        "| `id`, `=G` | `group.meta.source_id` | [`join`](mapping.md#join) |",
        "| `item.k` | `group.kind` | `c` → `CLASS` |",
        "| always | `group.x` | `true` |",
        "| each of `item.many` | `group.list` | a list |",
        "| `item2` | `group.list.y` | [`text`](mapping.md#text) |",
    ]


def test_a_page_without_its_marks_is_refused(page: str, writer: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="has lost a mark"):
        writer["page"](page.replace(writer["END"], ""))
