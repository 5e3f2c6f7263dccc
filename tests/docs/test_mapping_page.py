"""`docs/en/mapping.md` says what the mapping engine does: its words, its examples, its results."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from preau.canon.schemas import load
from preau.contract.evidence import Evidence
from preau.contract.telling import answer, why
from preau.errors import FixTheFolder, Place
from preau.mapping.conversions.registry import CONVERSIONS
from preau.mapping.language import KEYWORDS, parse_mapping
from preau.mapping.paths import LITERAL, ROOTS
from preau.mapping.planning import DERIVED, META_TARGETS, plan_rules
from preau.mapping.strict_yaml import parse_yaml

PAGE = "docs/en/mapping.md"
EXAMPLE = "HOMEWORK_CREATE_WORK"
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def page(pages: Mapping[str, str]) -> str:
    return pages[PAGE]


@pytest.fixture(scope="module")
def blocks(page: str) -> Callable[[str], list[str]]:
    """The fenced blocks of one language, in their order."""
    return lambda language: [text for kind, text in BLOCK.findall(page) if kind == language]


@pytest.fixture(scope="module")
def writer(root: Path) -> dict[str, Any]:
    """The script that writes the list of conversions."""
    return runpy.run_path(str(root / "docs" / "conversions.py"))


@pytest.fixture(scope="module")
def beneylu(root: Path) -> Evidence:
    return Evidence(root / "connectors" / "beneylu")


def section(page: str, title: str) -> str:
    return page.split(f"\n## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def test_the_list_of_conversions_is_what_they_say_of_themselves(
    page: str, writer: dict[str, Any]
) -> None:
    assert writer["page"](page) == page, "run docs/conversions.py"


def test_every_conversion_has_its_entry(page: str) -> None:
    entries = re.findall(r"^#### `(\w+)`$", page, re.MULTILINE)
    assert entries == list(CONVERSIONS)


def test_a_page_without_its_marks_is_refused(page: str, writer: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="has lost a mark"):
        writer["page"](page.replace(writer["END"], ""))


def test_the_keywords_are_those_of_the_language(page: str) -> None:
    words = section(page, "The eight keywords")
    assert re.findall(r"^\| `(\w+)` \|", words.partition("### ")[0], re.MULTILINE) == [*KEYWORDS]
    assert re.findall(r"^### `(\w+)`$", words, re.MULTILINE) == [*KEYWORDS]


def test_the_fields_that_a_mapping_may_say_of_meta_are_all_told(page: str) -> None:
    told_of = re.findall(r"^\| `meta\.(\w+)` \|", page, re.MULTILINE)
    assert sorted(told_of) == sorted(META_TARGETS)


def test_the_fields_that_follow_from_others_are_all_told(page: str) -> None:
    words = section(page, "The eight keywords")
    for target, (_, inputs) in DERIVED.items():
        assert all(f"`{name}`" in words for name in (target, *inputs))


def test_every_start_of_a_path_is_told(page: str) -> None:
    paths = section(page, "Paths")
    told_of = " ".join(re.findall(r"^\| (`.+?) \|", paths, re.MULTILINE))
    assert all(f"`{root}" in told_of for root in (*ROOTS, LITERAL))


@pytest.mark.parametrize("name", [PAGE, "connectors/README.md"])
def test_every_mapping_of_a_page_fits_the_canonical_schemas(
    name: str, pages: Mapping[str, str]
) -> None:
    schemas = {f"{schema.name}.v{schema.major}": schema for schema in load().values()}
    shown = [text for kind, text in BLOCK.findall(pages[name]) if kind == "yaml"]
    assert shown
    for text in shown:
        place = Place(file=name)
        assert plan_rules(parse_mapping(parse_yaml(text, place), place), schemas)


def test_the_mappings_of_the_page_use_every_keyword(
    blocks: Callable[[str], list[str]],
) -> None:
    text = "\n".join(blocks("yaml"))
    assert [word for word in KEYWORDS if not re.search(rf"\b{word}:", text)] == []


def test_a_mapping_that_does_not_fit_would_be_noticed() -> None:
    text = "to: group.v1\nfields: {meta.source_id: {from: data.id, as: date}}"
    with pytest.raises(FixTheFolder):
        plan_rules(parse_mapping(parse_yaml(text, Place()), Place()), load())


def test_the_whole_example_is_the_connectors_own(
    page: str, beneylu: Evidence, blocks: Callable[[str], list[str]]
) -> None:
    assert blocks("yaml")[0] == beneylu.mappings[EXAMPLE].read_text("utf-8")
    said, result = map(json.loads, blocks("json"))
    assert said == json.loads(beneylu.samples[EXAMPLE].read_bytes())
    records: Any = answer(beneylu.rehearse(EXAMPLE))
    value = records[0]["value"]
    assert len(records) == 1
    assert {name: value[name] for name in value if name != "meta"} == result
    assert f"The key of the record is `{records[0]['key']}`" in page


@pytest.mark.parametrize("case", ["unknown-type", "without-id"])
def test_a_set_aside_is_shown_as_it_is_told(
    case: str, beneylu: Evidence, blocks: Callable[[str], list[str]]
) -> None:
    [heard] = beneylu.rehearse(f"GROUP_CREATE_GROUP--{case}")
    [refusal] = heard.refusals
    assert why(refusal) + "\n" in blocks("text")
