"""`outlet/files.yaml` is read strictly: what it may say, and what is refused before any file."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from preau.errors import FixTheFolder, Place
from preau.outlets import file_forms
from preau.outlets.file_forms import parse_forms, read_forms

NEEDS = {
    "GROUP_PUT": ("group", "name"),
    "MEMBER_PUT": ("group", "local_id"),
    "SHARE_PUT": ("group", "title", "source_instance", "source_media"),
}
MEMBERS: dict[str, Any] = {
    "name": "membres.csv",
    "form": "csv",
    "of": "MEMBER_PUT",
    "columns": {"groupe": {"from": "group"}, "libelle": {"from": "group.name"}},
}

DATES: dict[str, Any] = {
    "name": "agenda.ics",
    "form": "calendar",
    "of": "CALENDAR_EVENT_PUT",
    "columns": {
        "uid": {"from": "calendar_event"},
        "title": {"from": "title"},
        "start": {"from": "start"},
    },
}


def changed(**said: object) -> dict[str, object]:
    return {"files": [{**copy.deepcopy(MEMBERS), **said}]}


def code(raw: object) -> str:
    with pytest.raises(FixTheFolder) as refused:
        parse_forms(raw, NEEDS, Place("essai", "outlet/files.yaml"))
    return refused.value.code


def test_a_form_says_its_name_its_lines_and_how_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "files.yaml").write_text(yaml.safe_dump(changed(separator="tab")), "utf-8")
    [form] = read_forms("essai", tmp_path, NEEDS)
    assert (form.name, form.operation, form.separator) == ("membres.csv", "MEMBER_PUT", "\t")
    assert (form.encoding, form.links) == ("utf-8", False)


def test_a_product_without_the_file_takes_no_files(tmp_path: Path) -> None:
    assert read_forms("essai", tmp_path, NEEDS) == ()


@pytest.mark.parametrize(
    "name", ["", "../x.csv", "a/b.csv", ".x.csv", "envoi.csv", "X.csv", "1.ok.csv", "x"]
)
def test_a_name_that_could_leave_the_folder_or_hide_is_refused(name: str) -> None:
    assert code(changed(name=name)) == "OUTLET_FORM"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([], "OUTLET_FORM"),
        ({"files": []}, "OUTLET_FORM"),
        ({"files": [MEMBERS], "report": "no"}, "OUTLET_KEY"),
        ({"files": [MEMBERS, MEMBERS]}, "OUTLET_FORM"),
        (changed(sort="asc"), "OUTLET_KEY"),
        (changed(form="xlsx"), "OUTLET_VALUE"),
        (changed(of="MEMBER_REMOVE"), "OUTLET_VALUE"),
        (changed(separator="|"), "OUTLET_VALUE"),
        (changed(encoding="utf-16"), "OUTLET_VALUE"),
        (changed(columns={}), "OUTLET_FORM"),
        (changed(columns={"a": {"from": "own.native_id"}}), "OUTLET_FORM"),
        (changed(columns={"a": {"from": "role"}}), "OUTLET_FIELD"),
        (changed(columns={"a": {"from": "link"}}), "OUTLET_FIELD"),
        (changed(form="bookmarks"), "OUTLET_FORM"),
        (changed(form="calendar"), "OUTLET_FORM"),
        ({"files": [{**DATES, "of": "HOMEWORK_PUT"}]}, "OUTLET_FORM"),
        ({"files": [{**DATES, "columns": {"uid": {"const": "u"}}}]}, "OUTLET_FORM"),
        ({"files": [{**DATES, "columns": DATES["columns"] | {"x": {"const": 1}}}]}, "OUTLET_FORM"),
        ({"files": [DATES]}, "OUTLET_FIELD"),
    ],
)
def test_what_the_page_does_not_know_is_refused(raw: object, expected: str) -> None:
    assert code(raw) == expected


def test_the_page_tells_every_key_and_no_other() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/en/outlets.md").read_text("utf-8")
    section = page.partition("\n## Files\n")[2].partition("\n## ")[0]
    told = {line.split("`")[1] for line in section.splitlines() if line.startswith("| `")}
    assert told == file_forms.FILES_KEYS | file_forms.FILE_KEYS
