"""The keys of the bench's pupils: a real SQLite file that holds each of them wrapped, as the hub's.

They are made before any clock starts: what is measured is a hub that has met its pupils before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import islice

from preau.keys.master import MasterKey
from preau.keys.seal import SubjectKey
from preau.store.database import open_database, prepare
from preau.store.subject_keys import SubjectKeys

_CHUNK = 1_000


def open_book(file: str) -> SubjectKeys:
    """The book in this file, which is made when absent."""
    engine = open_database(f"sqlite:///{file}")
    prepare(engine)
    return SubjectKeys(engine, MasterKey(bytes(range(32))))


def make_keys(file: str, subjects: Iterable[str]) -> dict[str, SubjectKey]:
    """The key of each subject, made when there is none."""
    book, rest = open_book(file), iter(subjects)
    found: dict[str, SubjectKey] = {}
    while chunk := list(islice(rest, _CHUNK)):
        found.update(book.keys(chunk))
    return found


class Held:
    """A book whose keys are all in memory already."""

    def __init__(self, keys: Mapping[str, SubjectKey]) -> None:
        self._keys = keys

    def keys(self, subjects: Collection[str]) -> Mapping[str, SubjectKey]:
        return {subject: self._keys[subject] for subject in subjects}

    def by_kid(self, kids: Collection[bytes]) -> Mapping[bytes, bytes]:
        return {key.kid: key.key for key in self._keys.values() if key.kid in kids}
