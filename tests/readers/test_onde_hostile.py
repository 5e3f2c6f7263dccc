"""Nothing that a CSV holds can crash or fill the reader, nor change a neighbour in silence."""

from __future__ import annotations

import io
import random
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.readers.onde import OndeReader
from preau.readers.piece import Piece
from tests.readers.onde_files import (
    COME,
    GUARDIANS,
    PUPILS,
    ROSE,
    TEACHERS,
    TOLD,
    file,
    guardian,
    problems,
    read,
    said,
)

MEGABYTES = 1_000_000
NOUR = "ROUSSILHE;;Nour;13/05/2015;F;000000031AA;CM2;Hers"
TAIL = "x" * MEGABYTES


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t="])
@pytest.mark.parametrize("place", [0, 2, 6, 7])
def test_a_formula_is_set_aside_and_never_a_name(sign: str, place: int) -> None:
    values = COME.split(";")
    values[place] = f"{sign}cmd|' /C calc'!A0"
    pieces = read(file(PUPILS, ";".join(values), ROSE))
    assert problems(pieces) == [("line 2", "ONDE_FORMULA")]
    assert "calc" not in repr(pieces)
    assert len(said(pieces, "Eleve")) == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (COME + ";more", "ONDE_COLUMNS"),
        (COME.rpartition(";")[0], "ONDE_COLUMNS"),
        (COME.replace("Côme", ""), "ONDE_NAME"),
        (COME.replace("LAPEYRE", ""), "ONDE_NAME"),
        (COME.replace("Côme", "Côm3"), "ONDE_NAME"),
        (COME.replace("Côme", "a@b"), "ONDE_NAME"),
        (COME.replace("CM1 Garonne", "x" * 201), "ONDE_TOO_LONG"),
        (COME.replace("Côme", "C\x1bme"), "CSV_CHARACTER"),
        (COME.replace("Côme", "C\x85me"), "CSV_CHARACTER"),
        ('"' + COME, "CSV_ROW"),
    ],
)
def test_a_row_that_says_nonsense_is_set_aside_alone(row: str, code: str) -> None:
    pieces = read(file(PUPILS, row, ROSE))
    assert problems(pieces) == [("line 2", code)]
    assert [one["given_names"] for one in said(pieces, "Eleve")] == [["Rose"]]


def test_a_last_line_that_was_cut_is_no_pupil() -> None:
    whole = file(PUPILS, ROSE, COME)
    assert problems(read(whole[:-40])) == [("line 3", "ONDE_CUT")]


def test_the_last_guardian_may_end_with_any_child() -> None:
    whole = file(GUARDIANS, guardian("CATHALA", "LAPEYRE;Côme"))[:-1]
    assert problems(read(whole)) == []
    assert problems(read(whole[:-5])) == [("line 2", "ONDE_CUT")]


