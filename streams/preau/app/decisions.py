"""Who may decide what for an establishment, and whether its turn has come.

Legal frame: the conseil école-collège (Code de l'éducation, L401-4 and D421-133 to 137): one public
collège and the public écoles of its sector. A principal authorises for a collège; the director of
an école has no such power and transmits to the DASEN, who authorises.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from preau.errors import Place as At
from preau.errors import SetAside
from preau.store.projects import AUTHORISED, DRAFT, OPEN, Place
from preau.web.project_needs import Decision

FIRST, SECOND = "FIRST", "SECOND"
RULES: dict[tuple[str, str], tuple[str, ...]] = {
    (SECOND, "PRINCIPAL"): ("AUTHORISED", "REFUSED", "WITHDRAWN"),
    (FIRST, "DIRECTOR"): ("TRANSMITTED", "REFUSED", "WITHDRAWN"),
    (FIRST, "DASEN"): ("AUTHORISED", "REFUSED", "WITHDRAWN"),
}
"""(degree of the establishment, role) → what this role may decide for it."""


class Renewal(NamedTuple):
    """Whether the last day was moved since this place authorised, and its director transmitted."""

    due: bool
    transmitted: bool


NO_RENEWAL = Renewal(due=False, transmitted=False)


def check_right(
    place: Place, decision: Decision, degree: str, renewal: Renewal = NO_RENEWAL
) -> None:
    """Raises `SetAside` unless this role may decide this; `degree` is empty for a mixed ENT."""
    allowed = {role: rule for (of, role), rule in RULES.items() if degree in ("", of)}
    if decision.by not in allowed:
        fix = "a principal decides for a collège; a director transmits, then the DASEN decides"
        what = "this role decides nothing for this establishment"
        where = At(field="by")
        raise SetAside("ROLE_REFUSED", what, where=where, known=tuple(allowed), fix=fix)
    if decision.decision not in allowed[decision.by]:
        what, fix = "this role may not decide that", "send one of the known decisions"
        where, known = At(field="decision"), allowed[decision.by]
        raise SetAside("DECISION_REFUSED", what, where=where, known=known, fix=fix)
    _check_turn(place, decision, renewal)


def _check_turn(place: Place, decision: Decision, renewal: Renewal) -> None:
    """The DASEN decides on what a director transmitted; it is transmitted again for a renewal."""
    early = place.by != "DASEN" and place.decision != "TRANSMITTED"
    early |= renewal.due and not renewal.transmitted and decision.decision == AUTHORISED
    if decision.by == "DASEN" and early:
        fix = "let the director transmit first: decision TRANSMITTED, by DIRECTOR"
        what = "the director has not transmitted the project"
        raise SetAside("NOT_TRANSMITTED", what, where=At(field="by"), fix=fix)
    if decision.decision == "TRANSMITTED" and place.decision == AUTHORISED and not renewal.due:
        fix = "nothing is left to do; to stop the exchange send WITHDRAWN"
        what = "the DASEN has authorised this establishment already"
        raise SetAside("ALREADY_AUTHORISED", what, where=At(field="decision"), fix=fix)


def state_of(places: Iterable[Place]) -> str:
    """Open while a collège and an école authorise: told by who decided, not by the ENT's degree.

    One ENT may serve both degrees; only a principal speaks for a collège, only a DASEN for écoles.
    """
    deciders = {place.by for place in places if place.decision == AUTHORISED}
    return OPEN if {"PRINCIPAL", "DASEN"} <= deciders else DRAFT
