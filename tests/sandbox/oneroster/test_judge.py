"""The fictional reader judges by itself: it takes what the hub writes and finds what is planted."""

from __future__ import annotations

import ast
import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.outlets.directory import Directory
from preau.outlets.oneroster.check import check
from preau.outlets.oneroster.package import package
from preau.outlets.oneroster.tables import OTHERS, TABLES, header
from preau.sandbox.oneroster import judge, references, standard, values
from preau.sandbox.oneroster.judge import faults
from preau.sandbox.oneroster.standard import ELSEWHERE, FILES
from tests.outlets.oneroster import spoilt
from tests.outlets.oneroster.directories import LIMOUX, directories
from tests.outlets.oneroster.spoilt import Package, Rows, put

PLANTED: dict[str, Callable[[Package], None]] = {
    name: spoil
    for name, spoil in vars(spoilt).items()
    if callable(spoil) and getattr(spoil, "__module__", "") == spoilt.__name__
    and name not in {"put", "say"}
}  # fmt: skip
CELLS = [
    ("users.csv", "enabledUser", "yes"),
    ("users.csv", "givenName", ""),
    ("users.csv", "givenName", "Ana\nïs"),
    ("users.csv", "sourcedId", "é"),
    ("users.csv", "sourcedId", "x" * 256),
    ("users.csv", "status", "active"),
    ("users.csv", "dateLastModified", "2026-10-12T08:00:00.000Z"),
    ("users.csv", "grades", "04,,05"),
    ("users.csv", "primaryOrgSourcedId", "nowhere"),
    ("orgs.csv", "type", "School"),
    ("orgs.csv", "type", "ext:"),
    ("academicSessions.csv", "startDate", "2026-02-30"),
    ("academicSessions.csv", "startDate", "01/09/2026"),
    ("academicSessions.csv", "endDate", "2026-09-01"),
    ("academicSessions.csv", "schoolYear", "2026-2027"),
    ("classes.csv", "courseSourcedId", "none"),
    ("classes.csv", "termSourcedIds", "none"),
    ("classes.csv", "termSourcedIds", "a,,b"),
    ("courses.csv", "schoolYearSourcedId", "none"),
    ("roles.csv", "role", "pupil"),
    ("roles.csv", "roleType", "ext:third"),
    ("roles.csv", "userProfileSourcedId", "one"),
    ("enrollments.csv", "role", "guardian"),
    ("enrollments.csv", "primary", "1"),
    ("enrollments.csv", "userSourcedId", "nobody"),
    ("enrollments.csv", "beginDate", "2026-13-01"),
]


def good() -> Package:
    with zipfile.ZipFile(io.BytesIO(package(LIMOUX, "hub"))) as archive:
        return {
            name: list(csv.reader(io.StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
        }


def written(made: Package) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, rows in made.items():
            archive.writestr(name, _text(rows))
    return out.getvalue()


def _text(rows: Rows) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def test_it_shares_no_line_with_the_hub_s_writer_and_check() -> None:
    for module in (judge, references, standard, values):
        tree = ast.parse(Path(str(module.__file__)).read_text())
        named = [each.module or "" for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)]
        assert all(not name.startswith("preau.outlets") for name in named)


def test_two_readings_of_the_standard_have_the_same_columns_in_the_same_order() -> None:
    assert {file: tuple(cell.name for cell in cells) for file, cells in FILES.items()} == {
        table: header(table) for table in TABLES
    }
    assert sorted(ELSEWHERE) == sorted(OTHERS)


@given(directories())
def test_it_accepts_whatever_the_hub_writes(found: Directory) -> None:
    assert faults(package(found, "hub")) == []


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_fault_is_found(name: str) -> None:
    made = good()
    PLANTED[name](made)
    assert faults(written(made))


@pytest.mark.parametrize(("file", "column", "value"), CELLS)
def test_a_wrong_value_is_found_in_its_file(file: str, column: str, value: str) -> None:
    made = good()
    put(made, file, column, value)
    found = faults(written(made))
    assert [each for each in found if each.startswith(f"{file}: line 2")]
    assert value == "" or len(value) < 4 or not any(value in each for each in found)


def test_the_planted_faults_are_of_every_kind() -> None:
    assert len(PLANTED) >= 25
    assert {file for file, _, _ in CELLS} == {f"{file}.csv" for file in _FILLED}


_FILLED = ("users", "orgs", "academicSessions", "classes", "courses", "roles", "enrollments")
_WORDS = ("", "a", "true", "ext:x", "ext:", "student", "2026-09-01", "2026-9-1", "é", "a,b", "a,,")


@given(st.sampled_from(_FILLED), st.data())
def test_it_and_the_hub_s_check_judge_any_value_alike(file: str, data: st.DataObject) -> None:
    made = good()
    column = data.draw(st.sampled_from(header(file)))
    line = data.draw(st.integers(1, len(made[f"{file}.csv"]) - 1))
    put(made, f"{file}.csv", column, data.draw(st.sampled_from(_WORDS)), line)
    content = written(made)
    assert bool(faults(content)) is bool(check(io.BytesIO(content)))


def test_a_mark_line_ends_of_one_character_and_own_columns_are_read() -> None:
    made = good()
    made["users.csv"] = [
        [*row, "metadata.own" if at == 0 else "x"] for at, row in enumerate(made["users.csv"])
    ]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, rows in made.items():
            archive.writestr(name, "\ufeff" + _text(rows).replace("\r\n", "\n"))
    assert faults(out.getvalue()) == []


@given(st.binary(max_size=200))
def test_what_is_no_zip_is_refused(raw: bytes) -> None:
    assert faults(raw)
