"""Goes along an audit chain and finds the first place where it is not what was written. Pure.

A change is found at its exact entry as long as what follows vouches for what was there: each entry
holds the digest of the one before. Whoever writes the whole rest of a day anew is found by the
signed root of that day; whoever cuts the tail off too, by a root that somebody else holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from preau.store.audit_chain import BEGINNING, GENESIS, Entry, Link, Root, digest_of

CHANGED, MISSING, INSERTED, MOVED = "CHANGED", "MISSING", "INSERTED", "MOVED"
CUT, REWRITTEN, FORGED_ROOT = "CUT", "REWRITTEN", "FORGED_ROOT"


class Fault(NamedTuple):
    """The first thing that is wrong; `first` to `last` are the numbers of the entries it is in."""

    kind: str
    first: int
    last: int

    def __str__(self) -> str:
        where = f"entry {self.first}"
        if self.last != self.first:
            where = f"entries {self.first} to {self.last}"
        return f"{where}: {_WORDS[self.kind]}"


_WORDS = {
    CHANGED: "its content or its digest was changed",
    MISSING: "it was deleted",
    INSERTED: "a foreign entry was inserted here",
    MOVED: "it stands elsewhere",
    CUT: "the end of the chain was cut off from here on",
    REWRITTEN: "the chain was written anew somewhere in there",
    FORGED_ROOT: "the root of their day is missing, or was not signed by this hub",
}


class Proof(NamedTuple):
    """What was gone through, up to the fault if there is one."""

    entries: int
    roots: int
    fault: Fault | None


class Held(NamedTuple):
    """What the chain is compared with: the roots, and the places that it must pass.

    `end` is where its writers left it, if that is known; `outside` are roots kept by others; from
    the day `kept_from` on, no entry may have been forgotten yet.
    """

    public: bytes
    roots: Sequence[Root]
    end: Link | None
    outside: Sequence[Root] = ()
    kept_from: str = "9999-12-31"


def prove(entries: Iterable[Entry], held: Held) -> Proof:
    """The first fault of a chain, or none; entries before the first one given have only roots."""
    fault = _roots(held)
    if fault is not None:
        return Proof(0, 0, fault)
    walk = _Walk(entries, held)
    fault = walk.fault()
    return Proof(walk.passed, len(held.roots), fault)


def _roots(held: Held) -> Fault | None:
    before, digest = BEGINNING.seq, GENESIS
    for root in held.roots:
        whole = root.first == before + 1 <= root.last and root.previous == digest
        if not whole or not root.genuine(held.public):
            return Fault(FORGED_ROOT, before + 1, max(root.last, before + 1))
        before, digest = root.last, root.digest
    for root in held.outside:
        if not root.genuine(held.public):
            return Fault(FORGED_ROOT, root.first, root.last)
    return None


class _Walk:
    """One pass; looks one entry ahead, to tell which of two neighbours was changed."""

    def __init__(self, entries: Iterable[Entry], held: Held) -> None:
        self._rest = iter(entries)
        self._marks = _marks(held)
        self._held = held
        self._last, self._before = BEGINNING, b""
        self._sure = BEGINNING.seq
        self._ahead: Entry | None = None
        self.passed = 0

    def fault(self) -> Fault | None:
        self._ahead = next(self._rest, None)
        self._last = self._start()
        self._sure = self._last.seq
        if found := self._forgotten():
            return found
        while (entry := self._ahead) is not None:
            self._ahead = next(self._rest, None)
            found = self._wrong(entry)
            if found is not None:
                return found
            self._last, self._before = Link(entry.seq, entry.digest), self._last.digest
            self.passed += 1
        missing = [seq for seq in self._marks if seq > self._last.seq]
        return Fault(CUT, self._last.seq + 1, max(missing)) if missing else None

    def _start(self) -> Link:
        """The root after which the entries begin: those before were forgotten with time."""
        before = self._ahead.seq - 1 if self._ahead is not None else None
        found = [r for r in self._held.roots if before is None or r.last == before]
        return Link(found[-1].last, found[-1].digest) if found else BEGINNING

    def _forgotten(self) -> Fault | None:
        """What is wrong with the days that have nothing but their roots."""
        for root in self._held.roots:
            if root.last <= self._last.seq and root.day >= self._held.kept_from:
                return Fault(MISSING, root.first, self._last.seq)
        gone = {root.last: root.digest for root in self._held.roots if root.last <= self._last.seq}
        for root in self._held.outside:
            if gone.get(root.last, root.digest) != root.digest:
                return Fault(REWRITTEN, root.first, root.last)
        return None

    def _wrong(self, entry: Entry) -> Fault | None:
        due = self._last.seq + 1
        if entry.previous == self._before != self._last.digest:
            return Fault(INSERTED, due - 1, due - 1)  # this one knows nothing of the one before
        if entry.seq != due:
            return self._out_of_place(entry, due)
        if digest_of(entry) != entry.digest:
            return Fault(CHANGED, due, due)
        if entry.previous != self._last.digest:
            mine = self._last.seq > self._sure and self._vouched(entry)
            return Fault(CHANGED, due - 1, due - 1) if mine else Fault(CHANGED, due, due)
        return self._passes_mark(entry)

    def _out_of_place(self, entry: Entry, due: int) -> Fault:
        if entry.seq < due:
            return Fault(INSERTED, due, due)
        later = self._ahead is not None and self._ahead.seq == due
        later = later or any(each.seq == due for each in self._rest)
        return Fault(MOVED if later else MISSING, due, due)

    def _vouched(self, entry: Entry) -> bool:
        """Whether something after this entry, or a mark, holds its digest."""
        if self._ahead is not None:
            return self._ahead.previous == entry.digest
        return entry.digest in self._marks.get(entry.seq, ())

    def _passes_mark(self, entry: Entry) -> Fault | None:
        marks = self._marks.get(entry.seq)
        if marks is None:
            return None
        if any(mark != entry.digest for mark in marks):
            return self._misses(entry, marks)
        self._sure = entry.seq
        return None

    def _misses(self, entry: Entry, marks: Collection[bytes]) -> Fault:
        """An entry that fits what came before and not its mark: the one after it may tell why."""
        told = self._ahead.previous if self._ahead is not None else entry.digest
        if told == self._last.digest:
            return Fault(INSERTED, entry.seq, entry.seq)
        if told != entry.digest and told in marks:
            return Fault(CHANGED, entry.seq, entry.seq)
        return Fault(REWRITTEN, self._sure + 1, entry.seq)


def _marks(held: Held) -> Mapping[int, set[bytes]]:
    """Number → the digests that its entry must have, by whoever says so."""
    marks: dict[int, set[bytes]] = {}
    for seq, digest in _places(held):
        marks.setdefault(seq, set()).add(digest)
    return marks


def _places(held: Held) -> Iterator[Link]:
    yield from (Link(root.last, root.digest) for root in (*held.roots, *held.outside))
    if held.end is not None and held.end.seq:
        yield held.end