def many(line: bytes, count: int = 1_000_000, head: str = PUPILS) -> Iterator[bytes]:
    yield file(head)
    for _ in range(count // 1_000):
        yield line * 1_000


HUGE: dict[str, tuple[Callable[[], Iterator[bytes]], str]] = {
    "a million rows": (lambda: many(file(COME)), "CSV_SIZE"),
    "a million short rows": (lambda: many(b"a\n"), "CSV_SIZE"),
    "a million columns": (lambda: many(b"column;", head=""), "CSV_ROW"),
    "200 megabytes on one line": (lambda: many(b"x" * 200, head="x"), "CSV_SIZE"),
    "200 megabytes on the first line": (lambda: (TAIL.encode() for _ in range(200)), "CSV_ROW"),
    "a quote that never ends": (lambda: many(b'"x;y', 50_000_000), "CSV_SIZE"),
    "blank lines": (lambda: many(b"\n", 50_000_000), "CSV_SIZE"),
    "zeros": (lambda: many(b"\0", 50_000_000, head=""), "CSV_NUL"),
}


@pytest.mark.parametrize(("parts", "code"), HUGE.values(), ids=HUGE)
def test_what_is_huge_is_refused_soon_in_bounded_memory(
    parts: Callable[[], Iterator[bytes]], code: str, pipe: Callable[[Iterable[bytes]], BinaryIO]
) -> None:
    tracemalloc.start()
    start = time.perf_counter()
    with pytest.raises(SetAside) as told:
        list(OndeReader(TOLD).split(pipe(parts()), "f.csv"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert told.value.code == code
    assert peak < 100 * MEGABYTES
    assert time.perf_counter() - start < 5


def test_a_school_of_5000_pupils_is_read_in_little_memory() -> None:
    letters = ("".join(chr(97 + int(digit)) for digit in str(n)) for n in range(5_000))
    body = file(PUPILS, *(COME.replace("Côme", name) for name in letters))
    tracemalloc.start()
    count = sum(1 for _ in OndeReader(TOLD).split(io.BytesIO(body), "f.csv"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5_002
    assert peak < 30 * MEGABYTES  # four times as much at the limit of the rows


class Crumbs(io.BytesIO):
    """A file that gives a few bytes at a time."""

    def __init__(self, body: bytes, sizes: list[int]) -> None:
        super().__init__(body)
        self._sizes = iter(sizes)

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(next(self._sizes, size))


@given(st.lists(st.integers(1, 40)), st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]))
@settings(max_examples=100, deadline=None)
def test_any_chunking_gives_the_same_pieces(sizes: list[int], charset: str) -> None:
    body = file(PUPILS, COME, ROSE, "=x", charset=charset)
    stream = Crumbs(body, sizes)
    assert repr([*OndeReader(TOLD).split(stream, "CSVExtraction.csv")]) == repr(read(body))


def outcome(body: bytes) -> list[Piece] | str:
    try:
        return read(body)
    except SetAside as error:
        return error.code


SOUND = {
    "pupils": file(PUPILS, COME, ROSE, NOUR),
    "pupils of 2015": file(PUPILS, COME, ROSE, NOUR, charset="latin-1", end="\r\n"),
    "guardians": file(
        GUARDIANS,
        guardian("CATHALA", "LAPEYRE;Côme", "MONTLAUR;Rose"),
        guardian("PRADAL", "MONTLAUR;Rose"),
        guardian("ABADIE"),
    ),
    "teachers": file(TEACHERS, "M.;;PECH;Malo;;non;A", "Mme;;PUJOLET;Hélène;;oui;B"),
}


@pytest.mark.parametrize("body", SOUND.values(), ids=SOUND)
def test_any_single_byte_changed_never_changes_another_row_in_silence(body: bytes) -> None:
    chance = random.Random(20261124)
    before = read(body)
    for at in range(body.index(b"\n") + 1, len(body)):
        line = body.count(b"\n", 0, at) + 1
        others = {piece.body for piece in before if piece.path != f"line {line}"}
        for new in (*b'\n\r;"=', chance.randrange(256), chance.randrange(256)):
            after = outcome(body[:at] + bytes([new]) + body[at + 1 :])
            if isinstance(after, str) or problems(after):
                continue  # refused, or a row is set aside with its place
            assert others <= {piece.body for piece in after}
            assert len(after) <= len(before)


@given(st.binary(max_size=200), st.sampled_from(sorted(SOUND)))
@settings(max_examples=300, deadline=None)
def test_no_bytes_after_the_headers_raise_anything_but_a_reason(tail: bytes, kind: str) -> None:
    for piece in outcome(SOUND[kind].partition(b"\n")[0] + b"\n" + tail):
        assert isinstance(piece, Piece | str)


def test_no_reason_ever_shows_a_name() -> None:
    rows = (COME + ";x", "=LAPEYRE;;Côme", '"' + COME, COME, COME, COME.replace("120890177FA", ""))
    told = [str(p.problem) for p in read(file(PUPILS, *rows)) if p.problem is not None]
    assert len(told) >= 5
    assert not any("LAPEYRE" in each or "Côme" in each for each in told)
