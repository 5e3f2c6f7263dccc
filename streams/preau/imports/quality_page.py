"""The quality report in French: for a terminal, and as one page that stands by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from preau.imports.findings import (
    LEVEL_UNKNOWN,
    NO_CLASS,
    NO_LEVEL,
    TWO_PLACES,
    UAI_LETTER,
    Finding,
    SchoolQuality,
    Spot,
)
from preau.imports.paper import PAPER


class Words(NamedTuple):
    """How a fault is told, and what to do about it."""

    one: str
    many: str
    todo: str


WORDS = {
    UAI_LETTER: Words(
        "lettre d'UAI qui ne correspond pas au numéro",
        "lettres d'UAI qui ne correspondent pas au numéro",
        "Vérifier l'UAI ; s'il est juste, le signaler à l'académie.",
    ),
    NO_CLASS: Words(
        "élève sans classe",
        "élèves sans classe",
        "Affecter chaque élève à une classe dans ONDE ou SIECLE.",
    ),
    TWO_PLACES: Words(
        "élève inscrit aussi dans un autre établissement",
        "élèves inscrits aussi dans un autre établissement",
        "Voir avec l'autre établissement lequel scolarise l'élève, et radier dans l'autre.",
    ),
    NO_LEVEL: Words(
        "classe sans niveau",
        "classes sans niveau",
        "Donner à chaque classe ses niveaux (MEF) dans ONDE ou SIECLE.",
    ),
    LEVEL_UNKNOWN: Words(
        "niveau inconnu",
        "niveaux inconnus",
        "Rattacher le code (MEF) ou le libellé à un niveau national.",
    ),
}
_PLACES = (("record ", "fiche "), ("line ", "ligne "))


def render_text(report: Sequence[SchoolQuality]) -> str:
    """The report as lines of text."""
    lines = [summary(report)]
    for school in troubled(report):
        lines += ["", title(school)]
        if school.pupils or school.classes:
            lines.append(f"  {counted(school)}")
        for finding in school.findings:
            lines += _told(finding)
    return "\n".join(lines) + "\n"


def _told(finding: Finding) -> Iterator[str]:
    words = WORDS[finding.kind]
    yield f"  {number(finding.count, words.one, words.many)}"
    for spot in finding.spots:
        yield f"    {where(spot)}"
    if more := finding.places - len(finding.spots):
        yield f"    … {number(more, 'autre endroit', 'autres endroits')}"
    yield f"    À faire : {words.todo}"


def render_html(report: Sequence[SchoolQuality]) -> str:
    """The report as an HTML page in UTF-8: no script, nothing fetched, readable without colour."""
    page = PAPER.get_template("quality.html")
    return page.render(
        troubled=troubled(report),
        sound=[school for school in report if not school.findings],
        words=WORDS,
        summary=summary(report),
        title=title,
        counted=counted,
        where=where,
        number=number,
    )


def troubled(report: Sequence[SchoolQuality]) -> list[SchoolQuality]:
    """The establishments of which something is to be said."""
    return [school for school in report if school.findings]


def summary(report: Sequence[SchoolQuality]) -> str:
    """One sentence about all of them."""
    schools = [school for school in report if _is_school(school)]
    bad = [school for school in schools if school.findings]
    told = number(len(schools), "établissement lu", "établissements lus")
    if not bad:
        return f"{told}, rien à signaler."
    return f"{told}, {number(len(bad), 'est à vérifier', 'sont à vérifier')}."


def title(school: SchoolQuality) -> str:
    """The establishment's UAI and name."""
    if not _is_school(school):
        return "Nomenclature de l'académie (toutes les structures)"
    uai = school.uai or "UAI inconnu"
    return f"{uai}, {school.name or 'établissement sans nom dans les fichiers'}"


def counted(school: SchoolQuality) -> str:
    """What was read of it."""
    pupils = number(school.pupils, "élève lu", "élèves lus")
    return f"{pupils}, {number(school.classes, 'classe lue', 'classes lues')}"


def where(spot: Spot) -> str:
    """A place as a person looks it up: `Eleve_0003.xml, fiche 17`."""
    path = spot.path
    for ours, theirs in _PLACES:
        path = path.replace(ours, theirs)
    return f"{spot.file}, {path}" if path else spot.file


def number(count: int, one: str, many: str) -> str:
    """A count and its noun; thousands apart, as in 1 200."""
    digits = f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{digits} {many if count > 1 else one}"


def _is_school(school: SchoolQuality) -> bool:
    """Not the nomenclature, which belongs to no establishment."""
    return bool(school.uai or school.name or school.pupils or school.classes)
