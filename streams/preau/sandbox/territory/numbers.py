"""Every number of a territory, from the number of its person or of its sector: none meets twice.

A person is `sector × 10,000 + rank`; each file's own number of that person is another range.
"""

from __future__ import annotations

from typing import NamedTuple

PER_SECTOR = 10_000
SLOTS = 20  # UAI numbers kept for the schools of one sector: the collège is slot 0
#: As many as the invented département 099 has numbers for.
MAX_SECTORS = 499
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_LETTERS_INE = "ABCDEFGHJK"


class Numbers(NamedTuple):
    """The ranges of one territory: `span` is more than its last person's number."""

    span: int
    seed: int

    @classmethod
    def of(cls, sectors: int, seed: int) -> Numbers:
        """Seven digits up to 100 sectors (some 144,000 pupils), eight after."""
        return cls(max(1_000_000, sectors * PER_SECTOR), seed)

    def pupil(self, person: int, *, first_degree: bool) -> int:
        """The jointure of a pupil: another in each degree."""
        return self.span * (1 if first_degree else 2) + person

    def guardian(self, person: int, *, first_degree: bool) -> int:
        """The jointure of a guardian: another in each degree."""
        return self.span * (3 if first_degree else 4) + person

    def staff(self, person: int) -> int:
        """The jointure of a member of staff: the same in both degrees."""
        return self.span * 5 + person

    def ine(self, person: int) -> str:
        """Nine digits, two letters (form of 2018), one person each; none of them is real."""
        digits = 900_000_000 + (person * 7_368_787 + self.seed * 1_000_003) % 100_000_000
        return f"{digits}{_LETTERS_INE[person % 10]}{_LETTERS_INE[person // 10 % 10]}"


def structure(sector: int, slot: int) -> int:
    """The jointure of a structure."""
    return 40_000 + sector * SLOTS + slot


def uai(sector: int, slot: int) -> str:
    """Seven digits of the invented département 099, and the check letter (the number modulo 23)."""
    number = 990_001 + sector * SLOTS + slot
    return f"{number:07d}{_LETTERS[number % 23]}"


def wrong_letter(right: str) -> str:
    """The same UAI with the letter that comes after the right one."""
    place = _LETTERS.index(right[-1]) + 1
    return right[:-1] + _LETTERS[place % len(_LETTERS)]


def eleve_id(person: int) -> int:
    """The number of a pupil in the base of a collège."""
    return 1_000_000 + person


def sts_id(person: int) -> int:
    """The number of a member of staff in STS: not the jointure."""
    return 50_000 + person
