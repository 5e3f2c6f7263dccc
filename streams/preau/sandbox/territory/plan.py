"""What a territory is to be: how many pupils, which dice, how damaged, which files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

from preau.sandbox.territory import numbers
from preau.sandbox.territory.dice import dice

_SECTOR = 1_440  # pupils of a collège and its écoles, on the average
#: Staff for one pupil: 19,100 for 136,000.
_STAFF = (19_100, 136_000)
LEAST, MOST = 100, _SECTOR * numbers.MAX_SECTORS
SchoolsFiles = Literal["all", "some", "none"]


class Plan(NamedTuple):
    """One territory.

    `pupils` of the first year, exactly; `flaws` is the share of records damaged in each way;
    `schools_files` says for which schools ONDE, SIECLE and STS are written: `some` is those of two
    neighbouring sectors of ten; `per_file` is how many records an AAF file holds at most; `academy`
    is a two-digit code that the State's nomenclature knows, or no reference could be made.
    """

    pupils: int
    seed: int
    folder: Path
    flaws: float = 0.002
    schools_files: SchoolsFiles = "some"
    per_file: int = 10_000
    academy: str = "11"

    @property
    def sectors(self) -> int:
        """At least two, so that one may move from one to the other."""
        return max(2, round(self.pupils / _SECTOR))

    @property
    def numbers(self) -> numbers.Numbers:
        """The numbers of its people."""
        return numbers.Numbers.of(self.sectors, self.seed)

    def pupils_of(self, sector: int) -> int:
        """Pupils of one sector in the first year; two neighbours differ, their sum does not."""
        even = self._until(self.pupils, sector + 1) - self._until(self.pupils, sector)
        pair = sector // 2
        if pair * 2 + 1 >= self.sectors:
            return even
        first = self._until(self.pupils, pair * 2 + 1) - self._until(self.pupils, pair * 2)
        more = round(first * dice(self.seed, pair, "size").uniform(-0.15, 0.15))
        return even + more if sector % 2 == 0 else even - more

    def staff_of(self, sector: int) -> int:
        """Staff of one sector, when that is enough for its classes."""
        total = round(self.pupils * _STAFF[0] / _STAFF[1])
        return self._until(total, sector + 1) - self._until(total, sector)

    def writes_schools(self, sector: int) -> bool:
        """Whether the schools of this sector have files of their own."""
        some = sector % 10 in (0, 1)
        return self.schools_files == "all" or (self.schools_files == "some" and some)

    def _until(self, total: int, sector: int) -> int:
        return total * sector // self.sectors
