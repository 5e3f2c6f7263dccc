"""An operation file is read to the last key; what is wrong names its file, field and fix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from preau import shelf
from preau.errors import FixTheFolder, Place
from preau.outlets.operation import parse_operation, read_operations

PLACE = Place("essai", "outlet/group-put.yaml")
GOOD = {
    "find": {
        "call": "GET /groups",
        "query": {"id": {"from": "group"}},
        "keep": {"native_id": "0.id"},
    },
    "steps": [
        {
            "call": "POST /groups",
            "only": "new",
            "body": {"name": {"from": "name"}, "id": {"from": "group"}},
            "keep": {"native_id": "id"},
        }
    ],
}


def parse(raw: Any, needs: tuple[str, ...] = ("group", "name")) -> Any:
    return parse_operation("GROUP_PUT", raw, needs, PLACE)


def test_the_shipped_folders_are_read_and_read_only_what_their_cards_list() -> None:
    for name in ("beneylu", "edifice", "skolengo"):
        folder = shelf.connectors() / name
        card = yaml.safe_load((folder / "connector.yaml").read_text(encoding="utf-8"))
        found = read_operations(name, folder / "outlet", card["needs"])
        assert {"GROUP_PUT", "MEMBER_PUT", "SHARE_PUT", "SHARE_REMOVE", "FETCH_MEDIA"} <= set(found)
        assert set(card["needs"]) <= set(found)


def test_a_good_file_says_which_fields_it_reads() -> None:
    assert parse(GOOD).fields() == {"group", "name"}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"stepz": []}, "OUTLET_KEY", "stepz"),
        ({"steps": []}, "OUTLET_FORM", "steps"),
        ({"steps": "POST /x"}, "OUTLET_FORM", "steps"),
        ({"steps": [{"call": "SEND /x"}]}, "OUTLET_VALUE", "SEND"),
        ({"steps": [{"call": "GET x"}]}, "OUTLET_FORM", "call"),
        ({"steps": [{"call": "GET /{a b}"}]}, "OUTLET_FORM", "a b"),
        ({"steps": [{"call": "GET /", "only": "first"}]}, "OUTLET_VALUE", "first"),
        ({"steps": [{"call": "GET /", "answers": {404: "GONE"}}]}, "OUTLET_VALUE", "GONE"),
        (
            {"steps": [{"call": "PUT /", "body": {"x": {"from": "a", "const": 1}}}]},
            "OUTLET_FORM",
            "from",
        ),
        ({"steps": [{"call": "PUT /", "body": {"x": {"path": "a"}}}]}, "OUTLET_KEY", "path"),
        ({"steps": [{"call": "PUT /", "body": ["x"]}]}, "OUTLET_FORM", "body"),
        ({"steps": [{"call": "PUT /{local_id}"}]}, "OUTLET_FIELD", "local_id"),
        ({"steps": [{"call": "PUT /", "when": {"role": "PUPIL"}}]}, "OUTLET_FIELD", "role"),
        ({"media_type": "text/html"}, "OUTLET_FORM", "media_type"),
        ({"steps": [{"call": "GET /{secret}"}]}, "OUTLET_FORM", "secret"),
        (
            {"steps": [{"call": "GET /", "query": {"t": {"from": "secret"}}}]},
            "OUTLET_FORM",
            "secret",
        ),
        ({"find": {"call": "GET /", "query": {"t": {"from": "secret"}}}}, "OUTLET_FORM", "secret"),
        ({"steps": [{"call": "GET /", "when": {"secret": "x"}}]}, "OUTLET_FORM", "secret"),
        ({"retry_after": "hours"}, "OUTLET_VALUE", "hours"),
    ],
)
def test_what_is_wrong_is_named_with_its_fix(change: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(FixTheFolder) as told:
        parse({**GOOD, **change})
    assert (told.value.code, told.value.complaint.where.field) == (code, field)
    assert told.value.complaint.fix


def test_a_step_that_makes_something_must_be_findable_again() -> None:
    with pytest.raises(FixTheFolder, match="OUTLET_UNSAFE"):
        parse({"steps": GOOD["steps"]})


def test_an_unreadable_folder_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "group-put.yaml").write_text("- 1\n", encoding="utf-8")
    with pytest.raises(FixTheFolder, match=r"outlet/group-put\.yaml"):
        read_operations("essai", tmp_path, {})


@pytest.mark.parametrize(
    ("each", "good"),
    [("group.members", True), ("own.message", True), ("group", False), ("title", False)],
)
def test_a_call_is_made_for_each_member_or_each_thing_kept(each: str, good: object) -> None:
    raw = {"steps": [{"call": "POST /messages", "each": each}]}
    if good:
        (step,) = parse_operation("SHARE_REMOVE", raw, ["share"], Place("essai")).steps
        assert step.each == each
    else:
        with pytest.raises(FixTheFolder):
            parse_operation("SHARE_REMOVE", raw, ["share"], Place("essai"))
