"""ONDE's extractions written on the spot, and what the reader makes of them."""

from __future__ import annotations

import io
from typing import Any

import orjson

from preau.keys.digest import Digests
from preau.readers.onde import OndeReader
from preau.readers.piece import Piece
from preau.readers.told import Told

DIGESTS = Digests(b"a secret of these tests")
TOLD = Told(uai="0990002P", mask=DIGESTS.mask, hide=DIGESTS.hidden)
PUPILS = "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Niveau;Libellé classe"
CHILD = "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants"
#: The 25 columns of a guardians' file.
GUARDIANS = (
    "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;"
    "Adresse responsable;CP responsable;Commune responsable;Pays;Courriel;Téléphone domicile;"
    f"Téléphone travail;Numéro de poste;Téléphone portable;{CHILD};{CHILD};{CHILD}"
)
TEACHERS = "Civilité;Nom usage;Nom;Prénom;Courriel;Directeur;Classe"
COME = "LAPEYRE;;Côme;09/03/2016;M;120890177FA;CM1;CM1 Garonne"
ROSE = "MONTLAUR;;Rose;01/01/2016;F;120890178FB;CM2;CM2 Tarn"


def file(*lines: str, charset: str = "utf-8", end: str = "\n") -> bytes:
    """The lines as a file's bytes."""
    return "".join(line + end for line in lines).encode(charset)


def guardian(name: str, *children: str, mail: str = "") -> str:
    """A row of 13 values, then four for each child (`LAPEYRE;Côme`)."""
    blocks = "".join(f";;{child};CM1" for child in children)
    return f"Mme;;{name};Jeanne;1 rue X;15000;AURILLAC;FRANCE;{mail};+33 5;;;{blocks}"


def read(body: bytes, name: str = "CSVExtraction.csv", told: Told = TOLD) -> list[Piece]:
    """All pieces of a file."""
    return list(OndeReader(told).split(io.BytesIO(body), name))


def said(pieces: list[Piece], event: str) -> list[dict[str, Any]]:
    """The plain values of the pieces of one event that have no problem."""
    return [orjson.loads(p.body) for p in pieces if p.event == event and p.problem is None]


def problems(pieces: list[Piece]) -> list[tuple[str, str]]:
    """(place, code) of what is set aside."""
    return [(p.path, p.problem.code) for p in pieces if p.problem is not None]


def ids(pieces: list[Piece], event: str = "Eleve") -> list[str]:
    """The ids of one event's objects, in the order of the file."""
    return [each["id"] for each in said(pieces, event)]
