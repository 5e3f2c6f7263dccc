"""The columns of ONDE's extractions, as data: what each header means, and which are never kept.

Sources: headers of the BE1D of 2015 and of ONDE in public test files, and the columns that
entcore's importer knows. "Extraction personnalisée" lets a head choose columns, so no order and no
full set is expected: a file is recognised by the few headers it cannot do without.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from preau.readers.csv_rows import Flaw

PUPIL, GUARDIAN, TEACHER = "Eleve", "Responsable", "Enseignant"
_IGNORED = frozenset(" *'’‘´`_.-\u00a0\t\"")
_SHOWN = 60


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Field → the headers that say it, folded; the first that has a value counts.
_PUPILS: Mapping[str, tuple[str, ...]] = {
    "family": ("nomeleve", "nomdefamilleeleve", "nomdenaissanceeleve"),
    "usage": ("nomdusageeleve", "nomusageeleve"),
    "given": ("prenomeleve", "premierprenomeleve"),
    "birth": ("datenaissance", "datedenaissance", "datedenaissanceeleve", "datenaissanceeleve"),
    "gender": ("sexe", "sexeeleve"),
    "ine": ("ine", "ineeleve", "inerne"),
    "level": ("niveau",),
    "label": ("libelleclasse", "classe"),
    "class": ("identifiantclasse",),
}
_GUARDIANS: Mapping[str, tuple[str, ...]] = {
    "family": ("nomresponsable", "nomdefamilleresponsable"),
    "usage": ("nomusageresponsable", "nomdusageresponsable"),
    "given": ("prenomresponsable",),
    "gender": ("civiliteresponsable",),
    "email": ("courriel", "courrielresponsable"),
}
_TEACHERS: Mapping[str, tuple[str, ...]] = {
    "family": ("nom", "nomdefamille"),
    "usage": ("nomusage", "nomdusage"),
    "given": ("prenom",),
    "gender": ("civilite",),
    "email": ("courriel",),
    "head": ("directeur",),
    "label": ("classe", "libelleclasse", "classes"),
}
#: What stands in a guardians' file once per child, under the same headers each time.
_CHILD: Mapping[str, tuple[str, ...]] = {
    "usage": ("nomdusageenfant", "nomusageenfant"),
    "family": ("nomdefamilleenfant", "nomenfant"),
    "given": ("prenomenfant",),
    "label": ("classesenfants", "classesenfant", "classeenfant"),
}
#: Addresses, telephones, daily life, health, professions: known, and never kept. Cycle is known and
#: not believed: in 2015 it said CYCLE III of a CE2.
BLOCKED = _words(
    "adresse adresse1 adresse2 cp cp1 cp2 codepostal commune commune1 commune2 pays pays1"
    " pays2 adresseresponsable cpresponsable communeresponsable telephonedomicile"
    " telephonetravail telephoneportable numerodeposte cycle attestationfournie"
    " autorisationsassociations autorisationsphotos autorisationassociations autorisationphoto"
    " decisiondepassage datedinscription etat deuxiemeprenom troisiemeprenom"
    " deuxiemeprenomeleve troisiemeprenomeleve communedenaissance departementdenaissance"
    " paysdenaissance communenaissance departementnaissance paysnaissance pcs intervenant"
    " dispositif dispositifs regroupement regroupements communicationadresses civilite"
    " civiliteeleve"
)


#: What the headers of a refused file may be compared with, as ONDE writes them.
KNOWN = (
    (
        "élèves: Nom élève, Nom d'usage élève, Prénom élève, Date naissance, Sexe, INE, Niveau, "
        "Libellé classe, Identifiant classe"
    ),
    (
        "responsables: Civilité Responsable, Nom usage responsable, Nom responsable, "
        "Prénom responsable, then Nom d'usage enfant, Nom de famille enfant, Prénom enfant, "
        "Classes enfants as often as need be"
    ),
    "enseignants: Civilité, Nom usage, Nom, Prénom, Directeur, Classe",
)


class Kind(NamedTuple):
    """One kind of file: its event, its columns, and those it is known by (one of each group)."""

    event: str
    columns: Mapping[str, tuple[str, ...]]
    known_by: tuple[tuple[str, ...], ...]


KINDS = (
    Kind(PUPIL, _PUPILS, (("family", "usage"), ("given",))),
    Kind(GUARDIAN, _GUARDIANS, (("family", "usage"), ("given",))),
    # "Nom" and "Prénom" head lists of all sorts: one column of ONDE's own must stand beside
    Kind(TEACHER, _TEACHERS, (("family", "usage"), ("given",), ("head", "label"))),
)


class Layout(NamedTuple):
    """Where a file of one kind says what.

    `columns` holds, for each field, its places in the order in which they count; `children` one
    mapping of field to place per block of the header. `open` is the order of a block's fields when
    values beyond the header are further children, empty when they are not. `unknown` holds the
    headers, folded, that no source describes.
    """

    event: str
    columns: Mapping[str, tuple[int, ...]]
    children: tuple[Mapping[str, int], ...]
    open: tuple[str, ...]
    unknown: tuple[str, ...]
    width: int

    @property
    def least(self) -> int:
        """How many values a row has at least: up to the last that is read, to the first child."""
        places = [place + 1 for places in self.columns.values() for place in places]
        return max(*places, *(min(block.values()) for block in self.children[:1]))


def fold(header: str) -> str:
    """A header in small letters without accents, spaces, `*`, apostrophes and other points."""
    plain = unicodedata.normalize("NFKD", header).casefold()
    return "".join(c for c in plain if c not in _IGNORED and not unicodedata.combining(c))


def lay_out(headers: Sequence[str]) -> Layout | None:
    """The layout of a file with these headers, None when they are of no known kind.

    Raises `Flaw` when they are of two kinds, when one that counts stands twice, or when the
    children's columns are not whole blocks.
    """
    folded = [fold(header) for header in headers]
    kinds = [kind for kind in KINDS if _is(kind, folded)]
    if not kinds:
        return None
    if len(kinds) > 1:
        raise Flaw("ONDE_HEADERS", f"headers of {len(kinds)} kinds of file at once")
    (kind,) = kinds
    mine = {name for names in kind.columns.values() for name in names}
    twice = sorted(name for name in mine if folded.count(name) > 1)
    if twice:
        raise Flaw("ONDE_HEADERS", f"the header {twice[0]} stands {folded.count(twice[0])} times")
    children = _blocks(folded) if kind.event == GUARDIAN else ()
    block = tuple(children[0]) if children else ()
    last = max(children[-1].values()) == len(folded) - 1 if children else False
    columns = {
        field: tuple(folded.index(name) for name in names if name in folded)
        for field, names in kind.columns.items()
    }
    return Layout(
        kind.event, columns, children, block if last else (), _unknown(folded, kind), len(folded)
    )


def _is(kind: Kind, folded: Sequence[str]) -> bool:
    return all(
        any(name in folded for field in fields for name in kind.columns[field])
        for fields in kind.known_by
    )


def _blocks(folded: Sequence[str]) -> tuple[Mapping[str, int], ...]:
    """The children's columns, cut where a field comes again; each block must be like the first."""
    field_of = {name: field for field, names in _CHILD.items() for name in names}
    blocks: list[dict[str, int]] = []
    for place, name in enumerate(folded):
        field = field_of.get(name)
        if field is not None:
            if not blocks or field in blocks[-1]:
                blocks.append({})
            blocks[-1][field] = place
    for block in blocks:
        places = list(block.values())
        whole = tuple(block) == tuple(blocks[0]) and places[-1] - places[0] == len(places) - 1
        if not whole or "given" not in block or not block.keys() & {"family", "usage"}:
            raise Flaw("ONDE_HEADERS", "columns of children that are not whole blocks")
    return tuple(blocks)


def _unknown(folded: Sequence[str], kind: Kind) -> tuple[str, ...]:
    known = {name for names in kind.columns.values() for name in names} | BLOCKED
    if kind.event == GUARDIAN:
        known |= {name for names in _CHILD.values() for name in names}
    return tuple(sorted({name[:_SHOWN] for name in folded if name and name not in known}))
