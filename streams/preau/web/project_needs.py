"""What the web needs of projects, mandates and sectors: orders, and the desks that take them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from preau.broker.records import Output
from preau.store.mandates import Mandate
from preau.store.sectors import Sector
from preau.web.reading import ProjectPage, ProjectRow


class Picked(NamedTuple):
    """One member by the id of an account, with a role of membership.v1 that the purpose lists."""

    id: str
    role: str


class Invited(NamedTuple):
    """One establishment of a new project: in which ENT its classes are, which classes, and whom.

    Members of a class follow the class as it changes; `members` are picked by a person.
    `directories` are the instances of directory services in which they are to be as well.
    """

    uai: str
    instance: str
    classes: tuple[str, ...]
    members: tuple[Picked, ...] = ()
    directories: tuple[str, ...] = ()


class Convention(NamedTuple):
    """A written convention: its reference, the role that signed it, the day.

    `levels` are those that it lets in besides those of cycle 3.
    """

    reference: str
    signed_by: str
    signed_on: str
    levels: tuple[str, ...] = ()


class NewProject(NamedTuple):
    """What an operator says to create a project; days as 2026-10-12, `purpose` of the list."""

    title: str
    purpose: str
    starts: str
    ends: str
    participants: tuple[Invited, ...]
    description: str = ""
    convention: Convention | None = None


class NewGroup(NamedTuple):
    """What an operator says to make a sub-group of a project."""

    title: str
    participants: tuple[Invited, ...]


class Decision(NamedTuple):
    """What one establishment decides: `by` is the role of the person who may decide so."""

    uai: str
    decision: str
    by: str


class Leaving(NamedTuple):
    """An establishment that leaves, and its last day in the project, as 2027-06-30."""

    uai: str
    until: str


class Released(NamedTuple):
    """Classes, and accounts picked one by one, of an establishment that take part no more."""

    uai: str
    classes: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


class Projects(Protocol):
    """Projects: commands as records to publish, and what the page shows."""

    def create(self, new: NewProject, by: str, key: str) -> tuple[str, list[Output]]:
        """A new project's id and its records; raises `SetAside` with the reason.

        With a `key` that is not empty, the same order of the same caller makes one project.

        `by` is here, and in every command, who acts, as the audit chain says it.
        """
        ...

    def decide(self, project: str, decision: Decision, by: str) -> list[Output]:
        """The records of a decision; raises `SetAside` with the reason."""
        ...

    def close(self, project: str, by: str) -> list[Output]:
        """The records of the end of a project."""
        ...

    def renew(self, project: str, until: str, by: str) -> list[Output]:
        """The records of a later last day."""
        ...

    def leave(self, project: str, leaving: Leaving, by: str) -> list[Output]:
        """The records of the last day of one establishment."""
        ...

    def branch(self, project: str, new: NewGroup, by: str) -> tuple[str, list[Output]]:
        """A new sub-group's id."""
        ...

    def join(self, project: str, invited: Invited, by: str) -> list[Output]:
        """The records of one more establishment, or of more classes and members of one."""
        ...

    def move(self, project: str, moving: Invited, by: str) -> list[Output]:
        """The records of an establishment that takes part from another ENT from now on."""
        ...

    def release(self, project: str, released: Released, by: str) -> list[Output]:
        """The records of a project without these classes and picked members."""
        ...

    def page(self, project: str) -> ProjectPage | None:
        """All that the page of a project shows."""
        ...

    def rows(self) -> list[ProjectRow]:
        """Every project, the youngest first."""
        ...


class NewMandate(NamedTuple):
    """What an operator says of a standing mandate: `legal_basis` is the convention's reference.

    Without `records` or `fields` it has all that its purpose lists and the product needs; `starts`
    is today unless said, and `until` never.
    """

    establishment: str
    instance: str
    direction: str
    purpose: str
    legal_basis: str
    granted_by: str
    records: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    starts: str = ""
    until: str = ""


class Mandates(Protocol):
    """Mandates: what is given, and the commands of whoever records a convention."""

    def given(self, instance: str) -> Sequence[Mandate]:
        """All that were ever given; of one instance, unless it is empty."""
        ...

    def grant(self, new: NewMandate, by: str) -> str:
        """A standing mandate's id; raises `SetAside` with the reason it may not be given."""
        ...

    def revoke(self, id_: str, by: str) -> Mandate:
        """Revokes it from now on; raises `SetAside` (MANDATE_UNKNOWN)."""
        ...


class SectorsTaken(NamedTuple):
    """What a file of sectors changed: its lines, sectors that differ, écoles that have none now."""

    lines: int
    changed: int
    withdrawn: int


class Sectors(Protocol):
    """The collège of each école's sector."""

    def declared(self) -> Sequence[Sector]:
        """Every école whose collège was declared."""
        ...

    def declare(self, college: str, ecoles: Collection[str], by: str) -> None:
        """The écoles of this collège are these; raises `SetAside`."""
        ...

    def take(self, content: bytes, *, complete: bool, by: str) -> SectorsTaken:
        """The sectors of a CSV file, whole or not at all; raises `SetAside`."""
        ...
