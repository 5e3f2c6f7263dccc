"""The usual record, read without a parser, reads as the parser reads it; all else is its own."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.readers.aaf import AafReader
from preau.readers.aaf_plain import cut, fit
from preau.readers.piece import Piece
from preau.readers.told import Told

FAST, SLOW = "<ficAlimMENESR>", '<ficAlimMENESR x="1">'
"""A root with an attribute makes the parser read everything."""
NAMES = ("sn", "givenName", "ENTEleveINE", "ENTEleveClasses", "homePhone", "ENTNouveau")
TEXTS = (
    *(
        "ABADIE",
        "",
        "  Zoé ",
        "43$6A",
        "a&amp;b",
        "&amp;amp;",
        "&amp;eacute;",
        "&#233;",
        "&lt;",
        "O'X",
    ),
    *("43$6A$7", "120890177FA", "\x85", "«", "\ufffd", "a\r\nb", "]]>", "&nbsp;", "\x01", "日"),
)
values = st.lists(st.sampled_from(TEXTS), max_size=3)
shapes = st.sampled_from(
    [
        "<value>{}</value>",
        " <value>{}</value>\r\n",
        "<value\n>{}</value>",
        "<value><![CDATA[{}]]></value>",
    ]
)
rows = st.tuples(st.sampled_from(NAMES), values, shapes, st.sampled_from(['"', "'"]))
records = st.lists(rows, max_size=6)
between = st.sampled_from(["", "\n", "\r\n  ", "<!-- </addRequest> -->", "x", "<other/>"])


class Outcome(NamedTuple):
    """What a reading gave: the pieces without their words, and the code of its end."""

    pieces: list[tuple[str | None, bytes, str, str, str]]
    end: str


def outcome(root: str, body: bytes, chunk: int = 65_536) -> Outcome:
    data = root.encode() + body
    found: list[Piece] = []
    reader = AafReader(Told(mask=lambda ine: f"ine:{len(ine)}"))
    try:
        found.extend(reader.split(Slices(data, chunk), "Eleve_0000.xml"))
    except SetAside as why:
        return Outcome(list(map(shown, found)), why.code)
    return Outcome(list(map(shown, found)), "")


def shown(piece: Piece) -> tuple[str | None, bytes, str, str, str]:
    code = piece.problem.code if piece.problem else ""
    return piece.event, piece.body, piece.path, code, piece.id


class Slices(io.BytesIO):
    """A file that gives no more than so many bytes at once."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        asked = self._most if size is None or size < 0 else min(size, self._most)
        return super().read(asked)


def record(number: int, rows: list[tuple[str, list[str], str, str]]) -> str:
    attributes = "".join(
        f"<attr name={quote}{name}{quote}>{''.join(shape.format(v) for v in texts)}</attr>\n"
        for name, texts, shape, quote in rows
    )
    about = '<attr name="categoriePersonne"><value>Eleve</value></attr>'
    return (
        f"<addRequest><operationalAttributes>{about}</operationalAttributes>"
        f"<identifier><id>{number}</id></identifier>"
        f"<attributes>{attributes}</attributes></addRequest>"
    )


def body(parts: list[tuple[list[tuple[str, list[str], str, str]], str]]) -> bytes:
    told = "".join(record(n, rows) + gap for n, (rows, gap) in enumerate(parts))
    return f'<!-- degre="2D" -->\n{told}</ficAlimMENESR>\n'.encode()


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(st.tuples(records, between), max_size=5), chunk=st.integers(1, 400))
@example(parts=[([("sn", ["]]>"], "<value>{}</value>", '"')], "")], chunk=400)
@example(parts=[([("homePhone", ["&nbsp;"], "<value>{}</value>", '"')], "")], chunk=1)
def test_both_ways_of_reading_give_the_same(
    parts: list[tuple[list[tuple[str, list[str], str, str]], str]], chunk: int
) -> None:
    told = body(parts)
    assert outcome(FAST, told) == outcome(SLOW, told)
    assert outcome(FAST, told, chunk) == outcome(FAST, told)


USUAL = [
    ("sn", ["ABADIE"], "<value>{}</value>", '"'),
    ("givenName", ["Zoé"], "<value>{}</value>", '"'),
]


@settings(max_examples=400, deadline=None)
@given(place=st.integers(0, 10**6), letter=st.integers(0, 255))
@example(place=193016, letter=11)
def test_damage_is_told_the_same_both_ways(place: int, letter: int) -> None:
    told = bytearray(body([(USUAL, "\n")] * 3))
    told[place % len(told)] = letter
    assert outcome(FAST, bytes(told)) == outcome(SLOW, bytes(told))


def test_the_usual_record_needs_no_parser() -> None:
    text = record(7, USUAL)
    found = cut(text)
    assert found is not None
    assert (found.category, found.id) == ("Eleve", "7")
    assert fit(text.encode())


@pytest.mark.parametrize("odd", ["\x01", "\x85", "\ufffd", "]]>"])
def test_what_asks_for_a_parser_is_declined(odd: str) -> None:
    assert not fit(record(7, [("sn", [odd], "<value>{}</value>", '"')]).encode())


def test_records_met_before_are_passed_over_and_still_counted(
    read_aaf: Callable[..., list[Piece]],
) -> None:
    told = (FAST + body([(USUAL, "\n")] * 3).decode()).encode()
    asked: list[tuple[str, str]] = []

    def skip(category: str, id_: str, data: bytes) -> bool:
        asked.append((category, id_))
        assert data.startswith(b"<addRequest>")
        return id_ != "1"

    pieces = list(AafReader().split_new(io.BytesIO(told), "Eleve_0000.xml", skip))
    assert asked == [("Eleve", "0"), ("Eleve", "1"), ("Eleve", "2")]
    assert [piece.path for piece in pieces] == ["record 2"]
    assert pieces[0].body == read_aaf(told)[1].body


def test_the_line_of_a_fault_counts_the_lines_that_no_parser_saw() -> None:
    told = (FAST + body([(USUAL, "\n\n")] * 40).decode()).replace(
        "</ficAlimMENESR>", "<oops></ficA>"
    )
    with pytest.raises(SetAside) as why:
        list(AafReader().split(io.BytesIO(told.encode()), "Eleve_0000.xml"))
    assert f"line {told.count(chr(10))}" in why.value.complaint.what
