"""What waits to be sent lies sealed and whole, or is not sent at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from preau.errors import Stop
from preau.imports.letters import BLOCK, Letters, read_letters
from preau.inlets.intake import Intake

KEY = bytes(range(32))


def letter(number: int) -> Intake:
    value = f'{{"sn":"ABADIE","é":{number}}}'.encode() + bytes([number % 256])
    return Intake("preau.intake.aaf", f"a/{number}".encode(), value, [("event", b"Eleve")])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "letters"


def written(file: Path, count: int) -> list[Intake]:
    letters, all_of_them = Letters(file, KEY, "one"), [letter(n) for n in range(count)]
    for each in all_of_them:
        letters.add(each)
    letters.close()
    assert letters.count == count
    return all_of_them


@pytest.mark.parametrize("count", [0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 1])
def test_what_was_written_is_read_word_for_word(file: Path, count: int) -> None:
    expected = written(file, count)
    assert [each for block in read_letters(file, KEY, "one") for each in block] == expected


def test_nothing_of_it_can_be_read_on_the_disk(file: Path) -> None:
    written(file, 10)
    assert b"ABADIE" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kept", [1, 0.9, 0.5])
def test_a_file_that_was_cut_is_never_taken_for_the_whole(file: Path, kept: float) -> None:
    written(file, 2 * BLOCK + 1)
    whole = file.read_bytes()
    length = len(whole) - 1 if kept == 1 else int(len(whole) * kept)
    file.write_bytes(whole[:length])
    with pytest.raises(Stop, match="IMPORT_DAMAGED"):
        list(read_letters(file, KEY, "one"))


def test_a_file_without_its_last_block_is_not_whole(file: Path) -> None:
    letters = Letters(file, KEY, "one")
    for number in range(BLOCK):
        letters.add(letter(number))
    letters.abandon()
    with pytest.raises(Stop, match="IMPORT_DAMAGED"):
        list(read_letters(file, KEY, "one"))


@pytest.mark.parametrize(("key", "name"), [(bytes(32), "one"), (KEY, "other")])
def test_another_key_or_another_import_opens_nothing(file: Path, key: bytes, name: str) -> None:
    written(file, 3)
    with pytest.raises(Stop, match="IMPORT_DAMAGED"):
        list(read_letters(file, key, name))


def test_blocks_cannot_change_places(file: Path) -> None:
    written(file, 2 * BLOCK)
    whole = file.read_bytes()
    first = 4 + 4 + 12 + int.from_bytes(whole[:4], "big")
    second = first + 4 + 4 + 12 + int.from_bytes(whole[first : first + 4], "big")
    file.write_bytes(whole[first:second] + whole[:first] + whole[second:])
    with pytest.raises(Stop, match="IMPORT_DAMAGED"):
        list(read_letters(file, KEY, "one"))
