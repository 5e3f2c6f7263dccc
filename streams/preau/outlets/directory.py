"""What a directory service (GAR, OneRoster) is to hold of the hub's projects, as plain values.

One value for every format: who writes it down decides how, and never what. A group that spans
establishments is one `Group` per establishment here, as the GAR knows no other (one `GARGroupe`
has one UAI); formats that know better join them by `project_group`.
"""

from __future__ import annotations

from typing import NamedTuple


class School(NamedTuple):
    """One establishment; `degree` is "first" or "second", `name` the name that the State gives."""

    uai: str
    name: str
    degree: str


class Account(NamedTuple):
    """One person in one directory.

    `id` is that directory's pseudonym of the person (HMAC, hex), `role` a word of membership.v1
    (PUPIL, TEACHER, HEAD_TEACHER, LEADER …), `schools` the UAIs by whose mandate the person is
    there, `stage` the pupil's MEFSTAT4 or "", `profile` a word of person.v1 or "". Names are opened
    when the set is written and stand nowhere else.
    """

    id: str
    role: str
    schools: tuple[str, ...]
    family_name: str
    given_name: str
    stage: str = ""
    profile: str = ""


class Group(NamedTuple):
    """A project's group as one establishment sees it; `project_group` is the same for them all."""

    id: str
    uai: str
    title: str
    project_group: str


class Belongs(NamedTuple):
    """One account in one group; `role` is a word of membership.v1."""

    group: str
    account: str
    role: str


class Directory(NamedTuple):
    """A complete set: what is not in it is not there; `as_of_ms` is when it was read (UTC, ms)."""

    schools: tuple[School, ...]
    accounts: tuple[Account, ...]
    groups: tuple[Group, ...]
    belongs: tuple[Belongs, ...]
    as_of_ms: int
