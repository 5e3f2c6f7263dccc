"""Writes the generic XML exports of SIECLE for one collège."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from preau.sandbox.territory.aaf_people import phone
from preau.sandbox.territory.aaf_set import escaped
from preau.sandbox.territory.desk import Desk
from preau.sandbox.territory.flaws import said_given
from preau.sandbox.territory.levels import COLLEGE, LEVELS, SEGPA, SUBJECTS
from preau.sandbox.territory.numbers import eleve_id
from preau.sandbox.territory.people import Family, Pupil
from preau.sandbox.territory.schools import Class, School

_WIDTH = 40  # SIECLE pads its labels with spaces
_ENCODING = "ISO-8859-15"
_KINSHIP = "<CODE_PARENTE>{0}</CODE_PARENTE><NIVEAU_RESPONSABILITE>{1}</NIVEAU_RESPONSABILITE>"


class Siecle:
    """The exports of one year: files in `siecle/<UAI>/`, some in `siecle-zip/` instead."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        self._folder = folder
        self._desk = desk

    def school(self, school: School, pupils: Sequence[Pupil], *, zipped: bool) -> None:
        """The files of one collège, alone or in `ExportXML_<UAI>.zip`."""
        files = {
            "Nomenclature.xml": ("BEE_NOMENCLATURES", "3.1", _nomenclature()),
            "Structures.xml": ("BEE_STRUCTURES", "2.0", self._structures(school)),
            "ElevesAvecAdresses.xml": ("BEE_ELEVES", "3.0", self._pupils(pupils)),
            "ResponsablesAvecAdresses.xml": ("BEE_RESPONSABLES", "3.0", self._guardians(pupils)),
        }
        texts = {name: self._file(school, *said).encode(_ENCODING) for name, said in files.items()}
        if zipped:
            _zip(self._folder / "siecle-zip" / f"ExportXML_{school.uai}.zip", texts)
            return
        folder = self._folder / "siecle" / school.uai
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in texts.items():
            (folder / name).write_bytes(body)

    def _file(self, school: School, root: str, version: str, data: str) -> str:
        day = f"{self._desk.year.day:%d/%m/%Y}"
        return (
            f'<?xml version="1.0" encoding="{_ENCODING}"?>\n<{root} VERSION="{version}">\n'
            f"<PARAMETRES>{_tag('UAJ', school.uai)}{_tag('ANNEE_SCOLAIRE', self._desk.year.begins)}"
            f"{_tag('DATE_EXPORT', day)}{_tag('HORODATAGE', f'{day} 06:00:00')}</PARAMETRES>\n"
            f"<DONNEES>\n{data}</DONNEES>\n</{root}>\n"
        )

    def _structures(self, school: School) -> str:
        divisions = "".join(_division(group, school) for group in school.classes)
        groups = "".join(_group(group) for group in school.groups)
        self._tell("DIVISION", len(school.classes))
        self._tell("GROUPE", len(school.groups))
        return f"<DIVISIONS>\n{divisions}</DIVISIONS>\n<GROUPES>\n{groups}</GROUPES>\n"

    def _pupils(self, pupils: Sequence[Pupil]) -> str:
        self._tell("ELEVE", len(pupils))
        rows = "".join(self._pupil(pupil) for pupil in pupils)
        places = "".join(_places(pupil) for pupil in pupils)
        homes = {pupil.family.number: pupil.family for pupil in pupils}
        return (
            f"<ELEVES>\n{rows}</ELEVES>\n<STRUCTURES>\n{places}</STRUCTURES>\n"
            f"<ADRESSES>\n{''.join(map(_address, homes.values()))}</ADRESSES>\n"
        )

    def _pupil(self, pupil: Pupil) -> str:
        ine = "" if "ine_missing" in pupil.flaws else self._desk.numbers.ine(pupil.number)
        before = ""
        if pupil.before is not None:
            name = escaped(pupil.before.name)
            before = (
                f"<SCOLARITE_AN_DERNIER>{_tag('CODE_RNE', pupil.before.uai)}"
                f"{_tag('DENOM_COMPL', name)}</SCOLARITE_AN_DERNIER>"
            )
        number = eleve_id(pupil.number)
        return (
            f'<ELEVE ELEVE_ID="{number}" ELENOET="{pupil.number % 100_000}">'
            f"{_tag('ID_NATIONAL', ine)}{_tag('INE_RNIE', ine)}"
            f"{_tag('ADRESSE_ID', pupil.family.number)}"
            f"{_tag('NOM_DE_FAMILLE', escaped(pupil.name))}{_tag('PRENOM', said_given(pupil))}"
            f"{_tag('DATE_NAISS', f'{pupil.birth:%d/%m/%Y}')}"
            f"{_tag('CODE_SEXE', 2 if pupil.girl else 1)}{_tag('DOUBLEMENT', 0)}"
            f"{_tag('DATE_ENTREE', self._desk.year.entry)}{_tag('CODE_REGIME', 2)}"
            f"{_tag('CODE_STATUT', 'ST')}"
            f"{_tag('CODE_MEF', pupil.formation.mef)}{_tag('CODE_PAYS', 100)}{before}</ELEVE>\n"
        )

    def _guardians(self, pupils: Iterable[Pupil]) -> str:
        homes = {pupil.family.number: pupil.family for pupil in pupils}
        people = [(family, one) for family in homes.values() for one in family.guardians]
        rows = "".join(
            f'<PERSONNE PERSONNE_ID="{one.number}">'
            f"{_tag('NOM_DE_FAMILLE', escaped(one.birth_name))}"
            f"{_tag('NOM_USAGE', escaped(one.name))}"
            f"{_tag('PRENOM', one.given)}{_tag('LC_CIVILITE', 'MME' if one.woman else 'M.')}"
            f"{_tag('TEL_PORTABLE', phone(one.number))}"
            f"{_tag('MEL', f'r{one.number}@famille.example')}"
            f"{_tag('ACCEPTE_SMS', 0)}{_tag('ADRESSE_ID', family.number)}</PERSONNE>\n"
            for family, one in people
        )
        links = [_links(pupil) for pupil in pupils]
        self._tell("PERSONNE", len(people))
        self._tell("RESPONSABLE_ELEVE", sum(map(len, links)))
        joined = "".join(each for link in links for each in link)
        return (
            f"<PERSONNES>\n{rows}</PERSONNES>\n<RESPONSABLES>\n{joined}</RESPONSABLES>\n"
            f"<ADRESSES>\n{''.join(map(_address, homes.values()))}</ADRESSES>\n"
        )

    def _tell(self, category: str, number: int) -> None:
        for _ in range(number):
            self._desk.record(category)


