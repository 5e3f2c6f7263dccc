"""What a directory's set says in the GAR's words: one value for each record, in the GAR's order."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from preau.outlets.directory import Account, Directory
from preau.outlets.gar.dialect import (
    DEGREES,
    FIRST,
    GROUPS,
    IDENTIFIER,
    LABEL,
    NAME,
    PROFILES,
    PUPIL,
    PUPILS,
    SCHOOLS,
    STATUS,
    TEACHER,
    TEACHERS,
    UAI,
)

_ADULTS = frozenset({"TEACHER", "HEAD_TEACHER", "LEADER"})
_STAGE = 4


class Record(NamedTuple):
    """One record: its element, and what is in it, in order; a value is text or fields again."""

    name: str
    fields: tuple[tuple[str, str | tuple[tuple[str, str], ...]], ...]

    @property
    def nodes(self) -> int:
        """XML elements, its own among them."""
        inner = sum(1 if isinstance(v, str) else 1 + len(v) for _, v in self.fields)
        return 1 + inner


class Told(NamedTuple):
    """The records of one degree, by kind of file; `left_out` counts why people or groups are not.

    NO_NAME: a mandatory item is missing; NO_PROFILE: the GAR takes nobody of this role; NO_MEMBER:
    a group without anybody. `accounts` are the ids of whoever is in it.
    """

    files: dict[str, list[Record]]
    left_out: Counter[str]
    accounts: frozenset[str]


def tell(found: Directory, degree: str) -> Told:
    """The records of one degree; somebody who is in schools of both is in both."""
    return _Telling(found, degree).told()


def plain(text: str, longest: int) -> str:
    """A text that XML may hold: no control characters, spaces single, cut at `longest`."""
    said = unicodedata.normalize("NFC", text)
    kept = "".join(" " if unicodedata.category(c) in _SPACES else c for c in said if _may(c))
    return " ".join(kept.split())[:longest].strip()


_SPACES = frozenset({"Cc", "Zl", "Zp"})


def _may(char: str) -> bool:
    """XML 1.0, production 2 (Char): no surrogate, no U+FFFE nor U+FFFF."""
    return unicodedata.category(char) != "Cs" and char not in "\ufffe\uffff"


class _Telling:
    def __init__(self, found: Directory, degree: str) -> None:
        self._found = found
        self._degree = degree
        self._uais = {s.uai for s in found.schools if DEGREES[s.degree] == degree}
        self._left: Counter[str] = Counter()
        self._there: set[tuple[str, str]] = set()

    def told(self) -> Told:
        pupils: list[Record] = []
        teachers: list[Record] = []
        stages: list[Record] = []
        for account in sorted(self._found.accounts):
            schools = sorted(self._uais.intersection(account.schools))
            if not schools:
                continue
            profile = _profile(account)
            person = self._person(account, profile, schools) if profile else None
            if person is None:
                self._left["NO_NAME" if profile else "NO_PROFILE"] += 1
                continue
            self._there |= {(account.id, uai) for uai in schools}
            (pupils if profile == PUPIL else teachers).append(person)
            if profile == PUPIL and self._degree == FIRST and len(account.stage) == _STAGE:
                stages += [_stage(account, uai) for uai in schools]
        files = {PUPILS: [*pupils, *stages], TEACHERS: teachers, SCHOOLS: self._schools()}
        there = frozenset(account for account, _ in self._there)
        return Told({**files, GROUPS: self._groups()}, self._left, there)

    def _person(self, account: Account, profile: str, schools: Sequence[str]) -> Record | None:
        family, given = plain(account.family_name, NAME), plain(account.given_name, NAME)
        if not (family and given and 0 < len(account.id) <= IDENTIFIER):
            return None
        name = "GAREleve" if profile == PUPIL else "GAREnseignant"
        fields: list[tuple[str, str | tuple[tuple[str, str], ...]]] = [
            ("GARPersonIdentifiant", account.id)
        ]
        for uai in schools:
            shown = (("GARStructureUAI", uai), ("GARPersonProfil", profile))
            fields.append(("GARPersonProfils", shown))
        fields += [("GARPersonNom", family), ("GARPersonPrenom", given)]
        fields.append(("GARPersonAutresPrenoms", given))  # the usual one is to be among them
        return Record(name, (*fields, *(("GARPersonEtab", uai) for uai in schools)))

    def _schools(self) -> list[Record]:
        return [
            Record(
                "GAREtab",
                (
                    ("GARStructureUAI", school.uai),
                    ("GARStructureNomCourant", plain(school.name, NAME) or school.uai),
                ),
            )
            for school in sorted(self._found.schools)
            if school.uai in self._uais and len(school.uai) <= UAI
        ]

    def _groups(self) -> list[Record]:
        groups = {g.id: g for g in self._found.groups if g.uai in self._uais}
        members = sorted(
            {
                (groups[each.group].uai, each.account, each.group)
                for each in self._found.belongs
                if each.group in groups and (each.account, groups[each.group].uai) in self._there
            }
        )
        held = {group for _, _, group in members}
        self._left["NO_MEMBER"] += len(groups.keys() - held)
        return [
            *(_group(g.id, g.uai, g.title) for g in sorted(groups.values()) if g.id in held),
            *(_member(*each) for each in members),
        ]


def _profile(account: Account) -> str:
    """The GAR's word; empty for whoever it does not take."""
    if account.role == "PUPIL":
        return PUPIL
    known = PROFILES.get(account.profile, "")
    if known and known != PUPIL:
        return known
    return TEACHER if account.role in _ADULTS else ""


def _stage(account: Account, uai: str) -> Record:
    who = (("GARStructureUAI", uai), ("GARPersonIdentifiant", account.id))
    return Record("GARPersonMEFSTAT4", (*who, ("GARMEFSTAT4Code", account.stage)))


def _group(code: str, uai: str, title: str) -> Record:
    return Record(
        "GARGroupe",
        (
            ("GARGroupeCode", code),
            ("GARStructureUAI", uai),
            ("GARGroupeLibelle", plain(title, LABEL) or code),
            ("GARGroupeStatut", STATUS),
        ),
    )


def _member(uai: str, account: str, group: str) -> Record:
    who = (("GARStructureUAI", uai), ("GARPersonIdentifiant", account))
    return Record("GARPersonGroupe", (*who, ("GARGroupeCode", group)))


def degrees(found: Directory) -> Iterator[str]:
    """The degrees that this set speaks of; both when it has no school, to say that nobody is."""
    there = {DEGREES[school.degree] for school in found.schools} or set(DEGREES.values())
    yield from sorted(there)
