"""The records of STSWEB's downward file, as data: what is read of each, and what never enters.

Sources: Gepi's and SACoche's readers of production files, pyKol's reader and Klepsydrix's test
files, all told in connectors/sts/README.md. The ministry publishes no schema: an element that is
in no table is set aside by its name.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from preau.readers.school_record import (
    Data,
    Flaw,
    Shape,
    Value,
    attribute,
    attributes_in,
    number,
    records_in,
)
from preau.readers.xml_stream import Path


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: `epp` is a person of the State's staff base, `local` one whom the school wrote itself.
_TYPES = ("epp", "local")
#: Rank, pay, hours, birth place, addresses: dropped before anything is kept.
_BLOCKED_PERSON = _words(
    "SEXE CIVILITE GRADE ADRESSE TELEPHONE COMMUNE_NAISSANCE INDICE ECHELON POSITION HEURES ORS"
    " PONDERATIONS SUPPORTS"
)
_BLOCKED_GROUP = _words("EFFECTIF_PREVU EFFECTIF_CALCULE CODE_CONTRAT ALTERNANCES")


def typed(kind: str) -> str:
    """The type of a person, `epp` or `local`; raises `Flaw`."""
    if kind not in _TYPES:
        raise Flaw("SCHOOL_VALUE", "another type of person", _TYPES, "TYPE")
    return kind


def _teachers(element: etree._Element) -> Value:
    """Who teaches something to a class or a group: all services together, each person once."""
    found = {
        (
            typed(attribute(teacher, "TYPE")),
            number(attribute(teacher, "ID"), "ENSEIGNANT"),
        )
        for teacher in element.iterfind("SERVICE/ENSEIGNANTS/ENSEIGNANT")
    }
    return [{"ID": ident, "TYPE": kind} for kind, ident in sorted(found)]


def _person(data: Data) -> Data:
    typed(str(data["TYPE"]))
    return data


_STAFF = Shape(
    "INDIVIDU",
    key=("TYPE", "ID"),
    texts=_words("NOM_USAGE NOM_PATRONYMIQUE PRENOM DATE_NAISSANCE FONCTION MEL"),
    parts={
        "PROFS_PRINC": records_in("PROF_PRINC", "CODE_STRUCTURE", "DATE_DEBUT", "DATE_FIN"),
        "DISCIPLINES": attributes_in("DISCIPLINE", "CODE"),
    },
    blocked=_BLOCKED_PERSON,
    finish=_person,
)
_CLASS = Shape(
    "DIVISION",
    key=("CODE",),
    coded=True,
    texts=_words("LIBELLE_LONG"),
    parts={"MEFS_APPARTENANCE": attributes_in("*", "CODE"), "SERVICES": _teachers},
    blocked=_BLOCKED_GROUP,
)
_GROUP = _CLASS._replace(
    event="GROUPE",
    word="G",
    parts={**_CLASS.parts, "DIVISIONS_APPARTENANCE": attributes_in("*", "CODE")},
)
_SUBJECT = Shape(
    "MATIERE",
    key=("CODE",),
    word="MATIERE",
    texts=_words("CODE_GESTION LIBELLE_COURT LIBELLE_LONG LIBELLE_EDITION"),
)
_LEVEL = Shape(
    "MEF", key=("CODE",), word="MEF", texts=_words("FORMATION LIBELLE_LONG LIBELLE_EDITION")
)

#: Where each record stands, without the root.
SHAPES: Mapping[Path, Shape] = {
    ("NOMENCLATURES", "MATIERES", "MATIERE"): _SUBJECT,
    ("NOMENCLATURES", "MEFS", "MEF"): _LEVEL,
    ("DONNEES", "INDIVIDUS", "INDIVIDU"): _STAFF,
    ("DONNEES", "STRUCTURE", "DIVISIONS", "DIVISION"): _CLASS,
    ("DONNEES", "STRUCTURE", "GROUPES", "GROUPE"): _GROUP,
}
