"""The French of the pages: dates, roles, decisions and answers, each status an icon and a word."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from preau.clock import paris
from preau.outlets.french_dates import day_words, hour_words, weekday_words
from preau.outlets.reasons import words
from preau.web.reading import Advice, Answer


class Status(NamedTuple):
    """A word, its icon (never alone, never told by colour), and a class for the style sheet."""

    word: str
    icon: str
    tone: str


_NOT_KNOWN = Status("inconnu", "?", "wait")
OUTCOMES = {
    "APPLIED": Status("appliqué", "✔", "good"),
    "ACCEPTED": Status("transmis", "→", "sent"),
    "REFUSED": Status("refusé", "✖", "bad"),
    "PENDING": Status("en attente", "…", "wait"),
    "EXPIRED": Status("abandonné", "✖", "bad"),
    "": Status("en attente", "…", "wait"),
}
_MEANT = {"NO_DOCUMENTS": Status("sans objet", "–", "sent")}
"""Reasons that are no trouble: nothing was lost, and nobody has to act."""
DECISIONS = {
    "PROPOSED": Status("proposé, sans réponse", "…", "wait"),
    "TRANSMITTED": Status("transmis au DASEN", "→", "sent"),
    "AUTHORISED": Status("autorisé", "✔", "good"),
    "REFUSED": Status("refusé", "✖", "bad"),
    "WITHDRAWN": Status("retiré", "✖", "bad"),
}
STATES = {
    "DRAFT": Status("en préparation", "…", "wait"),
    "OPEN": Status("ouvert", "✔", "good"),
    "EXPIRED": Status("arrivé à son terme", "■", "sent"),
    "CLOSED": Status("clos", "■", "sent"),
}
ROLES = {
    "PRINCIPAL": "principal ou principale du collège",
    "DIRECTOR": "directeur ou directrice d'école",
    "DASEN": "DASEN",
    "TEACHER": "enseignant ou enseignante",
    "OPERATOR": "opérateur de Préau",
}
_THINGS = {
    "GROUP": ("le groupe", "les groupes"),
    "CLASS": ("classe", "classes"),
    "MEMBER": ("membre", "membres"),
    "RESOURCE": ("document", "documents"),
    "SHARE": ("partage", "partages"),
    "HOMEWORK": ("travail à faire", "travaux à faire"),
    "NOTICE": ("information", "informations"),
    "CALENDAR_EVENT": ("date", "dates"),
}
_COUNTED = frozenset({"CLASS", "MEMBER"})
"""Things without a name of their own on a page: one of them is `1 membre`."""
REMOVE = "_REMOVE"
"""What ends the name of a thing that is withdrawn."""
_KINDS = {
    "DOCUMENT": "document",
    "LINK": "lien",
    "IMAGE": "image",
    "VIDEO": "vidéo",
    "AUDIO": "enregistrement",
    "FOLDER": "dossier",
}
_PERMISSIONS = {
    "READ": "lecture",
    "COMMENT": "lecture et commentaires",
    "CONTRIB": "contribution",
    "MANAGE": "gestion",
}
_EXPLAINED = {
    "APPLIED": "visible dans cet ENT",
    "ACCEPTED": "l'ENT l'a reçu et le traite",
    "EXPIRED": "l'ENT n'a pas répondu pendant plusieurs jours",
    "": "Préau l'enverra à cet ENT dès que possible",
}


_LATE = {
    "TRANSPORT": "L'ENT n'a toujours pas reçu ce message ; le délai est dépassé.",
    "PROCESSING": "L'ENT a reçu ce message, sans dire ce qu'il en a fait ; le délai est dépassé.",
}
"""Level of a receipt → what is late."""


_LEVELS = {
    "SIXIEME": "6e",
    "CINQUIEME": "5e",
    "QUATRIEME": "4e",
    "TROISIEME": "3e",
    "SECONDE": "2de",
    "PREMIERE": "1re",
    "TERMINALE": "terminale",
    "OTHER": "autre niveau",
}
_FILES_SAY = {
    "group.levels": "l'ENT la dit en {said}, les fichiers de l'État disent {believed}",
    "group.establishments": "l'ENT la place à {said}, les fichiers de l'État à {believed}",
}


def outcome(code: str, reason_code: str = "") -> Status:
    """The status of an answer; of what is meant not to be there it alarms nobody."""
    return _MEANT.get(reason_code) or OUTCOMES.get(code, _NOT_KNOWN)


def decision(code: str) -> Status:
    """The status of an establishment in the project."""
    return DECISIONS.get(code, _NOT_KNOWN)


def state(code: str) -> Status:
    """The status of the project."""
    return STATES.get(code, _NOT_KNOWN)


def role(code: str) -> str:
    """Who decided, in words."""
    return ROLES.get(code, "")


def advice(told: Advice) -> str:
    """What an ENT says of a class otherwise than the State's files, with how many pupils."""
    said, believed = (
        " ".join(_LEVELS.get(word, word) for word in text.split())
        for text in (told.said, told.believed)
    )
    otherwise = _FILES_SAY[told.field].format(said=said, believed=believed)
    pupils = "1 élève" if told.things == 1 else f"{told.things} élèves"
    return f"Classe {quoted(told.name)} : {otherwise} pour {pupils}."


