"""Writes the collège's State files (AAF, second degree), as an académie drops them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from preau.demo.limoux.town import ACADEMY, Person, School

_DAY = "20261001"
_HEAD = (
    '<?xml version="1.0" encoding="ISO-8859-15"?>\n'
    '<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n'
    f'<ficAlimMENESR><!-- versionAF="AAF-VE2407" --><!-- codeAcademieExport="{ACADEMY}" -->'
    '<!-- degre="2D" --><!-- dateGenerationExport="01/10/2026" -->\n'
)
_STRUCTURE, _PERSON = "categorieStructure", "categoriePersonne"


def write_files(college: School, folder: Path) -> list[Path]:
    """The files of one Complet: structures, pupils, staff; returns their paths."""
    code = college.classes[0].label
    pupils = [p for p in college.people() if not p.teacher]
    staff = [p for p in college.people() if p.teacher]
    sets = {
        "EtabEducNat": [_structure(college)],
        "Eleve": [_pupil(p, college, code) for p in pupils],
        "PersEducNat": [_teacher(p, college, code) for p in staff],
    }
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder, category, records) for category, records in sets.items()]


def _write(folder: Path, category: str, records: Iterable[str]) -> Path:
    path = folder / f"ENTPREAU_Complet_{_DAY}_{category}_0000.xml"
    partial = path.with_suffix(".xml.part")  # an inlet never reads a file that is being written
    partial.write_text(_HEAD + "".join(records) + "</ficAlimMENESR>\n", encoding="iso-8859-15")
    partial.rename(path)
    return path


def _structure(college: School) -> str:
    return _record(
        _STRUCTURE,
        "EtabEducNat",
        college.number,
        {
            "ENTStructureJointure": college.number,
            "ENTStructureUAI": college.uai,
            "ENTStructureNomCourant": f"CLG${college.name.upper()}$LIMOUX",
            "ENTStructureTypeStruct": "COLLEGE",
            "ENTServAcCodeAcademie": f"0{ACADEMY}",
            "ENTStructureClasses": [f"{c.label}${c.label}$10010012110" for c in college.classes],
        },
    )


def _pupil(person: Person, college: School, code: str) -> str:
    return _record(
        _PERSON,
        "Eleve",
        person.number,
        {
            **_names(person),
            "ENTPersonStructRattach": college.number,
            "ENTEleveMEF": "10010012110",
            "ENTEleveClasses": f"{college.number}${code}",
        },
    )


def _teacher(person: Person, college: School, code: str) -> str:
    return _record(
        _PERSON,
        "PersEducNat",
        person.number,
        {
            **_names(person),
            "ENTPersonStructRattach": college.number,
            "ENTPersonFonctions": f"{college.number}$ENS$ENSEIGNEMENT$L0202$LETTRES MODERNES",
            "ENTAuxEnsClasses": f"{college.number}${code}",
            "ENTPersonCategorieEnseignant": "O",
        },
    )


def _names(person: Person) -> dict[str, object]:
    year, month, day = person.birth.split("-")
    return {
        "ENTPersonJointure": person.number,
        "ENTPersonDateNaissance": f"{day}/{month}/{year}",
        "ENTPersonNomPatro": person.family,
        "sn": person.family,
        "givenName": person.given,
        "ENTPersonAutresPrenoms": person.given,
    }


def _record(kind: str, category: str, number: int, attributes: Mapping[str, object]) -> str:
    rows = "".join(_attribute(name, value) for name, value in attributes.items())
    return (
        f"<addRequest><operationalAttributes>{_attribute(kind, category)}</operationalAttributes>"
        f"<identifier><id>{number}</id></identifier><attributes>{rows}</attributes></addRequest>\n"
    )


def _attribute(name: str, value: object) -> str:
    values = value if isinstance(value, list) else [value]
    body = "".join(f"<value>{escape(str(each))}</value>" for each in values)
    return f'<attr name="{name}">{body}</attr>'
