"""The register of processing of this very hub."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from preau.app.control import Control
from preau.broker.topics import declared
from preau.canon.schemas import load
from preau.rights.paper import iso
from preau.rights.register import Deeds, Party, register

_PURPOSES = sa.text("select distinct purpose from project where purpose <> '' order by purpose")
_PEOPLE = sa.text("select count(*) from person_entry where deleted = false")


def register_of(control: Control) -> dict[str, Any]:
    """What it does now, as plain values; nobody is named."""
    instances = [each for each in control.instances.all() if not each.disabled]
    parties = []
    for each in instances:
        card = control.card(each.connector)
        needs = {name: sorted(fields) for name, fields in card.needs.items()}
        told = (each.name, each.connector, each.degree, each.way_out != "none")
        parties.append(Party(*told, needs))
    with control.engine.connect() as connection:
        purposes = list(connection.execute(_PURPOSES).scalars())
        people = int(connection.execute(_PEOPLE).scalar_one())
    topics = declared(sorted({each.connector for each in instances}), [i.name for i in instances])
    deeds = Deeds(parties, purposes, topics, people)
    return register(deeds, load(), iso(control.clock.now_ms()) or "")
