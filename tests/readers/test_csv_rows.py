"""A CSV file is cut into rows whatever its charset, and a broken line spoils no other."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.readers.csv_rows import MAX_COLUMNS, MAX_LINE, MAX_ROWS, CsvFile, Row


def rows(body: bytes, separator: str = ";") -> list[Row]:
    return list(CsvFile(io.BytesIO(body), "f.csv").rows(separator))


def cells(body: bytes) -> list[list[str]]:
    return [row.cells for row in rows(body)]


def flaws(body: bytes) -> list[tuple[int, str]]:
    return [(row.line, row.flaw.code) for row in rows(body) if row.flaw is not None]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "iso-8859-1"])
def test_the_charset_is_decided_from_the_bytes(charset: str) -> None:
    body = "Prénom\nHélène\nNoé\n".encode(charset)
    assert CsvFile(io.BytesIO(body), "f.csv").header(";") == ["Prénom"]
    assert cells(body) == [["Hélène"], ["Noé"]]


def test_one_damaged_letter_does_not_turn_a_utf_8_file_into_another_charset() -> None:
    body = "Prénom\nHélène\nNoé\n".encode().replace("Noé".encode(), b"No\xc3?")
    assert cells(body) == [["Hélène"], []]
    assert flaws(body) == [(3, "CSV_ENCODING")]


def test_a_byte_that_windows_1252_does_not_have_is_not_a_crash() -> None:
    assert flaws(b"a\nNo\xe9\nL\x81\n") == [(3, "CSV_CHARACTER")]


def test_blank_lines_are_no_rows_and_lines_are_counted_with_them() -> None:
    assert [(row.line, row.cells) for row in rows(b"\n\na;b\n\n;;\n1;2\n")] == [(6, ["1", "2"])]


def test_quotes_hold_separators_and_doubled_quotes() -> None:
    assert cells(b'a\n"x;y";"say ""z""";\n') == [["x;y", 'say "z"', ""]]


@pytest.mark.parametrize("line", [b'"open;x', b'"shut"x;y', b'x;"', b'"a" ;b'])
def test_quotes_that_do_not_go_in_pairs_spoil_their_own_line_only(line: bytes) -> None:
    assert flaws(b"a;b\n" + line + b"\n1;2\n") == [(2, "CSV_ROW")]
    assert cells(b"a;b\n" + line + b"\n1;2\n")[-1] == ["1", "2"]


def test_a_last_line_without_its_end_is_told() -> None:
    assert [row.ended for row in rows(b"a\n1\n2")] == [True, False]


@pytest.mark.parametrize("line", [b"x" * (MAX_LINE + 1), b";" * MAX_COLUMNS])
def test_a_line_far_too_long_or_wide_is_set_aside_alone(line: bytes) -> None:
    assert flaws(b"a\n1\n" + line + b"\n2\n") == [(3, "CSV_ROW")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("a;b".encode("utf-16"), "CSV_ENCODING"),
        ("a;b".encode("utf-16-le"), "CSV_NUL"),
        ("a;b".encode("utf-32"), "CSV_ENCODING"),
        (b"a;b\n1;\0\n", "CSV_NUL"),
        (b"a\n" * (MAX_ROWS + 2), "CSV_SIZE"),
    ],
)
def test_what_is_no_text_or_too_much_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(SetAside) as told:
        rows(body)
    assert told.value.code == code
    assert told.value.complaint.where.file == "f.csv"
    assert told.value.complaint.fix


def test_a_file_has_exactly_as_many_rows_as_are_allowed() -> None:
    assert len(rows(b"a\n" + b"1\n" * MAX_ROWS)) == MAX_ROWS


@pytest.mark.parametrize(
    ("head", "code"),
    [(b'"a', "CSV_ROW"), (b"a\x07", "CSV_CHARACTER"), ("é".encode() + b"\xe9", "CSV_ENCODING")],
)
def test_headers_that_cannot_be_read_refuse_the_file(head: bytes, code: str) -> None:
    file = CsvFile(io.BytesIO(head + "\né\n".encode()), "f.csv")
    with pytest.raises(SetAside, match=code):
        file.header(";")


@given(st.binary(max_size=300))
@settings(max_examples=500, deadline=None)
def test_no_bytes_raise_anything_but_a_reason(body: bytes) -> None:
    try:
        found = rows(body)
    except SetAside:
        return
    assert all(row.flaw is not None or row.cells for row in found)


@given(
    st.lists(
        st.lists(st.text(alphabet='aé";, ', max_size=6), min_size=2, max_size=5),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_as_rfc_4180_says_is_read_back(table: list[list[str]]) -> None:
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]
    body = "\n".join(["é;b", *lines]).encode()
    assert cells(body) == [row for row in table if any(cell.strip() for cell in row)]
