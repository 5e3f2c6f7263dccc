"""The step `identity`: which accounts and file entries are one person, decided and told on `link`.

State is in SQL, one transaction per batch; a repeat of the batch finds its own decisions there and
tells them again, word for word. Decisions on sources that did not speak themselves (another's word
moved them, or a person's ruling) are remembered until Kafka has them, and a fresh process tells
those first. What people ruled is read from SQL, where it is written first, and heard from Kafka,
which wakes the step; it is said again before Kafka forgets it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa

from preau.agents.deciding import Deciding
from preau.agents.hearing import PERSON, Hearing, Opens
from preau.agents.link_record import link
from preau.agents.ruling_record import told
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON, DAY_MS, PERSONAL_MS, RULING
from preau.clock import Clock
from preau.keys.likeness import Likeness
from preau.store import aliases, forgetting, origins, persons, rulings
from preau.store.persons import Entry
from preau.store.rulings import Ruling

RENEW_MS = 30 * DAY_MS
"""A ruling that holds is said again after so long: Kafka forgets what is personal after 83 days."""


class Identity:
    """Reads `preau.canon.person` and `preau.ruling`; one process works it."""

    name = "identity"

    def __init__(
        self,
        engine: sa.Engine,
        opener: Opens,
        likeness: Likeness,
        clock: Clock,
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._engine = engine
        self._hearing = Hearing(opener, likeness)
        self._clock = clock
        self._new_id = new_id
        self._handed: set[str] = set()
        self._told: set[str] = set()

    def topics(self) -> list[str]:
        """The topic of persons, and that of people's rulings."""
        return [CANON + PERSON, RULING]

    def opening(self) -> list[Output]:
        """What an earlier process could not hand over, and what people ruled meanwhile."""
        now = self._clock.now_ms()
        with self._engine.begin() as connection:
            rulings.sweep(connection, now - PERSONAL_MS)
            due = self._due(connection)
            ruled = {source for each in due for source in each.sources}
            decided = Deciding(connection, self._new_id, now).decided({}, {}, ruled)
            persons.put_moves(connection, decided.keys())
            owed = persons.entries(connection, persons.moves(connection))
            links = _links(connection, owed)
        self._handed |= owed.keys()
        return [*links, *(told(each) for each in due)]

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """The decisions on the people of a batch, and on whoever they or rulings touch."""
        spoken, heard, erased = self._hearing.heard(batch)
        now = self._clock.now_ms()
        with self._engine.begin() as connection:
            forgetting.forget_persons(connection, erased)
            rulings.put(connection, heard, now)
            due = self._due(connection)
            ruled = {source for each in (*heard, *due) for source in each.sources}
            known = persons.entries(connection, spoken)
            fresh = {
                s: p for s, p in spoken.items() if s not in known or p.version > known[s].version
            }
            decided = (
                Deciding(connection, self._new_id, now).decided(fresh, known, ruled)
                if fresh or ruled
                else {}
            )
            origins.put(connection, (each.origin for each in fresh.values()))
            moved = decided.keys() - spoken.keys()
            persons.put_moves(connection, moved)
            about = persons.entries(connection, ruled)
            links = _links(connection, {**known, **about, **decided})
        self._handed |= moved
        return [*links, *(told(each) for each in due)]

    def acknowledged(self) -> None:
        """Kafka has every decision and ruling that was handed over."""
        if self._handed or self._told:
            with self._engine.begin() as connection:
                persons.drop_moves(connection, self._handed)
                rulings.mark_said(connection, self._told, self._clock.now_ms())
            self._handed.clear()
            self._told.clear()

    def _due(self, connection: sa.Connection) -> list[Ruling]:
        """The rulings that are to be said, and are not on their way already."""
        due = rulings.due(connection, self._clock.now_ms() - RENEW_MS)
        new = [each for each in due if each.id not in self._told]
        self._told |= {each.id for each in new}
        return new


def _links(connection: sa.Connection, told: Mapping[str, Entry]) -> list[Output]:
    """The decisions as records, each with the ruling that it needed."""
    ruled = aliases.ruled(connection, told) if rulings.any_known(connection) else {}
    known = rulings.by_id(connection, {*ruled.values()})
    return [link(told[source], known.get(ruled.get(source, ""))) for source in sorted(told)]
