"""The pupils who come and go in a set, and how the hub recognises them. Nothing is linked here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from preau.imports.rehearsal_schools import Schools
from preau.imports.rehearsed import CERTAIN, SHOWN, UNKNOWN, Passage, ToConfirm
from preau.store import persons, traces
from preau.store.enrolments import Enrolment, School, enrolments
from preau.store.likely import ALIKE, POSSIBLE, PROBABLE, continuity, contradicted
from preau.store.persons import NAME_BIRTH, MatchKey, chunks
from preau.store.traces import Trace

RULES = ("national_ref", "ine_digest")
"""The certain rules for pupils, the stronger first."""
FIRST, SECOND = "FIRST", "SECOND"
_ECOLE = frozenset({"TPS", "PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2"})
_COLLEGE = frozenset({"SIXIEME", "CINQUIEME", "QUATRIEME", "TROISIEME", "SEGPA"})
_CHUNK = 500


class Newcomer(NamedTuple):
    """One pupil whom the source did not have: number, place and keys of the set."""

    number: str
    source: str
    place: str
    keys: tuple[MatchKey, ...]


class Leaver(NamedTuple):
    """One pupil whom the source has no longer."""

    source: str
    place: str


class Recognised(NamedTuple):
    """Who a pupil is, as far as the hub can say, and the other school and its degree (or none)."""

    assurance: str
    rule: str
    school: School | None = None
    degree: str = ""


class Movements(NamedTuple):
    """By place: who comes and goes by which rule, and the numbers to look at (`more` not shown)."""

    arrivals: Mapping[str, tuple[Passage, ...]]
    departures: Mapping[str, tuple[Passage, ...]]
    to_confirm: Mapping[str, Sequence[ToConfirm]]
    more: Mapping[str, int]


class Recognition:
    """Sets newcomers and leavers against what the hub knows."""

    def __init__(
        self, connection: sa.Connection, schools: Schools, instance: str, degree: str, now_ms: int
    ) -> None:
        self._connection = connection
        self._schools = schools
        self._mine = f"{instance}/"
        self._degree = degree
        self._now_ms = now_ms

    def movements(
        self,
        newcomers: Sequence[Newcomer],
        leavers: Sequence[Leaver],
        groups_of: Mapping[str, Sequence[str]],
    ) -> Movements:
        """Everything, a few hundred pupils at a time."""
        came: dict[str, Counter[Recognised]] = {}
        shown: dict[str, list[ToConfirm]] = {}
        more: Counter[str] = Counter()
        gone = {each.source for each in leavers}
        for start in range(0, len(newcomers), _CHUNK):
            piece = newcomers[start : start + _CHUNK]
            for one, found in zip(piece, self._recognise(piece, groups_of, gone), strict=True):
                came.setdefault(one.place, Counter())[found] += 1
                if found.assurance in {PROBABLE, POSSIBLE}:
                    other = found.school.uai if found.school else ""
                    told = shown.setdefault(one.place, [])
                    if len(told) < SHOWN:
                        told.append(ToConfirm(one.number, found.assurance, found.rule, other))
                    else:
                        more[one.place] += 1
        homes = self._schools.named(self._connection, {*came, *(each.place for each in leavers)})
        here = {place: degree_of(school) or self._degree for place, school in homes.items()}
        arrivals = {place: _passages(counts, after=here[place]) for place, counts in came.items()}
        departures = {
            place: _passages(counts, before=here[place])
            for place, counts in self._departures(leavers, homes).items()
        }
        return Movements(arrivals, departures, shown, more)

    def _recognise(
        self,
        piece: Sequence[Newcomer],
        groups_of: Mapping[str, Sequence[str]],
        gone: Collection[str],
    ) -> list[Recognised]:
        connection = self._connection
        held = self._holders(piece)
        others = {source for each in held.values() for source in each}
        people = persons.entries(connection, others)
        living = persons.living(connection, {entry.person for entry in people.values()})
        before = enrolments(connection, living)
        wanted = {one.source: groups_of.get(one.source, ()) for one in piece}
        left = self._departed(piece, held)
        person_of = {trace.source: trace.person for trace in left}
        keys = [*persons.keys_of(connection, living), *(MatchKey(*trace[:3]) for trace in left)]
        known = _Known(
            {source: entry.person for source, entry in people.items()} | person_of,
            _by_person({source: entry.person for source, entry in living.items()} | person_of),
            before,
            _by_source(keys),
            self._schools.enrolments(connection, wanted),
            frozenset(s for s in living if s.startswith(self._mine) and s not in gone),
        )
        return [known.who(one, held) for one in piece]

    def _departed(
        self, piece: Sequence[Newcomer], held: dict[tuple[str, str], set[str]]
    ) -> list[Trace]:
        """What those were known by of whom nothing else is left; their keys join `held`."""
        wanted = {(key.kind, key.value) for one in piece for key in one.keys if key.kind in RULES}
        found = traces.found(self._connection, wanted - held.keys(), self._now_ms)
        still = persons.living(self._connection, {trace.person for trace in found})
        people = {entry.person for entry in still.values()}
        gone = [trace for trace in found if trace.person not in people]
        for trace in gone:
            held.setdefault((trace.kind, trace.value), set()).add(trace.source)
        return traces.of(self._connection, {trace.source for trace in gone})

    def _holders(self, piece: Sequence[Newcomer]) -> dict[tuple[str, str], set[str]]:
        """(kind, value) → the other sources that have that key."""
        mine = {one.source for one in piece}
        held: dict[tuple[str, str], set[str]] = {}
        for kind in (*RULES, NAME_BIRTH):
            values = {key.value for one in piece for key in one.keys if key.kind == kind}
            for key in persons.holders(self._connection, kind, values):
                if key.source not in mine:
                    held.setdefault((kind, key.value), set()).add(key.source)
        return held

    def _departures(
        self, leavers: Sequence[Leaver], homes: Mapping[str, School]
    ) -> dict[str, Counter[Recognised]]:
        """By place, where those who leave are known to be already."""
        found: dict[str, Counter[Recognised]] = {}
        place_of = {each.source: each.place for each in leavers}
        for chunk in chunks(sorted(place_of)):
            entries = persons.entries(self._connection, chunk)
            around = persons.living(self._connection, {e.person for e in entries.values()})
            others = {s: e for s, e in around.items() if not s.startswith(self._mine)}
            at = enrolments(self._connection, others)
            sources = _by_person({source: entry.person for source, entry in others.items()})
            for source in chunk:
                place, entry = place_of[source], entries.get(source)
                person = "" if entry is None else entry.person
                where = [e for other in sources.get(person, ()) for e in at.get(other, ())]
                next_ = next((e for e in where if e.school.uai != homes[place].uai), None)
                told = Recognised(UNKNOWN, "")
                if next_ is not None:
                    rule, degree = others[next_.source].rule, degree_of(*next_[1:])
                    told = Recognised(CERTAIN, rule, next_.school, degree)
                found.setdefault(place, Counter())[told] += 1
        return found


class _Known(NamedTuple):
    """What the hub holds of those who may be the pupils of one piece."""

    person_of: Mapping[str, str]
    sources_of: Mapping[str, Sequence[str]]
    before: Mapping[str, tuple[Enrolment, ...]]
    keys: Mapping[str, Sequence[MatchKey]]
    after: Mapping[str, tuple[Enrolment, ...]]
    staying: frozenset[str]

    def who(self, one: Newcomer, held: Mapping[tuple[str, str], set[str]]) -> Recognised:
        """By the strongest rule that says anything."""
        for rule in RULES:
            for key in one.keys:
                if key.kind == rule and (key.kind, key.value) in held:
                    sources = held[key.kind, key.value]
                    people = {self.person_of[s] for s in sources if s in self.person_of}
                    return self._recognised(CERTAIN, rule, people, one)
        return self._alike(one, held)

    def _alike(self, one: Newcomer, held: Mapping[tuple[str, str], set[str]]) -> Recognised:
        may_be: set[str] = set()
        for key in one.keys:
            if key.kind == NAME_BIRTH:
                sources = held.get((key.kind, key.value), set())
                may_be |= {self.person_of[s] for s in sources if s in self.person_of}
        people = {person for person in may_be if not self._another(one, person)}
        if not people:
            return Recognised(UNKNOWN, "")
        if len(people) > 1:
            return Recognised(POSSIBLE, ALIKE)
        was = [e for s in self._all_of(people) for e in self.before.get(s, ())]
        rule = continuity(was, self.after.get(one.source, ()))
        return self._recognised(PROBABLE if rule else POSSIBLE, rule or ALIKE, people, one)

    def _another(self, one: Newcomer, person: str) -> bool:
        """Whether the sources say that this person is somebody else."""
        theirs = set(self.sources_of.get(person, ()))
        if theirs & self.staying:
            return True  # the set itself says both
        return contradicted(one.keys, [key for s in theirs for key in self.keys.get(s, ())])

    def _recognised(self, assurance: str, rule: str, people: set[str], one: Newcomer) -> Recognised:
        """With the school until now: another than the one it comes to, if any."""
        sources = self._all_of(people)
        was = [each for source in sources for each in self.before.get(source, ())]
        here = {each.school.uai for each in self.after.get(one.source, ())}
        elsewhere = [each for each in was if each.school.uai not in here]
        other = next(iter([*elsewhere, *was]), None)
        if other is not None:
            return Recognised(assurance, rule, other.school, degree_of(*other[1:]))
        refs = [key.value for s in sources for key in self.keys.get(s, ()) if key.kind == RULES[0]]
        degrees = {ref.split("/")[1] for ref in refs}
        return Recognised(assurance, rule, None, degrees.pop() if len(degrees) == 1 else "")

    def _all_of(self, people: set[str]) -> list[str]:
        return sorted(s for person in people for s in self.sources_of.get(person, ()))


def _by_source(keys: Sequence[MatchKey]) -> dict[str, list[MatchKey]]:
    found: dict[str, list[MatchKey]] = {}
    for key in keys:
        found.setdefault(key.source, []).append(key)
    return found


def _by_person(person_of: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source, person in person_of.items():
        found.setdefault(person, []).append(source)
    return found


def degree_of(school: School, levels: Collection[str] = ()) -> str:
    """FIRST or SECOND, by what the school is, else by the levels of its class; empty if neither."""
    if school.kind.startswith("ECOLE") or not _ECOLE.isdisjoint(levels):
        return FIRST
    return SECOND if school.kind == "COLLEGE" or not _COLLEGE.isdisjoint(levels) else ""


def _passages(
    counts: Mapping[Recognised, int], *, before: str = "", after: str = ""
) -> tuple[Passage, ...]:
    """The counts, those of one other school together, beside the degree that is known."""
    told: Counter[tuple[bool, tuple[str, str, str]]] = Counter()
    for found, count in counts.items():
        up = (before or found.degree, after or found.degree) == (FIRST, SECOND)
        other = found.school.uai if found.school else ""
        told[up, (other, found.assurance, found.rule)] += count
    return tuple(
        Passage(*passage, count, degrees=up) for (up, passage), count in sorted(told.items())
    )
