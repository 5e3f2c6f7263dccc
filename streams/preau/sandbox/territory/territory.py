"""Writes a whole territory, sector by sector: only one sector is ever in memory."""

from __future__ import annotations

import gc
from contextlib import ExitStack
from typing import NamedTuple

from preau.mapping.conversions.academies import academy_names
from preau.sandbox.territory.aaf_1d import FirstDegree
from preau.sandbox.territory.aaf_2d import SecondDegree
from preau.sandbox.territory.aaf_set import AafSet, Export
from preau.sandbox.territory.answers import Answers
from preau.sandbox.territory.counts import Counts
from preau.sandbox.territory.desk import YEARS, Desk, Year
from preau.sandbox.territory.people import Family, Staff
from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.school_files import SchoolFiles
from preau.sandbox.territory.sector import Sector, first_year
from preau.sandbox.territory.september import Transit, second_year
from preau.sandbox.territory.truth import Truth


def write_territory(plan: Plan) -> Counts:
    """Writes `avant/`, `apres/`, `answers.jsonl` and `counts.json` into the plan's folder."""
    counts = Counts()
    with ExitStack() as ends:
        answers = Answers(plan.folder / "answers.jsonl")
        ends.callback(answers.close)
        before, after = [_Writers.of(plan, year, counts, answers, ends) for year in YEARS]
        moving = Transit()
        for number in range(plan.sectors):
            sector = first_year(plan, number)
            before.sector(sector)
            moving = second_year(plan, sector, moving)
            after.sector(sector)
            gc.collect()  # a family and its children hold each other: Python would keep them long
    counts.write(plan.folder / "counts.json")
    return counts


class _Writers(NamedTuple):
    """Everything that writes one year."""

    plan: Plan
    first: FirstDegree
    second: SecondDegree
    files: SchoolFiles
    truth: Truth

    @classmethod
    def of(
        cls, plan: Plan, year: Year, counts: Counts, answers: Answers, ends: ExitStack
    ) -> _Writers:
        folder = plan.folder / year.name
        named = {code: name for name, code in academy_names().items()}
        academy = plan.academy, named[plan.academy]

        def desk(form: str) -> Desk:
            return Desk(year, form, plan.numbers, counts, answers)

        def out(form: str) -> AafSet:
            export = Export(plan.academy, form[-2:].upper(), year.day)
            made = AafSet(folder / form, export, plan.per_file)
            ends.callback(made.close)
            return made

        first = FirstDegree(out("aaf-1d"), desk("aaf-1d"), academy)
        second = SecondDegree(out("aaf-2d"), desk("aaf-2d"), academy)
        second.nomenclatures()
        files = SchoolFiles(folder, academy, desk)
        return cls(plan, first, second, files, Truth(plan, year, answers))

    def sector(self, sector: Sector) -> None:
        """One sector, in every format."""
        if sector.number % 4 == 0:
            self.first.circonscription(sector.college)
        self.second.structure(sector.college)
        for school in sector.ecoles:
            self.first.structure(school, sector.college.uai)
            self.first.classes_seen(school, sector.of(school))
        for family in sector.families:
            self._family(family)
        for who in sector.staff:
            self._staff(who)
        lines = self.files.write(sector) if self.plan.writes_schools(sector.number) else {}
        self.truth.tell(sector, lines)

    def _family(self, family: Family) -> None:
        young = [child for child in family.children if child.first_degree]
        old = [child for child in family.children if not child.first_degree]
        for child in family.children:
            writer = self.first if child.first_degree else self.second
            if child.school is not None:
                writer.pupil(child, child.school)
        for one in family.guardians:
            if young and one.legal != "0":
                self.first.guardian(one, young)
            if old:
                self.second.guardian(one, old)

    def _staff(self, who: Staff) -> None:
        for writer, degree in ((self.first, True), (self.second, False)):
            posts = who.posts_in(first_degree=degree)
            if posts:
                writer.staff(who, posts[0].school)
