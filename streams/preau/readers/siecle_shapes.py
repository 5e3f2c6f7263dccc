"""The records of SIECLE's exports, as data: what is read of each, and what never enters the hub.

Sources: Gepi's readers of production files (init_xml2, responsables, import_communs_xml), Pix's
and pyKol's readers and test files, all told in connectors/siecle/README.md. The ministry publishes
no schema: an element that is in no table is set aside by its name.
"""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from preau.readers.school_record import Data, Flaw, Shape, Value, code, record_in, text_at, texts_in
from preau.readers.xml_stream import Path


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: The pseudo-class of pupils who are in none (Pix's reader of production files).
_NO_CLASS = "INACTIFS"
_KINDS = ("D", "G")
_LEVELS = ("NIVEAU_RESPONSABILITE", "RESP_LEGAL")
_LEGAL = ("1", "2")
#: Not legal guardians: 0 in RESP_LEGAL; 3, a person to call, in NIVEAU_RESPONSABILITE.
_OTHERS = ("0", "3")

#: Daily life, birth place, nationality, money, school history: dropped before anything is kept.
_BLOCKED_PUPIL = _words(
    "ELENOET CODE_SEXE DOUBLEMENT CODE_REGIME CODE_MOTIF_SORTIE CODE_PAYS CODE_PAYS_NAT"
    " CODE_DEPARTEMENT_NAISS CODE_COMMUNE_INSEE_NAISS VILLE_NAISS TEL_PERSONNEL TEL_PORTABLE"
    " TEL_PROFESSIONNEL ADRESSE_ID ADHESION_TRANSPORT CODE_PROVENANCE CODE_BOURSE BOURSE"
    " ACCEPTE_SMS COMMUNICATION_ADRESSE ADRESSE"
)
_BLOCKED_GUARDIAN = _words(
    "LC_CIVILITE LL_CIVILITE TEL_PERSONNEL TEL_PORTABLE TEL_PROFESSIONNEL ACCEPTE_SMS ADRESSE_ID"
    " CODE_PROFESSION COMMUNICATION_ADRESSE ADRESSE PRENOM2 PRENOM3 DATE_NAISS"
)
_BLOCKED_TIE = _words(
    "RESP_FINANCIER PAIE_FRAIS_SCOLAIRES PERS_PAIMENT PERS_CONTACT A_CONTACTER_EN_PRIORITE"
    " HEBERGE_ELEVE"
)


def _belonging(element: etree._Element) -> Value:
    """One STRUCTURE of a pupil: a class (D) or a group (G), and its code."""
    kind = text_at(element, "TYPE_STRUCTURE")
    if kind not in _KINDS:
        raise Flaw("SCHOOL_VALUE", "another type of structure", _KINDS, "TYPE_STRUCTURE")
    said = code(text_at(element, "CODE_STRUCTURE"), "CODE_STRUCTURE")
    if said.upper() == _NO_CLASS:
        return ""
    return {"CODE_STRUCTURE": said, "TYPE_STRUCTURE": kind}


def _named(data: Data) -> Data:
    """All given names in one list, the usual one first."""
    names = [data.pop(name, "") for name in ("PRENOM", "PRENOM2", "PRENOM3")]
    return data | {"PRENOMS": [name for name in names if name]}


def _tied(data: Data) -> Data | None:
    """The tie of a legal guardian; a person to call or who pays is none, and is not said."""
    levels = [data[name] for name in _LEVELS if name in data]
    if not levels or levels[0] not in (*_LEGAL, *_OTHERS):
        what = "no responsibility" if not levels else "a responsibility that is not known"
        raise Flaw("SCHOOL_VALUE", what, (*_LEGAL, *_OTHERS), _LEVELS[0])
    return data if levels[0] in _LEGAL else None


_PUPIL = Shape(
    "ELEVE",
    key=("ELEVE_ID",),
    word="ELEVE",
    texts=_words(
        "NOM NOM_DE_FAMILLE NOM_USAGE PRENOM PRENOM2 PRENOM3 DATE_NAISS DATE_ENTREE DATE_SORTIE"
        " CODE_STATUT CODE_MEF MEL"
    ),
    hidden=_words("ID_NATIONAL INE_RNIE INE_BEA"),
    # Of last year's school only its UAI is read, and nothing that happened there.
    parts={"SCOLARITE_AN_DERNIER": record_in("CODE_RNE")},
    blocked=_BLOCKED_PUPIL,
    finish=_named,
)
_BELONGINGS = Shape(
    "STRUCTURES_ELEVE", key=("ELEVE_ID",), word="ELEVE", several={"STRUCTURE": _belonging}
)
_PERSON = Shape(
    "PERSONNE",
    key=("PERSONNE_ID",),
    word="PERSONNE",
    texts=_words("NOM NOM_DE_FAMILLE NOM_USAGE PRENOM MEL"),
    blocked=_BLOCKED_GUARDIAN,
)
_TIE = Shape(
    "RESPONSABLE_ELEVE",
    key=("PERSONNE_ID", "ELEVE_ID"),
    texts=_words("CODE_PARENTE") | frozenset(_LEVELS),
    blocked=_BLOCKED_TIE,
    finish=_tied,
)
_CLASS = Shape(
    "DIVISION",
    key=("CODE_STRUCTURE",),
    coded=True,
    texts=_words("LIBELLE_LONG"),
    parts={"MEFS_APPARTENANCE": texts_in("MEF_APPARTENANCE", "CODE_MEF")},
    blocked=_words("CODE_RNE CODE_CONTRAT"),
)
_GROUP = _CLASS._replace(
    event="GROUPE",
    word="G",
    parts={
        **_CLASS.parts,
        "DIVISIONS_APPARTENANCE": texts_in("DIVISION_APPARTENANCE", "CODE_STRUCTURE"),
    },
)
_LEVEL = Shape(
    "MEF",
    key=("CODE_MEF",),
    word="MEF",
    texts=_words("FORMATION LIBELLE_LONG LIBELLE_EDITION CODE_MEFSTAT MEF_RATTACHEMENT"),
    blocked=_words(
        "STATUT_MEF NB_OPT_OBLIG NB_OPT_MINI RENFORCEMENT_LANGUES INSCRIPTION_ETAB MEF_ORIGINE"
        " MEF_SELECTIONNE MEF_SELORIG DATE_OUVERTURE DATE_FERMETURE"
    ),
)
_SUBJECT = Shape(
    "MATIERE",
    key=("CODE_MATIERE",),
    word="MATIERE",
    texts=_words("CODE_GESTION LIBELLE_COURT LIBELLE_LONG LIBELLE_EDITION"),
    blocked=_words("MATIERE_ETP DATE_OUVERTURE DATE_FERMETURE"),
)

#: Where each record stands, without the root; every file holds some of these sections.
SHAPES: Mapping[Path, Shape] = {
    ("DONNEES", "ELEVES", "ELEVE"): _PUPIL,
    ("DONNEES", "STRUCTURES", "STRUCTURES_ELEVE"): _BELONGINGS,
    ("DONNEES", "PERSONNES", "PERSONNE"): _PERSON,
    ("DONNEES", "RESPONSABLES", "RESPONSABLE_ELEVE"): _TIE,
    ("DONNEES", "RESPONSABLES", "RESPONSABLE"): _TIE,  # in Klepsydrix's test file only
    ("DONNEES", "DIVISIONS", "DIVISION"): _CLASS,
    ("DONNEES", "GROUPES", "GROUPE"): _GROUP,
    ("DONNEES", "MEFS", "MEF"): _LEVEL,
    ("DONNEES", "MATIERES", "MATIERE"): _SUBJECT,
}
