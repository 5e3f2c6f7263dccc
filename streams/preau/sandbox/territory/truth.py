"""Says, for each true person of a sector, under which ids it appears and what links them."""

from __future__ import annotations

from collections.abc import Mapping

from preau.sandbox.territory.answers import Answers, Link
from preau.sandbox.territory.desk import YEARS, Year
from preau.sandbox.territory.numbers import eleve_id, sts_id
from preau.sandbox.territory.people import Family, Pupil, Staff
from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.sector import Sector

_LAST_YEAR = YEARS[0].name


class Truth:
    """The truth of one year."""

    def __init__(self, plan: Plan, year: Year, answers: Answers) -> None:
        self._plan = plan
        self._numbers = plan.numbers
        self._year = year.name
        self._answers = answers

    def tell(self, sector: Sector, lines: Mapping[int, str]) -> None:
        """Everybody of a sector; `lines` is where ONDE's extracts hold each pupil of an école."""
        written = self._plan.writes_schools(sector.number)
        for family in sector.families:
            for pupil in family.children:
                self._pupil(pupil, lines, written=written)
            self._guardians(family)
        for who in sector.staff:
            self._staff(who, written=written)

    def _pupil(self, pupil: Pupil, lines: Mapping[int, str], *, written: bool) -> None:
        if pupil.school is None:
            return
        ids = {}
        form, key = self._aaf(pupil, first_degree=pupil.first_degree)
        ids[form] = key
        known = "ine_missing" not in pupil.flaws
        if known:
            ids["ine"] = self._numbers.ine(pupil.number)
        links: list[Link] = []
        here = f"{self._year}/{form}/{key}"
        if written:
            own, number = "siecle", f"{pupil.school.uai}/{eleve_id(pupil.number)}"
            if pupil.first_degree:
                own, number = "onde", lines[pupil.number]
            ids[own] = number
            rule = "none" if "arity" in pupil.flaws else "ine" if known else "probable"
            links.append((f"{self._year}/{own}/{number}", here, rule))
        if self._year != _LAST_YEAR and pupil.before is not None:
            form, key = self._aaf(pupil, first_degree=pupil.before.first_degree)
            links.append((f"{_LAST_YEAR}/{form}/{key}", here, self._rule(pupil)))
        self._answers.person("pupil", pupil.number, self._year, pupil.school.uai, ids, links)

    def _rule(self, pupil: Pupil) -> str:
        """How the pupil of last year can be recognised in this year's AAF."""
        before, now = pupil.before, pupil.school
        if before is None or now is None or pupil.flaws.intersection(("arity", "was_aside")):
            return "none"
        if before.first_degree is now.first_degree:
            return "national_ref"
        if "ine_missing" not in pupil.flaws:
            return "ine"
        continues = before.sector == now.sector and "name_changed" not in pupil.flaws
        return "probable" if continues else "none"

    def _aaf(self, pupil: Pupil, *, first_degree: bool) -> tuple[str, str]:
        key = str(self._numbers.pupil(pupil.number, first_degree=first_degree))
        return ("aaf-1d" if first_degree else "aaf-2d"), key

    def _guardians(self, family: Family) -> None:
        first = any(child.first_degree for child in family.children)
        second = any(not child.first_degree for child in family.children)
        school = next((c.school.uai for c in family.children if c.school is not None), "")
        for one in family.guardians:
            ids = {}
            if first and one.legal != "0":
                ids["aaf-1d"] = str(self._numbers.guardian(one.number, first_degree=True))
            if second:
                ids["aaf-2d"] = str(self._numbers.guardian(one.number, first_degree=False))
            if ids:
                links = self._across(ids, "none")
                self._answers.person("guardian", one.number, self._year, school, ids, links)

    def _staff(self, who: Staff, *, written: bool) -> None:
        key = str(self._numbers.staff(who.number))
        degrees = {"aaf-1d": True, "aaf-2d": False}
        ids = {form: key for form, first in degrees.items() if who.posts_in(first_degree=first)}
        links = self._across(ids, "staff")
        if written and "aaf-2d" in ids:
            school = who.posts_in(first_degree=False)[0].school
            ids["sts"] = f"{school.uai}/{sts_id(who.number)}"
            here = f"{self._year}/aaf-2d/{key}"
            links.append((f"{self._year}/sts/{ids['sts']}", here, "sts_id"))
        self._answers.person("staff", who.number, self._year, who.place.uai, ids, links)

    def _across(self, ids: Mapping[str, str], rule: str) -> list[Link]:
        """The link between the two degrees, if the person is in both."""
        if "aaf-1d" not in ids or "aaf-2d" not in ids:
            return []
        first, second = (f"{self._year}/{form}/{ids[form]}" for form in ("aaf-1d", "aaf-2d"))
        return [(first, second, rule)]
