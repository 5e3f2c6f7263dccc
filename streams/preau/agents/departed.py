"""Whoever leaves one directory and comes in another keeps the person it was, in either order.

Only a certain key leads back, and only to a person of whom nothing else is left: who is one person
among those that are there is decided without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

import sqlalchemy as sa

from preau.broker.topics import PERSONAL_MS
from preau.store import persons, traces
from preau.store.persons import Entry, MatchKey
from preau.store.traces import Trace


class Speaks(Protocol):
    """The word of one source, as far as it is there or gone."""

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        ...


def part(
    connection: sa.Connection,
    known: Mapping[str, Entry],
    spoken: Mapping[str, Speaks],
    keys: Iterable[MatchKey],
    now_ms: int,
) -> None:
    """Keeps what those who leave were known by, as long as Kafka keeps what they said.

    `keys` are those by which anything was decided; whoever is back leaves no trace.
    """
    gone = {s: known[s].person for s in spoken.keys() & known.keys() if not known[s].deleted}
    gone = {source: person for source, person in gone.items() if spoken[source].deleted}
    back = {s for s in spoken.keys() & known.keys() if known[s].deleted and not spoken[s].deleted}
    traces.drop(connection, back)
    if gone:
        traces.sweep(connection, now_ms)
        mine = (key for key in keys if key.source in gone)
        until = now_ms + PERSONAL_MS
        traces.put(connection, (Trace(*key, gone[key.source], until) for key in mine))


def heirs(
    connection: sa.Connection, keys: Collection[MatchKey], gone: Collection[str], now_ms: int
) -> dict[str, dict[str, str]]:
    """Source → kind of key → the person who left, for those whose key leads to one.

    `keys` are those of sources that are new; `gone` are the sources that leave just now.
    """
    left = traces.found(connection, {(key.kind, key.value) for key in keys}, now_ms)
    people = {trace.person for trace in left}
    still = persons.living(connection, people)
    free = people - {entry.person for source, entry in still.items() if source not in gone}
    of_key: dict[tuple[str, str], str] = {}
    for trace in sorted(left):
        if trace.person in free:
            of_key.setdefault((trace.kind, trace.value), trace.person)
    found: dict[str, dict[str, str]] = {}
    for key in keys:
        if (person := of_key.get((key.kind, key.value))) is not None:
            found.setdefault(key.source, {})[key.kind] = person
    return found
