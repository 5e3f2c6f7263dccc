"""Who is who, filled again: identity's own decisions first, then what its keys say beyond them.

A decision that Kafka holds is believed: people keep their ids. What it never got, and what was said
since the last one, is decided at the end, over all that is there.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from preau.agents.deciding import Deciding
from preau.agents.hearing import Hearing, Spoken
from preau.agents.ruled import settled
from preau.broker.records import Arrival
from preau.clock import Clock
from preau.store import forgetting, origins, persons, rulings
from preau.store.persons import Entry

_UNSEEN = -1
"""The version of an entry whose own record has not been read yet: any record is newer."""


class Recollecting:
    """First `decided` for every link, then `said` for every person and ruling, then `end`."""

    def __init__(
        self,
        engine: sa.Engine,
        hearing: Hearing,
        clock: Clock,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._engine = engine
        self._hearing = hearing
        self._clock = clock
        self._new_id = new_id
        self._unlike: dict[str, Spoken] = {}

    def decided(self, links: Iterable[Mapping[str, Any]]) -> None:
        """Keeps decisions (the fields of `link.v1`); of each source the last stays."""
        entries = {link["source"]: _entry(link) for link in links}
        with self._engine.begin() as connection:
            known = persons.entries(connection, entries)
            last = [
                each
                for source, each in entries.items()
                if source not in known or each.decisions >= known[source].decisions
            ]
            persons.put_entries(connection, last)

    def said(self, batch: Sequence[Arrival]) -> None:
        """Keeps what people are known by, and what was ruled; whoever is erased is forgotten."""
        spoken, heard, erased = self._hearing.heard(batch)
        self._unlike = {s: each for s, each in self._unlike.items() if s not in erased}
        with self._engine.begin() as connection:
            forgetting.forget_persons(connection, erased)
            rulings.put(connection, heard, self._clock.now_ms())
            known = persons.entries(connection, spoken)
            new = {
                s: each
                for s, each in spoken.items()
                if each.version > (known[s].version if s in known else self._seen(s))
            }
            held = persons.keys_of(connection, new)
            persons.put_keys(connection, held, [k for each in new.values() for k in each.keys])
            self._unlike |= {s: e for s, e in new.items() if s not in known}
            seen = [known[s]._replace(version=e.version) for s, e in new.items() if s in known]
            persons.put_entries(connection, seen)
            origins.put(connection, (each.origin for each in new.values()))
            self._note_deaths(known, new)

    def end(self) -> None:
        """Decides what nobody decided; it is owed to Kafka, and told at the next start."""
        with self._engine.begin() as connection:
            work = Deciding(connection, self._new_id, self._clock.now_ms())
            known = persons.entries(connection, self._unlike)
            decided = work.decided(self._unlike, known, ())
            decided |= work.decided({}, {}, _at_odds(connection))
            persons.put_moves(connection, decided.keys())
        self._unlike = {}

    def _seen(self, source: str) -> int:
        return self._unlike[source].version if source in self._unlike else _UNSEEN

    def _note_deaths(self, known: Mapping[str, Entry], new: Mapping[str, Spoken]) -> None:
        """Those who came or went since the last decision on them."""
        for source in new.keys() & known.keys():
            self._unlike.pop(source, None)
            if known[source].deleted != new[source].deleted:
                self._unlike[source] = new[source]


def _entry(link: Mapping[str, Any]) -> Entry:
    gone = link["decision"] == "UNLINKED"
    decided = link["person"], link["rule"], link["version"], link["at"]
    return Entry(link["source"], _UNSEEN, gone, *decided)


def _at_odds(connection: sa.Connection) -> set[str]:
    """The sources whose persons are not what keys and rulings say, over all that is there."""
    people = persons.every_person(connection)
    holding = [each for each in rulings.every(connection) if not each.undone_at]
    families, _ = settled(people, persons.every_key(connection), holding)
    odd: set[str] = set()
    taken: set[str] = set()
    for family in families:
        names = {people[source] for source in family}
        if len(names) > 1 or names & taken:
            odd.update(family)
        taken |= names
    return odd
