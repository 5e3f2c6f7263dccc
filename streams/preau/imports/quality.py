"""The quality report of a set: what a school should mend in its own base, never whose it is.

It reads canonical drafts as the import maps them: establishments, groups, pupils, where they are
enrolled, in which classes. Someone who has left by the day of the file is enrolled no longer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from preau.canon.draft import Draft
from preau.imports.draft_values import personal, values
from preau.imports.findings import SHOWN, Finding, SchoolQuality, Spot
from preau.imports.quality_notes import Notes
from preau.imports.quality_page import render_html, render_text
from preau.mapping.conversions.schools import as_uai

__all__ = ["Quality", "render_html", "render_text"]

_DAY_MS = 86_400_000
_NO_LEVEL, _UNKNOWN, _KNOWN = 0, 1, 2


class _Seen(NamedTuple):
    """One canonical record, and where it was read."""

    draft: Draft
    value: Mapping[str, Any]
    file: int
    path: str


class Quality:
    """Looks at the drafts of one import, then reports; `close` takes its scratch file away."""

    def __init__(self, room: Path) -> None:
        self._notes = Notes(room)
        self._note: Mapping[str, Callable[[_Seen], None]] = {
            "establishment": self._establishment,
            "group": self._group,
            "person": self._person,
            "affiliation": self._affiliation,
            "membership": self._membership,
            "nomenclature": self._nomenclature,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Removes what was noted."""
        self._notes.close()

    def look(self, file: str, path: str, drafts: Sequence[Draft]) -> None:
        """Notes what one piece of a file gave; `path` is the reader's: `record 17`, `line 17`."""
        number = self._notes.file(file)
        for draft in drafts:
            note = self._note.get(draft.record)
            if note is None:
                continue
            value = values(draft)
            if not value["meta"]["deleted"]:
                note(_Seen(draft, value, number, path))

    def report(self) -> list[SchoolQuality]:
        """What was found, by establishment, in the order of their UAI; to be asked for once."""
        self._notes.settle()
        found = _gathered(self._notes)
        pupils, classes = self._notes.pupils(), self._notes.classes()
        report = [
            SchoolQuality(
                uai or _uai(school),
                name,
                pupils.get(school, 0),
                classes.get(school, 0),
                tuple(found.get(school, ())),
            )
            for school, uai, name in self._notes.schools()
        ]
        if "" in found:
            report.append(SchoolQuality("", "", 0, 0, tuple(found[""])))
        return report

    def _establishment(self, seen: _Seen) -> None:
        value = seen.value
        wrong = value["uai"] is not None and value["uai_valid"] is False
        told = (value["uai"], value["name"], value["kind"], wrong)
        self._notes.add("school", seen.draft.subject, *told, seen.file, seen.path)

    def _group(self, seen: _Seen) -> None:
        value = seen.value
        level = _KNOWN if value["levels"] or value["mefstat4"] else _NO_LEVEL
        if set(value["levels"]) == {"OTHER"}:
            level = _UNKNOWN
        place = (value["establishments"] or [""])[0]
        key = self._notes.digest(seen.draft.subject)
        is_class = value["kind"] == "CLASS"
        self._notes.add("division", key, place, is_class, level, seen.file, seen.path)

    def _person(self, seen: _Seen) -> None:
        if seen.value["profile"] != "PUPIL":
            return
        person = self._notes.digest(seen.draft.subject)
        if ine := personal(seen.draft).get("ine_digest"):
            self._notes.add("same", self._notes.digest(f"ine {ine}"), person)
        if ref := seen.value["national_ref"]:
            told = f"{ref['academy']} {ref['degree']} {ref['jointure']}"
            self._notes.add("same", self._notes.digest(f"ref {told}"), person)

    def _affiliation(self, seen: _Seen) -> None:
        value = seen.value
        ended = value["until"] is not None and value["until"] * _DAY_MS <= seen.draft.occurred_at
        if value["profile"] != "PUPIL" or not value["main"] or ended:
            return
        person = self._notes.digest(value["person"])
        self._notes.add("pupil", person, value["establishment"], seen.file, seen.path)
        self._notes.add("same", person, person)

    def _membership(self, seen: _Seen) -> None:
        value = seen.value
        ended = value["until"] is not None and value["until"] * _DAY_MS <= seen.draft.occurred_at
        if value["role"] == "PUPIL" and value["member_kind"] == "PERSON" and not ended:
            person = self._notes.digest(value["member"])
            self._notes.add("member", person, self._notes.digest(value["group"]))

    def _nomenclature(self, seen: _Seen) -> None:
        """A MEF that leads to no level, and to no national code either."""
        value = seen.value
        known = value["level"] or value["mefstat11"] or value["parent"]
        if value["kind"] == "MEF" and not known:
            key = self._notes.digest(seen.draft.subject)
            self._notes.add("mef", key, seen.file, seen.path)


def _gathered(notes: Notes) -> dict[str, list[Finding]]:
    """The findings by school, in the order of their kinds; one school's faults stand together."""
    found: dict[str, list[Finding]] = {}
    for (kind, school), faults in groupby(notes.faults(), key=itemgetter(0, 1)):
        count, places, spots = 0, 0, []
        for spot, same in groupby(faults, key=itemgetter(2, 3)):
            count += len(list(same))
            places += 1
            if places <= SHOWN:
                spots.append(Spot(*spot))
        found.setdefault(school, []).append(Finding(kind, count, places, tuple(spots)))
    return found


def _uai(school: str) -> str:
    """The UAI of a school that no file describes, when its key says it."""
    return as_uai(school.rpartition("/")[2]) or ""
