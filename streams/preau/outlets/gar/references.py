"""What the files of one degree say together: keys that stand once, and what they point to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lxml import etree

from preau.outlets.gar.dialect import NAMESPACES, PUPILS, TEACHERS

_PERSONS = {PUPILS: "GAREleve", TEACHERS: "GAREnseignant"}
Key = tuple[str, ...]


class Facts(NamedTuple):
    """Keys of each record, in every file of a degree; `nameless`: persons without their first name
    among the others.

    `persons` are ids, `places` (person, UAI) of GARPersonEtab, `profiles` (person, UAI) of
    GARPersonProfils, `groups` (code, UAI), `members` (UAI, person, code), `stages` (UAI, person).
    """

    schools: Counter[Key]
    persons: Counter[Key]
    places: Counter[Key]
    profiles: Counter[Key]
    groups: Counter[Key]
    members: Counter[Key]
    stages: Counter[Key]
    nameless: int


def facts(degree: str, files: Iterable[tuple[str, etree._Element]]) -> Facts:
    """What these files, kind and root, say."""
    return _Reading(NAMESPACES[degree]).of(list(files))


def wrong_references(found: Facts) -> Iterator[tuple[str, str]]:
    """(code, what): what stands twice across the files, and what points to nothing."""
    for name in ("schools", "persons", "groups", "members", "stages"):
        twice = sum(1 for count in getattr(found, name).values() if count > 1)
        if twice:
            yield "TWICE", f"{twice} keys of {name} stand twice"
    yield from _lost("a group of a school that is not there", (k[1:] for k in found.groups), found)
    yield from _lost("a person in a school that is not there", (k[1:] for k in found.places), found)
    if found.places.keys() != found.profiles.keys():
        yield "REFERENCE", "a person's profiles are not of the person's schools"
    groups = {(uai, code) for code, uai in found.groups}
    if lost := sum(1 for uai, _, code in found.members if (uai, code) not in groups):
        yield "REFERENCE", f"{lost} members of a group that is not there"
    if lost := sum(1 for uai, who, _ in found.members if (who, uai) not in found.places):
        yield "REFERENCE", f"{lost} members of a group who are not in its school"
    if lost := sum(1 for uai, who in found.stages if (who, uai) not in found.places):
        yield "REFERENCE", f"{lost} levels of nobody in that school"
    if found.nameless:
        yield "FIRST_NAME", f"{found.nameless} persons without their first name among the others"


def _lost(what: str, uais: Iterable[Key], found: Facts) -> Iterator[tuple[str, str]]:
    if lost := sum(1 for each in uais if each not in found.schools):
        yield "REFERENCE", f"{what}: {lost}"


class _Reading:
    def __init__(self, namespace: str) -> None:
        self._ns = f"{{{namespace}}}"

    def of(self, files: list[tuple[str, etree._Element]]) -> Facts:
        person, uai, group = "GARPersonIdentifiant", "GARStructureUAI", "GARGroupeCode"
        people = [r for kind, root in files for r in self._all(root, _PERSONS.get(kind, "-"))]
        return Facts(
            self._keys(files, "GAREtab", uai),
            Counter((self._text(each, person),) for each in people),
            Counter(k for each in people for k in self._inner(each, "GARPersonEtab", "")),
            Counter(k for each in people for k in self._inner(each, "GARPersonProfils", uai)),
            self._keys(files, "GARGroupe", group, uai),
            self._keys(files, "GARPersonGroupe", uai, person, group),
            self._keys(files, "GARPersonMEFSTAT4", uai, person),
            sum(1 for each in people if not self._named(each)),
        )

    def _all(self, root: etree._Element, name: str) -> Iterator[etree._Element]:
        return root.iterfind(f"{self._ns}{name}")

    def _keys(
        self, files: list[tuple[str, etree._Element]], name: str, *fields: str
    ) -> Counter[Key]:
        records = (each for _, root in files for each in self._all(root, name))
        return Counter(tuple(self._text(r, field) for field in fields) for r in records)

    def _text(self, record: etree._Element, name: str) -> str:
        return (record.findtext(f"{self._ns}{name}") or "").strip()

    def _inner(self, record: etree._Element, name: str, field: str) -> Iterator[Key]:
        who = self._text(record, "GARPersonIdentifiant")
        for each in self._all(record, name):
            yield who, (self._text(each, field) if field else (each.text or "").strip())

    def _named(self, record: etree._Element) -> bool:
        others = {(each.text or "") for each in self._all(record, "GARPersonAutresPrenoms")}
        return (record.findtext(f"{self._ns}GARPersonPrenom") or "") in others
