"""The check finds what the standard forbids, says where, and repeats nothing that it read."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.outlets.oneroster.check import check
from preau.outlets.oneroster.finding import Finding
from preau.outlets.oneroster.package import package
from preau.outlets.oneroster.tables import NAMES, TABLES, header
from tests.outlets.oneroster import spoilt
from tests.outlets.oneroster.directories import LIMOUX
from tests.outlets.oneroster.spoilt import Package, Rows, put


def good() -> Package:
    with zipfile.ZipFile(io.BytesIO(package(LIMOUX, "hub-11"))) as archive:
        return {
            name: list(csv.reader(io.StringIO(archive.read(name).decode(), newline="")))
            for name in archive.namelist()
        }


def written(rows: Rows) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def zipped(files: dict[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out


def findings(made: Package) -> list[Finding]:
    return check(zipped({name: written(rows) for name, rows in made.items()}))


def test_a_good_package_has_no_finding() -> None:
    assert findings(good()) == []


@pytest.mark.parametrize(
    ("file", "column", "value", "code"),
    [
        ("users.csv", "enabledUser", "yes", "WORD"),
        ("users.csv", "enabledUser", "TRUE", "WORD"),
        ("users.csv", "givenName", "", "EMPTY"),
        ("users.csv", "givenName", "Ana\nïs", "LINE_END"),
        ("users.csv", "sourcedId", "é", "GUID"),
        ("users.csv", "sourcedId", "x" * 256, "GUID"),
        ("users.csv", "status", "active", "BULK"),
        ("users.csv", "dateLastModified", "2026-10-12T08:00:00.000Z", "BULK"),
        ("users.csv", "grades", "04,,05", "LIST"),
        ("users.csv", "primaryOrgSourcedId", "nowhere", "REFERENCE"),
        ("orgs.csv", "type", "School", "WORD"),
        ("orgs.csv", "type", "ext:", "WORD"),
        ("academicSessions.csv", "startDate", "2026-02-30", "DATE"),
        ("academicSessions.csv", "startDate", "01/09/2026", "DATE"),
        ("academicSessions.csv", "endDate", "2026-09-01", "DATES"),
        ("academicSessions.csv", "schoolYear", "2026-2027", "YEAR"),
        ("classes.csv", "courseSourcedId", "none", "REFERENCE"),
        ("classes.csv", "termSourcedIds", "none", "REFERENCE"),
        ("roles.csv", "role", "pupil", "WORD"),
        ("roles.csv", "roleType", "ext:third", "WORD"),
        ("roles.csv", "userProfileSourcedId", "one", "REFERENCE"),
        ("enrollments.csv", "role", "guardian", "WORD"),
        ("enrollments.csv", "primary", "1", "WORD"),
        ("enrollments.csv", "userSourcedId", "nobody", "REFERENCE"),
    ],
)
def test_what_a_cell_may_not_hold_is_found_where_it_stands(
    file: str, column: str, value: str, code: str
) -> None:
    made = good()
    put(made, file, column, value)
    found = [each for each in findings(made) if each.code == code]
    assert [(each.file, each.line, each.column) for each in found[:1]] == [(file, 2, column)]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (spoilt.drop_column, "HEADER"),
        (spoilt.swap_columns, "HEADER"),
        (spoilt.own_column, "HEADER"),
        (spoilt.of_1_2_0, "HEADER"),
        (spoilt.twice, "ID_TWICE"),
        (spoilt.short_line, "LINE"),
        (spoilt.no_manifest, "MANIFEST"),
        (spoilt.no_lines, "NO_LINE"),
        (spoilt.no_roles, "ROLE"),
        (spoilt.a_role_less, "ROLE"),
        (spoilt.file_unsaid, "FILE_UNSAID"),
        (spoilt.file_missing, "FILE_MISSING"),
        (spoilt.mode_unknown, "MODE"),
        (spoilt.property_gone, "MODE"),
        (spoilt.property_more, "PROPERTY"),
        (spoilt.property_twice, "PROPERTY_TWICE"),
        (spoilt.other_version, "VERSION"),
        (spoilt.file_more, "FILE_UNKNOWN"),
        (spoilt.in_a_folder, "FILE_UNKNOWN"),
        (spoilt.other_school, "SCHOOL"),
        (spoilt.to_the_district, "TYPE"),
        (spoilt.own_parent, "CIRCLE"),
        (spoilt.two_first_roles, "PRIMARY"),
        (spoilt.pupil_first, "PRIMARY"),
        (spoilt.delta_unsaid, "WORD"),
        (spoilt.delta_unsaid, "DATE"),
    ],
)
def test_what_the_standard_forbids_in_a_package_is_found(
    spoil: Callable[[Package], None], code: str
) -> None:
    made = good()
    spoil(made)
    assert code in {each.code for each in findings(made)}


@given(st.data())
def test_a_required_cell_that_is_emptied_is_found_wherever_it_is(data: st.DataObject) -> None:
    made = good()
    file = data.draw(st.sampled_from(sorted(made.keys() - {"manifest.csv"})))
    table = file.removesuffix(".csv")
    needed = [column.name for column in TABLES[table] if column.required]
    column = data.draw(st.sampled_from(needed))
    line = data.draw(st.integers(1, len(made[file]) - 1))
    put(made, file, column, "", line)
    assert (file, line + 1, column, "EMPTY") in {
        (each.file, each.line, each.column, each.code) for each in findings(made)
    }


@given(st.data())
def test_a_line_that_others_refer_to_is_missed_when_it_goes(data: st.DataObject) -> None:
    made = good()
    file = data.draw(st.sampled_from(("orgs.csv", "courses.csv", "classes.csv", "users.csv")))
    made[file].pop(data.draw(st.integers(1, len(made[file]) - 1)))
    assert {"REFERENCE", "NO_LINE"} & {each.code for each in findings(made)}


@given(st.permutations(range(len(header("users")))))
def test_columns_in_any_other_order_are_refused(order: list[int]) -> None:
    made = good()
    made["users.csv"] = [[row[at] for at in order] for row in made["users.csv"]]
    codes = {each.code for each in findings(made)}
    assert codes == (set() if order == sorted(order) else {"HEADER"})


def test_columns_of_ones_own_stand_to_the_right_under_metadata() -> None:
    made = good()
    made["users.csv"] = [
        [*row, "metadata.own" if at == 0 else "x"] for at, row in enumerate(made["users.csv"])
    ]
    assert findings(made) == []


def test_a_mark_before_utf8_is_passed_over_and_another_charset_is_not() -> None:
    files = {name: written(rows) for name, rows in good().items()}
    assert check(zipped({name: b"\xef\xbb\xbf" + data for name, data in files.items()})) == []
    latin = files | {"users.csv": files["users.csv"].decode().encode("latin-1")}
    (found,) = check(zipped(latin))
    assert (found.code, found.file) == ("ENCODING", "users.csv")


def test_broken_quotes_are_told_by_their_line() -> None:
    files = {name: written(rows) for name, rows in good().items()}
    files["orgs.csv"] = files["orgs.csv"] + b'"a"b,c\r\n'
    (found,) = check(zipped(files))
    assert (found.code, found.file, found.line) == ("CSV", "orgs.csv", 5)


@given(st.binary(max_size=200))
def test_what_is_no_zip_is_said_to_be_none(raw: bytes) -> None:
    assert {each.code for each in check(io.BytesIO(raw))} <= {"PACKAGE", "MANIFEST"}


def test_a_package_that_swells_is_refused_before_it_is_unpacked() -> None:
    many = {f"{number}.csv": b"" for number in range(65)}
    assert [each.code for each in check(zipped(many))] == ["PACKAGE_SIZE"]


@given(st.text(min_size=6, max_size=40), st.sampled_from(sorted(TABLES)))
def test_no_finding_repeats_what_the_files_hold(secret: str, table: str) -> None:
    made = {
        "manifest.csv": [
            ["propertyName", "value"],
            *([f"file.{n}", "bulk" if n == table else "absent"] for n in NAMES),
        ],
        f"{table}.csv": [[*header(table)], [f"§{secret}"] * len(header(table))],
    }
    assert all(f"§{secret}" not in str(each) for each in findings(made))
