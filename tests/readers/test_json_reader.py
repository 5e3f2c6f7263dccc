"""JSON files of every layout give the same events; a bad one never stops the next."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Callable, Iterable
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import FixTheFolder, SetAside
from preau.readers import READERS, open_reader
from preau.readers.aaf import AafReader
from preau.readers.json_reader import JsonReader
from preau.readers.piece import Piece
from preau.readers.told import Told

EVENTS = [{"event": "A", "data": {"label": 'a "quoted" {brace} \\', "n": [1, [2]]}}, {}, {"b": "é"}]


def _read(body: bytes, chunk: int | None = None) -> list[Piece]:
    return list(JsonReader().split(_Slow(body, chunk) if chunk else io.BytesIO(body), "f.json"))


class _Slow(io.BytesIO):
    def __init__(self, body: bytes, chunk: int) -> None:
        super().__init__(body)
        self._chunk = chunk

    def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
        return super().read(self._chunk)


LAYOUTS = {
    "one per line": "\n".join(json.dumps(e) for e in EVENTS),
    "one after the other": "".join(json.dumps(e, indent=2) for e in EVENTS),
    "one array": json.dumps(EVENTS, indent=1),
    "after a byte order mark": "\ufeff" + json.dumps(EVENTS, ensure_ascii=False),
    "with CRLF": "\r\n".join(json.dumps(e) for e in EVENTS) + "\r\n",
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_each_layout_gives_the_same_events(text: str) -> None:
    pieces = _read(text.encode())
    assert [JsonReader().parse(p.body) for p in pieces] == EVENTS
    assert [p.path for p in pieces] == ["record 1", "record 2", "record 3"]
    assert {p.event for p in pieces} == {None}  # the card says where the event's name is


@given(st.sampled_from(list(LAYOUTS.values())), st.integers(1, 40))
def test_the_size_of_the_chunks_changes_nothing(text: str, chunk: int) -> None:
    assert _read(text.encode(), chunk) == _read(text.encode())


def test_a_bad_event_is_a_piece_with_a_problem_and_reading_goes_on() -> None:
    good, twice, after = _read(b'{"a": 1}\n{"a": 1, "a": 2}\n{"b": 2}')
    assert good.problem is None
    assert after.problem is None
    assert twice.problem is not None
    assert twice.problem.code == "JSON_DUPLICATE"
    assert "f.json, record 2" in str(twice.problem)
    assert twice.body == b""


@pytest.mark.parametrize("body", [b'{"a": [1', b'[{"a": 1}', b'{"a": "never closed}', b'{"a": "\\'])
def test_a_truncated_file_is_refused(body: bytes) -> None:
    with pytest.raises(SetAside, match="JSON_TRUNCATED"):
        _read(body)


@pytest.mark.parametrize("body", [b"12", b'"text"', b"null", b"{} x", b"<xml/>", b"[1, 2]", b"}"])
def test_what_is_not_made_of_objects_is_refused(body: bytes) -> None:
    with pytest.raises(SetAside, match="JSON_NOT_EVENTS"):
        _read(body)


def test_an_empty_file_has_no_event() -> None:
    assert _read(b"") == _read(b" \n") == _read(b"[]") == []


def test_one_event_of_200_megabytes_is_refused_in_bounded_memory(
    pipe: Callable[[Iterable[bytes]], BinaryIO],
) -> None:
    megabyte = b"x" * 1_000_000
    parts = [b'{"a": "', *([megabyte] * 200), b'"}\n{"b": 1}']
    tracemalloc.start()
    giant, after = JsonReader().split(pipe(parts), "f.json")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert giant.problem is not None
    assert giant.problem.code == "JSON_SIZE"
    assert after.body == b'{"b": 1}'
    assert peak < 8_000_000


def test_the_registry_names_every_reader() -> None:
    made = {name: type(open_reader(name, Told("11"))) for name in READERS}
    assert made["json"] is JsonReader
    assert made["aaf"] is AafReader


def test_a_reader_that_does_not_exist_is_told_with_the_known_ones() -> None:
    with pytest.raises(FixTheFolder, match=r"READER_UNKNOWN.*known: .*json.*aaf"):
        open_reader("xls")