def _tag(name: str, value: object) -> str:
    return f"<{name}>{value}</{name}>"


def _nomenclature() -> str:
    mefs = "".join(
        f'<MEF CODE_MEF="{level.mef}">{_tag("FORMATION", level.long)}'
        f"{_tag('LIBELLE_LONG', level.long.ljust(_WIDTH))}{_tag('MEF_RATTACHEMENT', level.mef)}"
        f"{_tag('CODE_MEFSTAT', level.mefstat11)}</MEF>\n"
        for level in (*LEVELS[COLLEGE:], *SEGPA)
    )
    subjects = "".join(
        f'<MATIERE CODE_MATIERE="{subject.code}">'
        f"{_tag('LIBELLE_LONG', escaped(subject.label).ljust(_WIDTH))}</MATIERE>\n"
        for subject in SUBJECTS
    )
    return f"<MEFS>\n{mefs}</MEFS>\n<MATIERES>\n{subjects}</MATIERES>\n"


def _division(group: Class, school: School) -> str:
    levels = [] if group.without_level else [level for level in group.levels if level.mef.isdigit()]
    mefs = "".join(
        f"<MEF_APPARTENANCE>{_tag('CODE_MEF', x.mef)}</MEF_APPARTENANCE>" for x in levels
    )
    return (
        f'<DIVISION CODE_STRUCTURE="{group.code}">{_tag("LIBELLE_LONG", group.label.ljust(_WIDTH))}'
        f"{_tag('CODE_RNE', school.uai)}{_tag('MEFS_APPARTENANCE', mefs)}</DIVISION>\n"
    )


def _group(group: Class) -> str:
    drawn = "".join(f'<DIVISION_APPARTENANCE CODE="{each.code}"/>' for each in group.draws_from)
    return (
        f'<GROUPE CODE_STRUCTURE="{group.code}">{_tag("LIBELLE_LONG", group.label.ljust(_WIDTH))}'
        f"{_tag('DIVISIONS_APPARTENANCE', drawn)}</GROUPE>\n"
    )


def _places(pupil: Pupil) -> str:
    held = [(pupil.group, "D")] if pupil.group and "class_missing" not in pupil.flaws else []
    held += [(group, "G") for group in pupil.groups]
    body = "".join(
        f"<STRUCTURE>{_tag('CODE_STRUCTURE', group.code)}{_tag('TYPE_STRUCTURE', kind)}</STRUCTURE>"
        for group, kind in held
    )
    number = eleve_id(pupil.number)
    return f'<STRUCTURES_ELEVE ELEVE_ID="{number}">{body}</STRUCTURES_ELEVE>\n' if held else ""


def _links(pupil: Pupil) -> list[str]:
    return [
        f"<RESPONSABLE_ELEVE>{_tag('ELEVE_ID', eleve_id(pupil.number))}"
        f"{_tag('PERSONNE_ID', one.number)}{_KINSHIP.format(one.kinship, one.legal)}"
        f"{_tag('PAIE_FRAIS_SCOLAIRES', 0)}{_tag('PERS_CONTACT', 1)}</RESPONSABLE_ELEVE>\n"
        for one in pupil.family.guardians
    ]


def _address(family: Family) -> str:
    return (
        f'<ADRESSE ADRESSE_ID="{family.number}">{_tag("LIGNE1_ADRESSE", escaped(family.street))}'
        f"{_tag('CODE_POSTAL', family.postcode)}{_tag('LIBELLE_POSTAL', escaped(family.town))}"
        f"{_tag('CODE_PAYS', 100)}</ADRESSE>\n"
    )


def _zip(file: Path, texts: Mapping[str, bytes]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, body in texts.items():
            entry = ZipInfo(name)  # its date is always 1980: the same seed gives the same bytes
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, body)
