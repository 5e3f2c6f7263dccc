"""The rehearsal of a rentrée: what a September set would change, heard while it is compared.

It only reads: the last state of the source, and what the hub holds in SQL. Nothing is kept or sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from preau.canon.draft import Draft
from preau.imports.draft_values import personal, values
from preau.imports.guard import Alarm
from preau.imports.rehearsal_classes import Classes
from preau.imports.rehearsal_projects import Projects
from preau.imports.rehearsal_pupils import (
    FIRST,
    SECOND,
    Leaver,
    Movements,
    Newcomer,
    Recognition,
)
from preau.imports.rehearsal_schools import CLASS, Group, Schools, is_pupil
from preau.imports.rehearsed import Classroom, Rehearsed, SchoolYear
from preau.imports.source import Source
from preau.imports.tally import Where
from preau.keys.likeness import Likeness
from preau.store.imports import REFUSED, ImportRun
from preau.store.persons import NAME_BIRTH, MatchKey
from preau.store.snapshots import Mark

_PUPILS = frozenset({"Eleve", "ELEVE"})
"""The categories of pupils in the State's files, when no pupil of the set changes."""
_DEGREES = {"first": FIRST, "second": SECOND}


class Rehearsal:
    """Listens to one import that is not kept; then `report`."""

    def __init__(self, engine: sa.Engine, source: Source, likeness: Likeness) -> None:
        instance = source.instance
        self._engine = engine
        self._instance = instance
        self._degree = _DEGREES.get(source.connector.card.degree, "")
        self._likeness = likeness
        self._schools = Schools(instance)
        self._classes = Classes(engine, self._schools)
        self._groups_of: dict[str, list[str]] = {}
        self._newcomers: list[Newcomer] = []
        self._removed: list[Mark] = []
        self._moved: Counter[tuple[str, str]] = Counter()
        self._categories = set(_PUPILS)
        self._counts: Mapping[Where, int] = {}
        self._alarms: tuple[Alarm, ...] = ()
        with engine.connect() as connection:
            self._projects = Projects(connection, instance)
        self._classes.watch(self._projects.groups)

    def said(
        self, new: Mark, old: Mark | None, drafts: Sequence[Draft], gone: Sequence[str]
    ) -> None:
        """Notes what an object says now."""
        before = frozenset(old.keys.split("\n")) if old is not None else frozenset()
        for draft in drafts:
            key = draft.key.decode()
            if draft.record in {"group", "establishment"}:
                self._schools.say(draft.record, key, values(draft))
            elif draft.record == "membership":
                self._member(key, values(draft), before)
            elif draft.record == "person":
                self._person(new, old, draft)
        self._lose(gone)

    def gone(self, old: Mark) -> None:
        """Notes an object that is no more."""
        self._lose(old.keys.split("\n") if old.keys else ())
        self._removed.append(old)

    def ended(self, before: Mapping[Where, int], raised: Sequence[Alarm]) -> None:
        """Notes what the set was compared with."""
        self._counts, self._alarms = before, tuple(raised)

    def report(self, run: ImportRun) -> Rehearsed:
        """What was heard, set against what the hub holds; `run` is what the import came to."""
        refused = "\n".join(run.reasons) if run.state == REFUSED else ""
        told = (run.instance, run.connector, str(run.result.get("day", "")), refused)
        aside = tuple(sorted(run.result.get("set_aside", {}).items()))
        if refused:
            return Rehearsed(*told, aside, (), (), ())
        uai = str(run.result.get("uai", ""))
        with self._engine.connect() as connection:
            fates = self._classes.fates(connection, uai)
            leavers = [
                Leaver(f"{self._instance}/{mark.id}", mark.place or uai)
                for mark in self._removed
                if mark.category in self._categories
            ]
            newcomers = [one._replace(place=one.place or uai) for one in self._newcomers]
            mine = (self._schools, self._instance, self._degree)
            recognition = Recognition(connection, *mine, run.began)
            moves = recognition.movements(newcomers, leavers, self._groups_of)
            schools = self._by_school(connection, fates, moves, uai)
            alarms = self._at(connection, uai)
        gone = {f"{self._instance}/{mark.id}" for mark in self._removed}
        touched = tuple(self._projects.touched(fates, self._classes, gone))
        return Rehearsed(*told, aside, schools, alarms, touched)

    def _lose(self, keys: Sequence[str]) -> None:
        for each in keys:
            record, _, key = each.partition(" ")
            self._classes.lose(record, f"{self._instance}/{key}")

    def _member(self, key: str, value: Mapping[str, Any], before: frozenset[str]) -> None:
        if not is_pupil(value):
            return
        self._groups_of.setdefault(value["member"], []).append(value["group"])
        if f"membership {key.partition('/')[2]}" not in before:
            self._classes.enter(value["group"], value["member"])

    def _person(self, new: Mark, old: Mark | None, draft: Draft) -> None:
        value = values(draft)
        if value["profile"] != "PUPIL" or value["meta"]["deleted"]:
            return
        self._categories.add(new.category)
        if old is None:
            source = draft.key.decode()
            keys = tuple(self._keys(source, value, personal(draft)))
            self._newcomers.append(Newcomer(new.id, source, new.place, keys))
        elif old.place != new.place:
            self._moved[old.place, new.place] += 1

    def _keys(
        self, source: str, value: Mapping[str, Any], clear: Mapping[str, Any]
    ) -> list[MatchKey]:
        """What the pupil may be recognised by, as identity keeps it."""
        found = []
        ref = value["national_ref"]
        if ref is not None and ref["academy"] and ref["jointure"]:
            whole = f"{ref['academy']}/{ref['degree']}/{ref['jointure']}"
            found.append(MatchKey(source, "national_ref", whole))
        if clear.get("ine_digest"):
            found.append(MatchKey(source, "ine_digest", clear["ine_digest"]))
        alike = self._likeness.of(clear) if clear else None
        return [*found, MatchKey(source, NAME_BIRTH, alike)] if alike else found

    def _by_school(
        self,
        connection: sa.Connection,
        fates: Mapping[str, tuple[Group, Classroom]],
        moves: Movements,
        uai: str,
    ) -> tuple[SchoolYear, ...]:
        pupils = Counter[str]()
        for (category, place), count in self._counts.items():
            if category in self._categories:
                pupils[place or uai] += count
        places = {*pupils, *moves.arrivals, *moves.departures}
        places |= {place for pair in self._moved for place in pair}
        rooms: dict[str, list[tuple[Group, Classroom]]] = {}
        for group, room in fates.values():
            for place in group.places:
                rooms.setdefault(place, []).append((group, room))
        named = self._schools.named(connection, places | rooms.keys())
        years: dict[str, SchoolYear] = {}
        for place, school in named.items():
            known = years.get(school.uai) or _empty(school.uai, school.name)
            known = _with_rooms(known, rooms.get(place, ()))
            years[school.uai] = self._with_pupils(known, place, pupils[place], moves)
        return tuple(years[key] for key in sorted(years))

    def _with_pupils(
        self, school: SchoolYear, place: str, pupils: int, moves: Movements
    ) -> SchoolYear:
        arrivals, departures = moves.arrivals.get(place, ()), moves.departures.get(place, ())
        return school._replace(
            pupils=school.pupils + pupils,
            come=school.come + sum(each.pupils for each in arrivals),
            leave=school.leave + sum(each.pupils for each in departures),
            moved_in=school.moved_in + sum(n for (_, to), n in self._moved.items() if to == place),
            moved_out=school.moved_out
            + sum(n for (of, _), n in self._moved.items() if of == place),
            arrivals=(*school.arrivals, *arrivals),
            departures=(*school.departures, *departures),
            to_confirm=(*school.to_confirm, *moves.to_confirm.get(place, ())),
            more=school.more + moves.more.get(place, 0),
        )

    def _at(self, connection: sa.Connection, uai: str) -> tuple[tuple[str, Alarm], ...]:
        """The alarms, each with the UAI of its school."""
        places = {alarm.place or uai for alarm in self._alarms}
        named = self._schools.named(connection, places - {""})
        return tuple(
            (named[place].uai if (place := alarm.place or uai) else "", alarm)
            for alarm in self._alarms
        )


def _empty(uai: str, name: str) -> SchoolYear:
    return SchoolYear(uai, name, 0, 0, 0, 0, 0, (), (), (), (), (), 0)


def _with_rooms(school: SchoolYear, rooms: Sequence[tuple[Group, Classroom]]) -> SchoolYear:
    classes = [room for group, room in rooms if group.kind == CLASS]
    others = Counter(room.fate for group, room in rooms if group.kind != CLASS)
    for fate, count in school.groups:
        others[fate] += count
    both = sorted((*school.classes, *classes), key=lambda room: (room.fate, room.name, room.key))
    return school._replace(classes=tuple(both), groups=tuple(sorted(others.items())))
