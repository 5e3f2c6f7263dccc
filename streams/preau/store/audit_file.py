"""The audit chain as a file of JSON lines, which anybody can check without the hub.

One line `{"preau_audit": 1, "public_key": …}`, then one `{"root": …, "signature": …}` per day, one
`{"entry": …, "previous": …, "digest": …}` per act, and at the end `{"end": …, "signature": …}`, the
root of the day that is not over. Digests, keys and signatures are in hexadecimal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from preau.errors import Place, SetAside
from preau.store.audit_chain import Entry, Root

EDITION = 1
Line = Mapping[str, Any]


class Book(NamedTuple):
    """The head of such a file: all but its entries. `end` is the root of an open day."""

    public: bytes
    roots: tuple[Root, ...]
    end: Root | None


def lines(book: Book, entries: Iterable[Entry]) -> Iterator[bytes]:
    """The file, line by line, each with its line break."""
    yield _text({"preau_audit": EDITION, "public_key": book.public.hex()})
    for root in book.roots:
        yield _text(root_line(root))
    for entry in entries:
        yield _text(entry_line(entry))
    if book.end is not None:
        yield _text(root_line(book.end, "end"))


def entry_line(entry: Entry) -> dict[str, Any]:
    """One entry as plain JSON."""
    said = entry._asdict()
    previous, digest = said.pop("previous"), said.pop("digest")
    return {"entry": said, "previous": previous.hex(), "digest": digest.hex()}


def root_line(root: Root, name: str = "root") -> dict[str, Any]:
    """One root as plain JSON; what is signed is the object under `name`, canonical."""
    return {name: orjson.loads(root.message()), "signature": root.signature.hex()}


def read_book(file: Path) -> Book:
    """Everything but the entries; raises `SetAside` (AUDIT_FILE) with the number of the line."""
    public, roots, end = b"", [], None
    for number, said in _read(file):
        if "entry" in said:
            continue
        try:
            if "preau_audit" in said:
                public = bytes.fromhex(said["public_key"])
            elif "end" in said:
                end = _root(said["end"], said)
            else:
                roots.append(_root(said["root"], said))
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(file, number) from error
    return Book(public, tuple(roots), end)


def read_entries(file: Path) -> Iterator[Entry]:
    """The entries, in the order of the file; raises `SetAside` (AUDIT_FILE) as `read_book` does."""
    for number, said in _read(file):
        if "entry" not in said:
            continue
        try:
            previous, digest = (bytes.fromhex(said[name]) for name in ("previous", "digest"))
            yield Entry(**said["entry"], previous=previous, digest=digest)
        except (KeyError, TypeError, ValueError) as error:
            raise _unreadable(file, number) from error


def _read(file: Path) -> Iterator[tuple[int, Line]]:
    try:
        with file.open("rb") as source:
            for number, line in enumerate(source, 1):
                yield number, _object(file, number, line)
    except OSError as error:
        fix = "give a file that `preau audit export` wrote"
        what = f"the file cannot be read: {error.strerror}"
        raise SetAside("AUDIT_FILE", what, where=Place(file=str(file)), fix=fix) from error


def _object(file: Path, number: int, line: bytes) -> Line:
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _unreadable(file, number) from error
    if not isinstance(said, dict):
        raise _unreadable(file, number)
    return said


def _root(signed: Mapping[str, Any], said: Line) -> Root:
    digests = {name: bytes.fromhex(signed[name]) for name in ("digest", "previous")}
    return Root(**{**signed, **digests}, signature=bytes.fromhex(said["signature"]))


def _unreadable(file: Path, number: int) -> SetAside:
    where, fix = Place(file=f"{file}:{number}"), "give a file that `preau audit export` wrote"
    return SetAside("AUDIT_FILE", "a line that is none of an audit file", where=where, fix=fix)


def _text(said: Mapping[str, Any]) -> bytes:
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)
