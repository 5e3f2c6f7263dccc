"""The French of what an ENT holds otherwise than it should: what differs, what becomes of it."""

from __future__ import annotations

from preau.web.french import Status
from preau.web.reading import Gap

_ONE = {
    "GROUP": ("le groupe", "m"),
    "CLASS": ("1 classe du groupe", "f"),
    "MEMBER": ("1 membre du groupe", "m"),
    "SHARE": ("1 document partagé", "m"),
    "HOMEWORK": ("1 travail à faire", "m"),
    "NOTICE": ("1 information", "f"),
    "CALENDAR_EVENT": ("1 date", "f"),
}
_MANY = {
    "GROUP": ("groupes", "m"),
    "CLASS": ("classes du groupe", "f"),
    "MEMBER": ("membres du groupe", "m"),
    "SHARE": ("documents partagés", "m"),
    "HOMEWORK": ("travaux à faire", "m"),
    "NOTICE": ("informations", "f"),
    "CALENDAR_EVENT": ("dates", "f"),
}
_STATES = {
    "FOUND": Status("signalé", "!", "wait"),
    "HELD": Status("à confirmer", "!", "bad"),
    "REPAIR": Status("réparation en cours", "…", "wait"),
    "TOLD": Status("réparation en cours", "…", "wait"),
    "REPAIRED": Status("réparé", "✔", "good"),
    "FAILED": Status("réparation refusée", "✖", "bad"),
}
_NEXT = {
    "FOUND": "Préau le montre et n'y touche pas.",
    "HELD": "Trop d'écarts à la fois, ou un écart qui revient : Préau attend l'opérateur.",
    "REPAIR": "Préau le remet en ordre.",
    "TOLD": "Préau le remet en ordre.",
    "REPAIRED": "C'est de nouveau comme il faut.",
    "FAILED": "L'ENT n'a pas voulu le remettre ; l'opérateur doit voir avec son éditeur.",
}


def gap(each: Gap) -> str:
    """What differs, as a sentence: `3 membres du groupe n'y sont plus.`"""
    many = each.things > 1
    named, gender = (_MANY if many else _ONE).get(each.what, ("éléments", "m"))
    things = f"{each.things} {named}" if many else named
    text = things[:1].upper() + things[1:]
    if each.kind == "MISSING":
        return f"{text} n'y {'sont' if many else 'est'} plus."
    if each.kind == "DIFFERENT":
        return f"{text} n'y {'ont' if many else 'a'} plus le bon nom."
    ending = ("e" if gender == "f" else "") + ("s" if many else "")
    if each.foreign:
        return f"{text} y {'ont' if many else 'a'} été ajouté{ending} à la main."
    return f"{text}, retiré{ending} par Préau, y {'sont' if many else 'est'} encore."


def becomes(each: Gap) -> str:
    """What Préau does of it, or who must act."""
    if each.foreign:
        return "Préau ne le connaît pas et n'y touche pas ; l'enlever se fait dans l'ENT."
    return _NEXT.get(each.state, "")


def stands(each: Gap) -> Status:
    """The status of it."""
    return _STATES.get(each.state, Status("inconnu", "?", "wait"))
