"""The French of the page of imports: each state an icon and a word, and what the buttons do."""

from __future__ import annotations

from preau.web.french import Status
from preau.web.reading import ImportShown

STATES = {
    "READING": Status("en lecture", "…", "wait"),
    "HELD": Status("retenu, attend une décision", "!", "wait"),
    "SENDING": Status("à envoyer", "…", "wait"),
    "UNDER_WAY": Status("envoi en cours", "→", "sent"),
    "DONE": Status("fait", "✔", "good"),
    "REFUSED": Status("refusé, rien n'a changé", "✖", "bad"),
    "DROPPED": Status("abandonné", "✖", "bad"),
}
_NOT_KNOWN = Status("inconnu", "?", "wait")


def state(shown: ImportShown) -> Status:
    """The status of an import."""
    return STATES.get("UNDER_WAY" if shown.under_way else shown.state, _NOT_KNOWN)


def why(shown: ImportShown) -> str:
    """What stands before the reasons."""
    told = {"HELD": "Pourquoi il est retenu", "REFUSED": "Pourquoi il est refusé"}
    return told.get(shown.state, "Pourquoi il avait été retenu")


def number(count: int, one: str, many: str) -> str:
    """A count and its noun: `1 fiche`, `12 fiches`; thousands apart."""
    digits = f"{count:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return f"{digits} {many if count > 1 else one}"


def changes(shown: ImportShown) -> str:
    """What an import would change, as a list of three counts."""
    added = sum(each.added for each in shown.categories)
    changed = sum(each.changed for each in shown.categories)
    removed = sum(each.removed for each in shown.categories)
    told = (
        number(added, "fiche ajoutée", "fiches ajoutées"),
        number(changed, "modifiée", "modifiées"),
        number(removed, "supprimée", "supprimées"),
    )
    return ", ".join(told)


def aside(shown: ImportShown) -> str:
    """How many records were set aside, and why: `3 (AAF_ID 2, AAF_ARITY 1)`."""
    total = sum(count for _, count in shown.aside)
    why = ", ".join(f"{code} {count}" for code, count in shown.aside)
    return f"{total} ({why})" if why else f"{total}"
