"""What an import will send, kept on disk until it may: sealed blocks of intake records.

A held import waits for a person, for days perhaps: its records lie encrypted (AES-256-GCM, a key
derived from the master key), in blocks bound to the import and to their place, the last one marked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from preau.errors import Place, Stop
from preau.inlets.intake import Intake

BLOCK = 1_000
"""Records in one block."""
_NONCE, _LENGTH = 12, 4
_MORE, _LAST = b"more", b"last"


class Letters:
    """Writes the blocks of one import; `key` has 32 bytes."""

    def __init__(self, file: Path, key: bytes, name: str) -> None:
        self._sink: BinaryIO = os.fdopen(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb"
        )
        self._cipher = AESGCM(key)
        self._name = name
        self._waiting: list[Intake] = []
        self._blocks = 0
        self.count = 0

    def add(self, letter: Intake) -> None:
        """Keeps one record, in order."""
        self._waiting.append(letter)
        self.count += 1
        if len(self._waiting) == BLOCK:
            self._write(_MORE)

    def close(self) -> None:
        """Writes the last block; what was not closed is never sent."""
        self._write(_LAST)
        self._sink.flush()
        os.fsync(self._sink.fileno())
        self._sink.close()

    def abandon(self) -> None:
        """Closes the file without its end."""
        self._sink.close()

    def _write(self, mark: bytes) -> None:
        clear = orjson.dumps([_plain(letter) for letter in self._waiting])
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, clear, _bound(self._name, self._blocks, mark))
        self._sink.write(len(sealed).to_bytes(_LENGTH, "big") + mark + nonce + sealed)
        self._blocks += 1
        self._waiting = []


def read_letters(file: Path, key: bytes, name: str) -> Iterator[list[Intake]]:
    """The blocks of one import; raises `Stop` (IMPORT_DAMAGED) when they are not all there."""
    cipher, place, mark = AESGCM(key), 0, _MORE
    with file.open("rb") as source:
        while head := source.read(_LENGTH):
            mark, nonce = source.read(len(_MORE)), source.read(_NONCE)
            sealed = source.read(int.from_bytes(head, "big"))
            try:
                clear = cipher.decrypt(nonce, sealed, _bound(name, place, mark))
            except (InvalidTag, ValueError):
                raise _damaged(name) from None
            yield [_letter(*each) for each in orjson.loads(clear)]
            place += 1
    if mark != _LAST:
        raise _damaged(name)


def _bound(name: str, place: int, mark: bytes) -> bytes:
    return f"{name}\0{place}\0".encode() + mark


def _plain(letter: Intake) -> list[object]:
    headers = [[name, value.decode("latin-1")] for name, value in letter.headers]
    return [letter.topic, letter.key.decode("latin-1"), letter.value.decode("latin-1"), headers]


def _letter(topic: str, key: str, value: str, headers: list[list[str]]) -> Intake:
    told = [(name, text.encode("latin-1")) for name, text in headers]
    return Intake(topic, key.encode("latin-1"), value.encode("latin-1"), told)


def _damaged(name: str) -> Stop:
    fix = f"run the import again; drop this one with `preau import drop {name}`"
    what = "what this import was to send is damaged or not whole"
    return Stop("IMPORT_DAMAGED", what, where=Place(file=name), fix=fix)
