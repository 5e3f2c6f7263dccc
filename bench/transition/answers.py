"""Who must keep the rights of a project in September, by the territory's answer file alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

FIRST, SECOND = "aaf-1d", "aaf-2d"
BEFORE, AFTER = "avant", "apres"
CERTAIN = "ine"
"""The only rule by which the files themselves show that a pupil of an école is one of a collège."""


class Asked(NamedTuple):
    """One project: its écoles and its collège by UAI.

    `state` is `open`, or why nobody may follow: `proposed`, `revoked`, `withdrawn`, `ended`; or
    `left`: its écoles have left since, which takes nothing from those who went on.
    """

    ecoles: tuple[str, ...]
    college: str
    state: str


class Way(NamedTuple):
    """One pupil from year to year: schools, ids and the rule that links them; empty where none.

    `told` is the id of the second year's record, also of one that the import sets aside.
    """

    before: str
    old: str
    after: str
    new: str
    rule: str
    told: str


class Answers(NamedTuple):
    """Every pupil's way, and the schools of each degree."""

    ways: tuple[Way, ...]
    ecoles: tuple[str, ...]
    colleges: tuple[str, ...]

    def keep(self, asked: Asked, confirmed: Collection[str]) -> set[str]:
        """The ids in the collège of those who keep their rights; `confirmed`: ids of the écoles."""
        if asked.state not in ("open", "left"):
            return set()
        return {
            way.new
            for way in self.continuing(asked)
            if way.rule == CERTAIN or (way.rule == "probable" and way.old in confirmed)
        }

    def continuing(self, asked: Asked) -> list[Way]:
        """The pupils who were members and are in a class of the collège now."""
        found = (way for way in self.ways if way.before in asked.ecoles)
        return [way for way in found if way.after == asked.college and way.old and way.new]

    def sectors(self) -> dict[str, list[str]]:
        """Collège → the écoles most of whose pupils come to it."""
        found: dict[str, list[str]] = {}
        for ecole in self.ecoles:
            to = Counter(w.after for w in self.ways if w.before == ecole)
            goes = {college: to[college] for college in self.colleges}
            if any(goes.values()):
                found.setdefault(max(sorted(goes), key=lambda each: goes[each]), []).append(ecole)
        return found

    def at(self, ecole: str) -> set[str]:
        """The ids of the pupils of an école after September, as far as the import can know.

        Whoever's record is set aside stays where it was: nothing of it says that it moved.
        """
        here = {way.told for way in self.ways if way.after == ecole}
        return here | {way.told for way in self.ways if way.before == ecole and not way.new}


def read_answers(file: Path) -> Answers:
    """The answers of a territory; a pupil whom no class has, or no record, has no id there."""
    lines = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    lost = {
        (each["year"], each["format"], each["id"])
        for each in lines
        if each.get("flaw") in ("class_missing", "arity")
    }
    pupils = [each for each in lines if each.get("kind") == "pupil"]
    last = {each["person"]: each for each in pupils if each["year"] == BEFORE}
    ways = tuple(
        _way(last.get(each["person"]), each, lost) for each in pupils if each["year"] == AFTER
    )
    ecoles = {each["school"] for each in pupils if FIRST in each["ids"]}
    colleges = {each["school"] for each in pupils if SECOND in each["ids"]}
    return Answers(ways, tuple(sorted(ecoles)), tuple(sorted(colleges)))


def _way(
    last: Mapping[str, Any] | None, now: Mapping[str, Any], lost: Collection[tuple[str, str, str]]
) -> Way:
    old = "" if last is None else _id(last, FIRST, lost)
    form = SECOND if SECOND in now["ids"] else FIRST
    rules = [r for one, other, r in now["links"] if f"/{FIRST}/" in one and f"/{SECOND}/" in other]
    before = "" if last is None else str(last["school"])
    rule = rules[0] if rules else ""
    return Way(before, old, str(now["school"]), _id(now, form, lost), rule, _id(now, form, ()))


def _id(said: Mapping[str, Any], form: str, lost: Collection[tuple[str, str, str]]) -> str:
    key = str(said["ids"].get(form, ""))
    return "" if (said["year"], form, key) in lost else key


def projects_of(answers: Answers, known: Collection[str]) -> Iterator[Asked]:
    """Some of every kind: of each sector all its écoles, and each of them alone.

    Alone, an école has a project with its own collège, and one with the next sector's. Nobody can
    invite a school whose UAI the files have wrong: it is not `known`.
    """
    states = ("open", "left", "open", "proposed", "ended", "left", "revoked", "open", "withdrawn")
    turn = 0
    sectors = answers.sectors()
    colleges = sorted(sectors)
    for at, (college, ecoles) in enumerate(sorted(sectors.items())):
        if college in known and (there := sorted({*ecoles} & {*known})):
            yield Asked(tuple(there), college, "open")
        for ecole in sorted(ecoles):
            for other in dict.fromkeys((college, colleges[(at + 1) % len(colleges)])):
                if {ecole, other} <= {*known}:
                    yield Asked((ecole,), other, states[turn % len(states)])
                    turn += 1
