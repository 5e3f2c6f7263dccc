"""Keeps back what a cut instance, record type or UAI says, and lets it go on when that is over.

Records of projects and receipts always pass: they are the operator's own word, and the answers to
what had left before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.agents.happenings import HAPPENINGS
from preau.agents.statements import RECORDS
from preau.canon.codec import decode
from preau.store import kept_back, switches
from preau.store.cut_schools import groups_at, groups_of_documents, places_at
from preau.store.kept_back import KeptBack
from preau.store.switches import INSTANCE, RECORD, UAI, Cut

LINK, PERSON = "link", "person"
AT_ONCE = 2_000
"""Kept records that go on in one transaction."""


class Read(NamedTuple):
    """One readable arrival: its record, key and fields, and the bytes they were read from."""

    record: str
    key: str
    value: dict[str, Any]
    raw: bytes


def waits(connection: sa.Connection) -> bool:
    """Whether something is kept back that nothing holds any more."""
    return bool(kept_back.free(connection, _numbers(switches.cuts(connection)), 1))


def passing(connection: sa.Connection, read: Sequence[Read], now_ms: int) -> list[Read]:
    """What goes on now: first what was kept back and is free, then these; the rest is kept."""
    cuts = switches.cuts(connection)
    free = kept_back.free(connection, _numbers(cuts), AT_ONCE)
    kept_back.drop(connection, free)
    both = [*map(_again, free), *read]
    if not cuts:
        return both
    held = _held(connection, both, cuts)
    rows = (KeptBack(*both[at][:2], both[at].raw, cut, now_ms) for at, cut in held.items())
    kept_back.put(connection, rows)
    return [each for at, each in enumerate(both) if at not in held]


def _held(connection: sa.Connection, read: Sequence[Read], cuts: Sequence[Cut]) -> dict[int, int]:
    """Place in `read` → the number of the cut that holds it."""
    found: dict[int, int] = {}
    for cut in cuts:
        subject = [(at, each) for at, each in enumerate(read) if _may_be_cut(each)]
        for at in _KIND[cut.kind](connection, cut.target, subject):
            found.setdefault(at, cut.id)
    return found


_Subject = Sequence[tuple[int, Read]]


def _of_instance(_: sa.Connection, target: str, subject: _Subject) -> Iterator[int]:
    return (at for at, each in subject if each.key.startswith(f"{target}/"))


def _of_record(_: sa.Connection, target: str, subject: _Subject) -> Iterator[int]:
    record = LINK if target == PERSON else target  # what identity makes of what persons say
    return (at for at, each in subject if each.record == record)


def _of_uai(connection: sa.Connection, target: str, subject: _Subject) -> Iterator[int]:
    documents = {each.key for _, each in subject if each.record == "resource"}
    shared = groups_of_documents(connection, documents)
    named = {at: set(_groups(each, shared)) for at, each in subject}
    places = {at: set(_places(each)) for at, each in subject}
    groups = groups_at(connection, target, set().union(*named.values()))
    own = places_at(connection, target, set().union(*places.values()))
    return (at for at, _ in subject if named[at] & groups or places[at] & own)


_KIND: Mapping[str, Callable[[sa.Connection, str, _Subject], Iterator[int]]] = {
    INSTANCE: _of_instance,
    RECORD: _of_record,
    UAI: _of_uai,
}


def _may_be_cut(read: Read) -> bool:
    return read.record in RECORDS or read.record == LINK


def _groups(read: Read, shared: Mapping[str, set[str]]) -> Collection[str]:
    """The groups that a record is about."""
    if read.record in ("membership", "roster", "share"):
        return (read.value["group"],)
    if read.record in HAPPENINGS:
        return tuple(read.value["groups"])
    return (read.key,) if read.record == "group" else shared.get(read.key, ())


def _places(read: Read) -> Collection[str]:
    """The establishments that a record names."""
    if read.record == "group":
        return tuple(read.value["establishments"])
    return (read.value["uai"] or read.key,) if read.record == "establishment" else ()


def _again(row: KeptBack) -> Read:
    return Read(row.record, row.key, decode(row.value).value, row.value)


def _numbers(cuts: Sequence[Cut]) -> list[int]:
    return [each.id for each in cuts]
