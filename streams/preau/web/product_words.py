"""What a product can do, in the French of the page that schools read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from preau.catalogue.capability import Capability

NOTHING = "–"
DEGREES = {"first": "écoles", "second": "collèges", "both": "écoles et collèges"}
MEMBERS = {
    "GROUP": "des classes",
    "PERSON": "des comptes",
    "PSEUDONYM": "des personnes, sous un pseudonyme",
}
SHARES = {
    "COPY": "copié dans le groupe",
    "ACL": "ouvert au groupe par un droit",
    "LINK": "donné par un lien",
}
OTHERS = {
    "HOMEWORK_PUT": "le travail à faire",
    "NOTICE_PUT": "les informations",
    "CALENDAR_EVENT_PUT": "les dates",
}
WAYS_IN = {
    "http": "il envoie ses événements",
    "poll": "Préau l'interroge",
    "file": "il dépose des fichiers",
}
READ_BACK = {
    "group": "le groupe",
    "member": "ses membres",
    "share": "les documents",
    "homework": "le travail à faire",
    "notice": "les informations",
    "calendar_event": "les dates",
}
TIERS = {
    "seen": "décrit",
    "checked": "vérifié sur des exemples",
    "live": "suivi par son éditeur",
    "trusted": "éprouvé en service",
}
RECORDS = {
    "establishment": "établissements",
    "person": "personnes",
    "affiliation": "rattachements",
    "guardianship": "responsables",
    "group": "classes et groupes",
    "membership": "membres",
    "roster": "membres",
    "sector": "secteurs",
    "resource": "documents",
    "share": "partages",
    "homework": "travail à faire",
    "notice": "informations",
    "calendar_event": "agenda",
    "nomenclature": "nomenclatures",
}


def degree(each: Capability) -> str:
    """The schools that it serves."""
    return DEGREES[each.degree]


def members(each: Capability) -> str:
    """What a group of it may contain."""
    return _listed(each.members, MEMBERS)


def documents(each: Capability) -> str:
    """How a document can be shared in it."""
    return _listed(each.share, SHARES)


def others(each: Capability) -> str:
    """What else may be written in it."""
    return _listed(each.does, OTHERS)


def ways_in(each: Capability) -> str:
    """How its events come."""
    return _listed(each.ways_in, WAYS_IN)


def says(each: Capability) -> str:
    """What its events are about."""
    return _listed(each.says, RECORDS)


def read_back(each: Capability) -> str:
    """What of it is read again every night; else that it is not."""
    if not each.does:
        return NOTHING
    return _listed(each.reads_back, READ_BACK) if each.reads_back else "n'est pas relu"


def tier(each: Capability) -> str:
    """How far it was tried."""
    return TIERS[each.tier]


def _listed(words: Iterable[str], names: Mapping[str, str]) -> str:
    told = dict.fromkeys(names[word] for word in words if word in names)
    return ", ".join(told) or NOTHING
