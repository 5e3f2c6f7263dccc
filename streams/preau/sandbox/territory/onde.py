"""Writes the three CSV extracts of ONDE for one école, in one of the dialects that are met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from preau.sandbox.territory.aaf_people import phone
from preau.sandbox.territory.desk import Desk
from preau.sandbox.territory.flaws import said_given
from preau.sandbox.territory.people import Family, Guardian, Pupil, Staff
from preau.sandbox.territory.schools import School


def _columns(text: str) -> list[str]:
    return text.split(";")


_PUPILS = _columns(
    "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Adresse1;Cp1;Commune1;Pays1;"
    "Adresse2;Cp2;Commune2;Pays2; Cycle;Niveau;Libellé classe;Identifiant classe;"
    "Attestation fournie;Autorisation associations;Autorisation photo;Décision de passage"
)
_CHILD = _columns("Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants")
_GUARDIANS = (
    _columns(
        "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;"
        "Adresse responsable;CP responsable;Commune responsable;Pays;Courriel;Téléphone domicile;"
        "Téléphone travail;Téléphone portable"
    )
    + 3 * _CHILD
)
_TEACHERS = _columns(
    "Civilité;Nom usage;Nom;Prénom;Adresse;CP;Commune;Pays;Courriel;Téléphone domicile;"
    "Téléphone portable;Directeur;Classe"
)
_CYCLES = {"1": "MATERNELLE", "2": "CYCLE II", "3": "CYCLE III"}


class Dialect(NamedTuple):
    """Encoding, end of line, and whether values stand in double quotes (empty ones never do)."""

    encoding: str
    end: str
    quotes: bool


DIALECTS = (
    Dialect("iso-8859-1", "\r\n", quotes=True),
    Dialect("utf-8-sig", "\n", quotes=False),
    Dialect("utf-8", "\n", quotes=False),
)
Row = Sequence[str]


class Onde:
    """The extracts of one year."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        self._folder = folder
        self._desk = desk

    def school(self, school: School, pupils: Sequence[Pupil], staff: Iterable[Staff]) -> None:
        """The files of one école, in `onde/<UAI>/`; pupil number n (from 0) is on line n + 2."""
        folder = self._folder / school.uai
        folder.mkdir(parents=True, exist_ok=True)
        dialect = DIALECTS[(school.sector + school.slot) % len(DIALECTS)]
        families = {p.family.number: p.family for p in pupils}
        guardians = [
            _guardian(family, one, school)
            for family in families.values()
            for one in family.guardians
            if one.legal != "0"
        ]
        teachers = [_teacher(who, school) for who in staff if who.teaches and _works(who, school)]
        for name, header, rows in (
            ("eleves", _PUPILS, [self._pupil(pupil) for pupil in pupils]),
            ("responsables", _GUARDIANS, guardians),
            ("enseignants", _TEACHERS, teachers),
        ):
            lines = [header, *rows]
            text = "".join(_line(row, dialect, head=row is header) for row in lines)
            (folder / f"CSVExtraction-{name}.csv").write_bytes(text.encode(dialect.encoding))
            for _ in rows:
                self._desk.record(name)

    def _pupil(self, pupil: Pupil) -> Row:
        level, group, family = pupil.formation, pupil.group, pupil.family
        ine = "" if "ine_missing" in pupil.flaws else self._desk.numbers.ine(pupil.number)
        if group is None or "class_missing" in pupil.flaws:
            label, code, said = "", "", level.label
        else:
            label, code = group.label, group.code
            said = "" if group.without_level else level.label
        return (
            *(pupil.name, "", said_given(pupil), f"{pupil.birth:%d/%m/%Y}"),
            *("F" if pupil.girl else "M", ine),
            *(family.street, family.postcode, family.town, "FRANCE", "", "", "", ""),
            *(_CYCLES[level.cycle], said, label, code, "Non", "Non", "Non", ""),
        )


def _guardian(family: Family, one: Guardian, school: School) -> Row:
    """Ragged: only the blocks of the children that it has here."""
    row = [
        *(one.title, one.name, one.birth_name, one.given, family.street, family.postcode),
        *(family.town, "FRANCE", f"r{one.number}@famille.example", phone(family.number)),
        *("", phone(one.number)),
    ]
    for child in [c for c in family.children if c.school is school][:3]:
        label = child.group.label if child.group and "class_missing" not in child.flaws else ""
        row += ["", child.name, said_given(child), label]
    return row


def _works(who: Staff, school: School) -> bool:
    return any(post.school is school for post in who.posts)


def _teacher(who: Staff, school: School) -> Row:
    labels = [group.label for group, _ in who.lessons if group in school.classes]
    directs = any(post.school is school and post.code == "DIR" for post in who.posts)
    return (
        *(who.title, who.name, who.birth_name, who.given, "", "", "", ""),
        *(f"p{who.number}@academie.example", "", "", "oui" if directs else "non"),
        labels[0] if labels else "",
    )


def _line(row: Row, dialect: Dialect, *, head: bool) -> str:
    quoted = dialect.quotes and not head
    values = [f'"{value}"' if quoted and value else value for value in row]
    return ";".join(values) + dialect.end
