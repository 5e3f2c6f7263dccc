"""What every writer of one year needs: the year itself, the numbers, the counts, the answers."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from preau.sandbox.territory.answers import Answers
from preau.sandbox.territory.counts import Counts
from preau.sandbox.territory.numbers import Numbers


class Year(NamedTuple):
    """One of the two: its folder's name, the year in which it begins, the day of its exports."""

    name: str
    begins: int

    @property
    def day(self) -> date:
        """Middle of September: the classes are made."""
        return date(self.begins, 9, 15)

    @property
    def entry(self) -> str:
        """When its classes begin, as AAF writes a day."""
        return f"01/09/{self.begins}"


YEARS = (Year("avant", 2025), Year("apres", 2026))


class Desk(NamedTuple):
    """Where the writers of one format of one year tell what they write."""

    year: Year
    form: str
    numbers: Numbers
    counts: Counts
    answers: Answers

    def record(self, category: str) -> None:
        """One more record."""
        self.counts.record(self.year.name, self.form, category)

    def objects(self, kind: str, number: int = 1) -> None:
        """So many more objects."""
        self.counts.objects(self.year.name, self.form, kind, number)

    def aside(self, category: str) -> None:
        """One record that will be set aside."""
        self.counts.aside(self.year.name, self.form, category)

    def flaw(self, kind: str, category: str, key: object) -> None:
        """A planted flaw, in the record or class of this id."""
        self.answers.flaw(kind, self.year.name, self.form, category, key)
