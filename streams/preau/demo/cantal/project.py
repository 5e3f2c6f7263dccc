"""What the network does together: its project, its document, its date."""

from __future__ import annotations

import datetime as dt
from typing import Any

from preau.demo.cantal.checks import class_key, members
from preau.demo.cantal.territory import (
    BENEYLU,
    COLLEGE,
    NETCIRCO,
    NETCOLLEGE,
    NETECOLE,
    PROJECT,
    Room,
)
from preau.demo.stage import Stage
from preau.demo.summer import days

TITLE, PURPOSE = "Les écrivains de la planèze", "RESEAU"
DESCRIPTION = "Écrire ensemble un recueil, du CM1 à la 6e, d'école éloignée en école éloignée."
MEETING = "Rencontre du réseau"
PEOPLE = sum(len(members(PROJECT, name)) for name in (NETECOLE, BENEYLU, NETCIRCO, NETCOLLEGE))
"""Members of the group, in all ENTs; a class of Beneylu counts as one."""


def network_project(stage: Stage) -> dict[str, object]:
    """What is asked of the hub."""
    begins = days(stage)
    signed = {"reference": "RESEAU-15-3", "signed_by": "DASEN", "signed_on": begins["from"]}
    return {
        "title": TITLE,
        "purpose": PURPOSE,
        "description": DESCRIPTION,
        **begins,
        "convention": signed,
        "participants": [_invited(each) for each in PROJECT],
    }


def meeting(stage: Stage, group: str) -> tuple[str, dict[str, Any]]:
    """A date in a week, as NetCollège says it: the event's name and its fields."""
    now = dt.datetime.fromtimestamp(stage.control.clock.now_ms() / 1000, dt.UTC)
    day = f"{now + dt.timedelta(days=7):%d/%m/%Y}"
    when = {"debut": f"{day} 09:00", "fin": f"{day} 11:30"}
    said = {"identifiant": "nco-R1", "titre": MEETING, **when}
    place = {"uai": COLLEGE.uai}
    return "agenda.evenement_cree", {
        "etablissement": place,
        "rendez_vous": said,
        "groupes": [group],
    }


def _invited(room: Room) -> dict[str, object]:
    return {"uai": room.uai, "instance": room.instance, "classes": [class_key(room)]}
