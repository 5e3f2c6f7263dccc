"""The people of a territory as they truly are, whatever the files say of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from preau.sandbox.territory.levels import COLLEGE as SIXTH
from preau.sandbox.territory.levels import LAST, LEVELS, SEGPA, Level
from preau.sandbox.territory.schools import Class, School


@dataclass(slots=True)
class Guardian:
    """A parent or another relative, by usual name and birth name.

    `kinship` and `legal` are the State's codes (legal 0: none).
    """

    number: int
    name: str
    birth_name: str
    given: str
    woman: bool
    kinship: str
    legal: str

    @property
    def title(self) -> str:
        """As the State writes it."""
        return "Mme" if self.woman else "M."


@dataclass(slots=True)
class Family:
    """A home: who answers for its children, where it lives, and the écoles that it is near to."""

    number: int
    name: str
    street: str
    town: str
    postcode: str
    home: int
    guardians: list[Guardian]
    children: list[Pupil] = field(default_factory=list)


@dataclass(slots=True)
class Pupil:
    """A child; `level` counts from petite section (0) to 3e (11)."""

    number: int
    family: Family
    name: str
    given: str
    others: tuple[str, ...]
    girl: bool
    birth: date
    level: int
    segpa: bool = False
    ulis: bool = False
    school: School | None = None
    before: School | None = None
    group: Class | None = None
    groups: list[Class] = field(default_factory=list)
    flaws: set[str] = field(default_factory=set)

    @property
    def formation(self) -> Level:
        """The level and the codes of its formation."""
        if self.segpa and self.level >= SIXTH:
            return SEGPA[self.level - SIXTH]
        return LEVELS[min(self.level, LAST)]

    @property
    def first_degree(self) -> bool:
        """Whether it goes to an école."""
        return self.level < SIXTH

    @property
    def title(self) -> str:
        """As the State writes it."""
        return "Mlle" if self.girl else "M."


@dataclass(slots=True)
class Post:
    """What someone does in one school: function code and label, discipline code and label."""

    school: School
    code: str
    label: str
    discipline: str
    trade: str


@dataclass(slots=True)
class Staff:
    """A member of staff: `work` says which posts it may take, `posts` those of this year."""

    number: int
    name: str
    birth_name: str
    given: str
    woman: bool
    birth: date
    work: str
    teaches: bool
    place: School
    posts: list[Post] = field(default_factory=list)
    lessons: list[tuple[Class, str]] = field(default_factory=list)
    heads: list[Class] = field(default_factory=list)
    flaws: set[str] = field(default_factory=set)

    @property
    def title(self) -> str:
        """As the State writes it."""
        return "Mme" if self.woman else "M."

    def posts_in(self, *, first_degree: bool) -> list[Post]:
        """Its posts in the écoles, or in the collèges."""
        return [post for post in self.posts if post.school.first_degree is first_degree]
