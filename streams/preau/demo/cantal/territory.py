"""The invented territory of the story: a collège, écoles far from each other, circonscriptions.

Schools, people and identifiers are invented; UAI numbers are in a range that no real school uses
(015 9xxx) and carry their right check letter. That four groupings of écoles are on Net'École, the
others on Beneylu, the circonscriptions on Net'circo and the collèges on NetCollège is the real
department's way.
"""

from __future__ import annotations

from dataclasses import dataclass

ACADEMY = "06"  # Clermont-Ferrand (codeAcademieExport)
NETECOLE, BENEYLU = "netecole-cantal", "beneylu-cantal"
NETCIRCO, NETCOLLEGE = "netcirco-aurillac", "netcollege-cantal"
PUPIL, TEACHER = "ELEVE", "ENSEIGNANT"


@dataclass(frozen=True, slots=True)
class Person:
    """One pupil or adult; `profile` is as the itop products say it."""

    number: int
    family: str
    given: str
    profile: str = PUPIL

    @property
    def ine(self) -> str:
        """Nine digits and two letters: none of them is real."""
        return f"{915_000_000 + self.number:09d}AA"

    @property
    def birth(self) -> str:
        """A pupil's birth date, as ISO 8601."""
        return f"2015-0{self.number % 9 + 1}-1{self.number % 8}"

    @property
    def beneylu(self) -> int:
        """The number of this person's account in Beneylu."""
        return 40_000 + self.number


@dataclass(frozen=True, slots=True)
class Room:
    """A school with its one class of cycle 3, or a circonscription with its one group of adults."""

    uai: str
    name: str
    instance: str
    number: int
    label: str
    level: str
    people: tuple[Person, ...]
    letters: str = ""

    @property
    def code(self) -> str:
        """Its class, or its group of adults, in its ENT."""
        return f"{self.letters}-C{self.number}" if self.letters else str(self.number)

    @property
    def told(self) -> list[Person]:
        """Of whom its ENT says something: Net'École and NetCollège speak of pupils only."""
        whole = self.instance in (BENEYLU, NETCIRCO)
        return [each for each in self.people if whole or each.profile == PUPIL]

    def account(self, person: Person) -> str:
        """A person's account in this ENT."""
        return f"{self.letters}-{person.number}" if self.letters else str(person.beneylu)


def _people(first: int, teacher: str, *pupils: str) -> tuple[Person, ...]:
    names = [each.split(" ", 1) for each in (teacher, *pupils)]
    family, given = names[0]
    grown = Person(first, family, given, TEACHER)
    return grown, *(Person(first + rank, *name) for rank, name in enumerate(names[1:], 1))


def _groupement(uai: str, name: str, number: int, people: tuple[Person, ...]) -> Room:
    return Room(uai, name, NETECOLE, number, "CM1-CM2", "CM2", people, "ne")


PLANEZE = _groupement(
    "0159001C",
    "Groupement de la Planèze",
    1,
    _people(100, "CATHALA Jeanne", "ABADIE Capucine", "BELAVAL Timéo", "CASTELNAU Inès"),
)
MARGERIDE = _groupement(
    "0159002D",
    "Groupement de la Margeride",
    2,
    _people(200, "ESCOFFIER Luc", "FABRESSE Zoé", "GARRIGUE Anouk"),
)
TRUYERE = _groupement(
    "0159003E", "Groupement de la Truyère", 3, _people(300, "BONNAFOUS Hélène", "LAPEYRE Côme")
)
CEZALLIER = _groupement(
    "0159004F", "Groupement du Cézallier", 4, _people(400, "RIEUNIER Claire", "PRADAL Ambre")
)
ORGUES = Room(
    "0159005G",
    "École des Orgues",
    BENEYLU,
    5105,
    "CM2",
    "CM2",
    _people(500, "D'ARQUES Aliénor", "MARTY-SOULA Elio", "PUJOLET Ismaël"),
)
JORDANNE = Room(
    "0159006H",
    "École de la Jordanne",
    BENEYLU,
    5106,
    "CM2",
    "CM2",
    _people(600, "VIDALENQ Marc", "LOUBATIERE Sacha"),
)
COLLEGE = Room(
    "0159010M",
    "Collège de l'Ander",
    NETCOLLEGE,
    10,
    "6e A",
    "6EME",
    _people(1000, "MONTLAUR Rose", "CARAYON Noé", "ROUSSILHE Nour", "TERRISSE Lilou"),
    "nco",
)
MOVED = Room(
    PLANEZE.uai,
    PLANEZE.name,
    BENEYLU,
    5101,
    PLANEZE.label,
    PLANEZE.level,
    PLANEZE.people,
)
"""The groupement that changes its ENT in the middle of the year, as it is in the new one."""
OTHER_COLLEGE = "0159011N"
SAINT_FLOUR = Room(
    "0159900E",
    "Circonscription de Saint-Flour",
    NETCIRCO,
    90,
    "Cycle 3 Saint-Flour",
    "",
    (
        Person(900, "PECH-BRUSQUE", "Malo", "IEN"),
        Person(901, "SERRALLONGUE", "Paul", "CONSEILLER_PEDAGOGIQUE"),
        Person(902, "CATHALA", "Jeanne", "DIRECTEUR"),
    ),
    "nc",
)
AURILLAC = Room(
    "0159901F",
    "Circonscription d'Aurillac",
    NETCIRCO,
    91,
    "Cycle 3 Aurillac",
    "",
    (Person(910, "DELPRAT", "Maëlys", "IEN"),),
    "nc",
)
GROUPEMENTS = (PLANEZE, MARGERIDE, TRUYERE, CEZALLIER)
ECOLES = (*GROUPEMENTS, ORGUES, JORDANNE)
ROOMS = (*ECOLES, COLLEGE, SAINT_FLOUR, AURILLAC)
PROJECT = (PLANEZE, MARGERIDE, ORGUES, COLLEGE, SAINT_FLOUR)
"""Who takes part in the project: the others see nothing of it."""
AFTER = (MOVED, *PROJECT[1:])
"""The same once that groupement has its new ENT."""
NETWORK_NAME = "reseau-saint-flour"
NETWORK = (*GROUPEMENTS, ORGUES)
"""The écoles of the network of Saint-Flour, beside its collège and its circonscription."""
