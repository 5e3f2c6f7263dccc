"""What is dropped by a source of full states: a whole set, or one file of a set, and its report.

One file says nothing of who is absent from it: nobody is withdrawn because of it. A folder named
`….complet` and an archive are whole sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from preau.inlets.intake import Speaker
from preau.inlets.motifs import in_french
from preau.store.imports import DROPPED, HELD, REFUSED, ImportRun

COMPLETE = ".complet"
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
_PARTS = (
    *(("categories", "en tout"), ("added", "ajoutées")),
    *(("changed", "modifiées"), ("removed", "supprimées")),
)
#: What becomes of a change that cannot be put on anything.
_MEANING = {
    "IMPORT_NOT_KEPT": " (modification d'une fiche dont les dernières valeurs ne sont pas gardées :"
    " l'opérateur doit le permettre, puis il faut importer un Complet)",
    "IMPORT_NO_BASE": " (modification sans Complet importé avant : importez d'abord un Complet)",
    "IMPORT_NO_RECORD": " (modification d'une fiche inconnue : demandez un Complet à l'académie)",
}


class TakeSet(Protocol):
    """Imports what lies at a path, to its end: it comes back DONE, HELD, REFUSED or DROPPED."""

    def __call__(self, speaker: Speaker, path: Path, *, partial: bool) -> ImportRun:
        """Raises `SetAside` when it may not be imported, `TryAgain` when it cannot be now."""
        ...


def is_whole(path: Path) -> bool:
    """Whether what was dropped is a whole set."""
    return path.name.lower().endswith((COMPLETE, *ARCHIVES))


def report(run: ImportRun) -> str:
    """What became of it, in French, for whoever dropped it."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: ImportRun) -> Iterator[str]:
    if run.state == REFUSED:
        for reason in run.reasons:  # one line in a list, several in a file
            yield from (
                reason.replace(" À faire : ", "\nÀ faire : ")
                .replace(" Code : ", "\nCode : ")
                .split("\n")
            )
        yield f"Rien n'a changé. Import : {run.id}"
        return
    if run.state == HELD:
        yield "RETENU : les changements sont trop nombreux pour être envoyés sans une décision."
        yield from (f"  {reason}" for reason in run.reasons)
        yield "À faire : ouvrir la page des imports (/imports), puis Confirmer ou Abandonner."
        yield f"  ou : preau import confirm {run.id}   ou   preau import drop {run.id}"
        yield "Rien n'a été envoyé."
    elif run.state == DROPPED:
        yield "Abandonné par une personne, ou remplacé par un lot plus récent."
    else:
        yield "Lu en entier, comparé avec le dernier import ; les changements sont envoyés."
    yield from _counts(run)


def _counts(run: ImportRun) -> Iterator[str]:
    result = run.result
    yield f"Fiches prises en compte : {result['read'] - result.get('unread', 0)}"
    yield f"Fiches mises de côté : {sum(result['set_aside'].values())}"
    for category in sorted({*result["categories"], *result["removed"]}):
        counts = [f"{word} {result[part].get(category, 0)}" for part, word in _PARTS]
        yield f"  {category} : {', '.join(counts)}"
    if result.get("delta"):
        yield "Ce lot ne dit que les différences : les autres fiches restent comme avant."
    elif result.get("partial"):
        yield "Ce n'est pas un lot complet : personne n'est retiré parce qu'il n'y figure pas."
    elif result["spared"]:
        yield f"Fiches absentes gardées : {result['spared']}"
        yield "  (une partie de leur catégorie n'a pas pu être lue)"
    yield f"Import : {run.id}"
    if result["set_aside"]:
        yield "Mises de côté, par raison :"
        for code, count in result["set_aside"].items():
            yield f"  {code} : {count}{_MEANING.get(code, '')}"
    for file, place, code in result.get("places", ()):
        yield f"  {file}, {in_french(place)} : {code}"
