"""An export says the chain word for word, and the standard library alone can check it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.keys.signing import SigningKey
from preau.store.audit_chain import Entry, Fact, Root, canonical, digest_of
from preau.store.audit_file import Book, lines, read_book, read_entries

KEY = SigningKey(bytes(32))
NOON = 1_791_806_400_000
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
FACTS = st.dictionaries(TEXT, TEXT | st.booleans() | st.integers(-(2**53), 2**53))


def entry(facts: dict[str, Fact]) -> Entry:
    made = Entry(1, "2026-10-12", NOON, "hub", "switch.cut", "été", facts, bytes(32), b"")
    return made._replace(digest=digest_of(made))


def root() -> Root:
    made = Root("2026-10-12", 1, 1, entry({}).digest, bytes(32), NOON)
    return made._replace(signature=KEY.sign(made.message()))


@given(FACTS)
def test_what_is_hashed_is_what_the_standard_library_would_write(facts: dict[str, Fact]) -> None:
    made = entry(facts)
    said = made._asdict()
    del said["previous"], said["digest"]
    plain = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert canonical(made) == plain
    assert made.digest == hashlib.sha256(bytes(32) + plain).digest()


@given(FACTS)
def test_an_entry_comes_back_from_the_file_as_it_was(facts: dict[str, Fact]) -> None:
    (_, line) = lines(Book(KEY.public, (), None), [entry(facts)])
    said = json.loads(line)
    assert Entry(**said["entry"], previous=bytes(32), digest=bytes.fromhex(said["digest"])) == (
        entry(facts)
    )


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    file, book = tmp_path / "audit.jsonl", Book(KEY.public, (root(),), root())
    file.write_bytes(b"".join(lines(book, [entry({"a": 1})])))
    assert read_book(file) == book
    assert list(read_entries(file)) == [entry({"a": 1})]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{}",
        '{"entry": {}}',
        '{"entry": 1, "previous": "", "digest": ""}',
        '{"root": {"day": 1}, "signature": ""}',
        '{"preau_audit": 1, "public_key": "x"}',
        "\x00",
    ],
)
def test_a_line_that_cannot_be_read_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "audit.jsonl"
    good = b"".join(lines(Book(KEY.public, (), None), [entry({})]))
    file.write_bytes(good + line.encode() + b"\n")
    with pytest.raises(SetAside, match="AUDIT_FILE") as refused:
        (read_book(file), list(read_entries(file)))
    assert str(refused.value.complaint.where).endswith("audit.jsonl:3")


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(SetAside, match="AUDIT_FILE"):
        read_book(tmp_path / "nothing.jsonl")