def kind(code: str) -> str:
    """What a document is."""
    return _KINDS.get(code, "document")


def permission(code: str) -> str:
    """What the group may do with a document."""
    return _PERMISSIONS.get(code, "lecture")


def reason(outcome_code: str, reason_code: str, what: str = "") -> str:
    """Why, as a sentence: the reason's own words, else what the outcome means for that thing."""
    if reason_code:
        text = words(reason_code)
    elif outcome_code == "APPLIED" and what.endswith(REMOVE):
        text = "n'est plus dans cet ENT"
    else:
        text = _EXPLAINED.get(outcome_code, "")
    return _sentence_start(text) + "." if text else ""


def late(level: str) -> str:
    """Why somebody should look: which deadline an ENT has passed."""
    return _LATE.get(level, "Le délai est dépassé.")


def thing(what: str, label: str, count: int) -> str:
    """What an answer is about: `Le groupe`, `12 membres`, `Partage « Règles du défi »`.

    What is withdrawn says so first: `Retrait : 12 membres`.
    """
    if what.endswith(REMOVE):
        return f"Retrait\u00a0: {_thing(what.removesuffix(REMOVE), label, count)}"
    return _sentence_start(_thing(what, label, count))


def _thing(what: str, label: str, count: int) -> str:
    one, many = _THINGS.get(what, ("élément", "éléments"))
    if count > 1:
        return f"{count} {many.removeprefix('les ')}"
    if what in _COUNTED:
        return f"1 {one}"
    return f"{one} {quoted(label)}" if label and what != "GROUP" else one


def _sentence_start(text: str) -> str:
    return text[:1].upper() + text[1:]


def quoted(text: str) -> str:
    """A title between French quotes, which never stand alone on a line."""
    return f"«\u00a0{text}\u00a0»"


def counts(answers: Sequence[Answer]) -> list[tuple[Status, int]]:
    """How many things got each kind of answer, the best first; what nothing got is left out."""
    found = Counter[Status]()
    for answer in answers:
        found[outcome(answer.outcome, answer.reason)] += answer.things
    known = dict.fromkeys((*OUTCOMES.values(), *_MEANT.values()))
    return [(status, found[status]) for status in known if found[status]]


def followers(count: int) -> str:
    """How many pupils of 6e are in the project because they were at école."""
    if count == 1:
        return "1 élève venu d’une école du projet garde ici ses droits."
    return f"{count} élèves venus d’une école du projet gardent ici leurs droits."


def day(text: str) -> str:
    """A day: `2026-10-12` → `12 octobre 2026`; what is not a day is shown as it is."""
    try:
        date = dt.date.fromisoformat(text[:10])
    except ValueError:
        return text
    return day_words(date)


def moment(ms: int | None) -> str:
    """An instant: `lundi 12 octobre 2026 à 10 h 30`, by the clock of Paris, as the page says."""
    if ms is None:
        return ""
    at = paris(ms)
    return f"{weekday_words(at.date())} à {hour_words(at)}"


def machine(ms: int | None) -> str:
    """The same instant for the `datetime` attribute, in UTC."""
    if ms is None:
        return ""
    return dt.datetime.fromtimestamp(ms // 1000, dt.UTC).isoformat()
