"""The invented territory of the story: three écoles of Limoux, one collège, and their people.

The schools, people and identifiers are invented; UAI numbers are in a range that no real
school uses (011 9xxx) and carry their right check letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

ACADEMY = "11"  # Montpellier (codeAcademieExport)
BENEYLU, EDIFICE, STATE = "ent-ecole", "mon-ent", "aaf-montpellier"


@dataclass(frozen=True, slots=True)
class Person:
    """One pupil or teacher; `number` is the jointure number in the State's files."""

    number: int
    family: str
    given: str
    birth: str = "2015-04-12"
    teacher: bool = False

    @property
    def account(self) -> int:
        """The number of this person's account in the écoles' ENT."""
        return 40_000 + self.number % 10_000

    @property
    def uuid(self) -> str:
        """The id of this person's account in the collège's ENT."""
        return f"0c011e6e-0000-4000-8000-{self.number:012d}"


@dataclass(frozen=True, slots=True)
class Class:
    """One class: its number in the écoles' ENT, or its code at the collège."""

    number: int
    label: str
    level: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class School:
    """One école or collège; `number` is its id in its ENT and its jointure number."""

    uai: str
    name: str
    number: int
    classes: tuple[Class, ...]

    def people(self) -> Iterator[Person]:
        """Everyone in its classes."""
        for each in self.classes:
            yield from each.people


def _pupils(first: int, *names: str) -> tuple[Person, ...]:
    return tuple(
        Person(first + rank, family, given, f"2015-0{rank % 9 + 1}-1{rank % 9}")
        for rank, (family, given) in enumerate(name.split(" ", 1) for name in names)
    )


def _class(number: int, label: str, level: str, teacher: Person, *pupils: Person) -> Class:
    return Class(number, label, level, (teacher, *pupils))


ECOLES = (
    School(
        "0119001Z",
        "École de la Blanquette",
        3001,
        (
            _class(
                5121,
                "CM2 A",
                "CM2",
                Person(31001, "BONNAFOUS", "Hélène", teacher=True),
                *_pupils(
                    700_101, "ABADIE Capucine", "BELAVAL Timéo", "CASTELNAU Inès", "DELPRAT Maëlys"
                ),
            ),
        ),
    ),
    School(
        "0119002A",
        "École du Pont-Neuf",
        3002,
        (
            _class(
                5122,
                "CM1-CM2",
                "CM2",
                Person(31002, "ESCOFFIER", "Luc", teacher=True),
                *_pupils(700_111, "FABRESSE Zoé", "GARRIGUE Anouk", "LAPEYRE Côme"),
            ),
        ),
    ),
    School(
        "0119003B",
        "École des Corbières",
        3003,
        (
            _class(
                5123,
                "CM2",
                "CM2",
                Person(31003, "RIEUNIER", "Claire", teacher=True),
                *_pupils(
                    700_121,
                    "LOUBATIERE Sacha",
                    "MARTY-SOULA Elio",
                    "PRADAL Ambre",
                    "PUJOLET Ismaël",
                ),
            ),
        ),
    ),
)
COLLEGE = School(
    "0119010J",
    "Collège des Trois-Ponts",
    43,
    (
        _class(
            43,
            "6A",
            "6EME",
            Person(31990, "VIDALENQ", "Marc", teacher=True),
            *_pupils(
                700_201,
                "CARAYON Noé",
                "MONTLAUR Rose",
                "ROUSSILHE Nour",
                "TERRISSE Lilou",
                "SERRALLONGUE Paul",
            ),
        ),
    ),
)
