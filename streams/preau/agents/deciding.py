"""One batch of the step `identity`, decided inside its transaction: who is whom afterwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from preau.agents.departed import heirs, part
from preau.agents.hearing import Spoken
from preau.agents.matching import ALONE, CERTAIN, deciding, named
from preau.agents.ruled import Why, settled
from preau.store import aliases, persons, rulings
from preau.store.persons import Entry, MatchKey
from preau.store.rulings import DIFFERENT, Ruling

_UNKNOWN = Entry("", 0, deleted=True, person="", rule=ALONE, decisions=0, at=0)
Around = tuple[dict[str, Entry], list[Ruling]]
"""Who may be moved, by source, and every ruling on them."""


class Deciding:
    """The decisions of one transaction; `now_ms` is when they are taken, in ms since 1970."""

    def __init__(self, connection: sa.Connection, new_id: Callable[[], str], now_ms: int) -> None:
        self._connection = connection
        self._new_id = new_id
        self._now = now_ms
        self._ruled = rulings.any_hold(connection)
        self._apart = self._ruled and rulings.any_apart(connection)

    def decided(
        self, fresh: Mapping[str, Spoken], known: Mapping[str, Entry], ruled: Collection[str]
    ) -> dict[str, Entry]:
        """New entries of whoever spoke anew, and of everybody whom that or a ruling moves.

        `known` are the entries of those who spoke; `ruled` the sources of rulings just heard.
        """
        if ruled:  # one that was undone is as much a reason to look around as one that holds
            self._ruled = self._apart = True
        held = persons.keys_of(self._connection, fresh)
        stirring = _stirring(fresh, known, held)
        decided = {
            source: known[source]._replace(version=each.version)
            for source, each in fresh.items()
            if source not in stirring
        }
        if stirring or ruled:
            met = self._met(stirring, known, held, ruled)
            decided |= self._settled(stirring, met)
        persons.put_entries(self._connection, decided.values())
        return decided

    def _met(
        self,
        stirring: Mapping[str, Spoken],
        known: Mapping[str, Entry],
        held: Sequence[MatchKey],
        ruled: Collection[str],
    ) -> dict[str, Entry]:
        """Writes the keys of whoever stirs; the known entries that they meet, and their own."""
        said = [key for each in stirring.values() for key in each.keys]
        # without a ruling, whoever shares a key that was held is of the same person, and found so
        sharing = deciding([*said, *held] if self._ruled else said)
        touched = persons.sources_with(self._connection, sharing) | {*ruled}
        persons.put_keys(self._connection, [key for key in held if key.source in stirring], said)
        part(self._connection, known, stirring, deciding(held), self._now)
        spoke = {source: known[source] for source in stirring.keys() & known.keys()}
        return {**persons.entries(self._connection, touched - stirring.keys()), **spoke}

    def _settled(
        self, stirring: Mapping[str, Spoken], met: Mapping[str, Entry]
    ) -> dict[str, Entry]:
        """New entries for whoever stirred, and for those of the same people whom that moves."""
        around, ruled = self._around(met, stirring)
        held = {**around, **met}
        alive = around.keys() - stirring.keys()
        alive |= {source for source, each in stirring.items() if not each.deleted}
        gone = {source: each for source, each in stirring.items() if each.deleted}
        found = self._regrouped(alive, held, ruled, gone)
        decided = self._moved(found, held, stirring)
        return decided | {s: self._gone(each, held.get(s)) for s, each in gone.items()}

    def _around(self, met: Mapping[str, Entry], stirring: Collection[str]) -> Around:
        """Every source of the people met; with rulings, as far as they and the keys reach."""
        connection = self._connection
        around = persons.living(connection, {each.person for each in met.values()})
        if not self._ruled:
            return around, []
        while True:
            names = {*around, *met, *stirring}
            found = rulings.holding(connection, names)
            reach = {s for each in found if each.kind != DIFFERENT for s in each.sources}
            if self._apart:  # two people may share a key then
                keys = persons.keys_of(connection, names)
                reach |= persons.sources_with(connection, deciding(keys))
            new = persons.entries(connection, reach - names).values()
            people = {each.person for each in new if not each.deleted}
            if not people:
                return around, found
            around |= persons.living(connection, people)

    def _regrouped(
        self,
        alive: set[str],
        held: Mapping[str, Entry],
        ruled: Sequence[Ruling],
        gone: Collection[str],
    ) -> dict[str, tuple[str, Why]]:
        """Source → (person, why) of everybody whom the batch may have moved."""
        keys = persons.keys_of(self._connection, alive)
        people = {source: entry.person for source, entry in held.items()}
        new = [key for key in deciding(keys) if key.source not in people]
        left = heirs(self._connection, new, gone, self._now)
        families, why = settled(alive, keys, ruled)
        found = named(families, people, self._new_id, left, self._former(families, people))
        led = {source: Why(_led_by(left[source], found[source])) for source in left}
        shared = {**led, **why}
        return {
            source: (person, shared.get(source, Why(ALONE))) for source, person in found.items()
        }

    def _former(
        self, families: Iterable[Sequence[str]], held: Mapping[str, str]
    ) -> dict[str, list[str]]:
        """Source → the people that it was and nobody is, the last first; only where one splits."""
        wanted = [{held[source] for source in family if source in held} for family in families]
        wanted = [people for people in wanted if people]
        if len(wanted) <= len({person for people in wanted for person in people}):
            return {}
        past = aliases.past(self._connection, held)
        living = persons.living(self._connection, {each.person for each in past})
        taken = {entry.person for entry in living.values()} | {*held.values()}
        found: dict[str, list[str]] = {}
        for each in past:
            if each.person not in taken:
                found.setdefault(each.source, []).append(each.person)
        return found

    def _moved(
        self,
        found: Mapping[str, tuple[str, Why]],
        held: Mapping[str, Entry],
        stirring: Mapping[str, Spoken],
    ) -> dict[str, Entry]:
        """New entries for whoever stirred or moved; a decision that stands is not taken again."""
        by = aliases.ruled(self._connection, found) if self._marked() else {}
        moved, past = {}, []
        for source, (person, why) in found.items():
            before = held.get(source) or _UNKNOWN
            version = stirring[source].version if source in stirring else before.version
            stood = (before.person, before.rule, before.deleted, by.get(source, ""))
            if stood != (person, why.rule, False, why.ruling):
                entry = (source, version, False, person, why.rule, before.decisions + 1, self._now)
                moved[source] = Entry(*entry)
                past += [before] if before.person not in {"", person} else []
            elif source in stirring:
                moved[source] = before._replace(version=version)
        aliases.add(self._connection, past, by, self._now)
        wanted = {source: found[source][1].ruling for source in moved}
        aliases.put_ruled(self._connection, {s: r for s, r in wanted.items() if r != by.get(s, "")})
        return moved

    def _marked(self) -> bool:
        """Whether any source may be what it is by a ruling."""
        return self._ruled or rulings.any_known(self._connection)

    def _gone(self, spoken: Spoken, before: Entry | None) -> Entry:
        person = before.person if before is not None else self._new_id()
        count = before.decisions if before is not None else 0
        entry = (spoken.source, spoken.version, True, person, ALONE, count + 1)
        return Entry(*entry, at=self._now)


def _stirring(
    fresh: Mapping[str, Spoken], known: Mapping[str, Entry], held: Iterable[MatchKey]
) -> dict[str, Spoken]:
    """Those whose word may change who is one person: a daily import says the same of most."""
    keys: dict[str, set[MatchKey]] = {}
    for key in held:
        keys.setdefault(key.source, set()).add(key)
    return {
        source: each
        for source, each in fresh.items()
        if source not in known
        or known[source].deleted != each.deleted
        or keys.get(source, set()) != set(each.keys)
    }


def _led_by(left: Mapping[str, str], person: str) -> str:
    """The strongest rule by which a source is someone who left, if it became that person."""
    return next((rule for rule in CERTAIN if left.get(rule) == person), ALONE)
