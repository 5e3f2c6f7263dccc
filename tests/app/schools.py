"""An école and a collège of one sector, their classes, and a desk's usual orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.app.projects_desk import ProjectsDesk
from preau.canon.codec import decode
from preau.store import said, sectors
from preau.store.said import SaidState
from preau.web.project_needs import Decision, Invited, NewProject

NOW = 1_791_793_800_000  # 12 October 2026
DEGREES = {"ent-ecole": "FIRST", "mon-ent": "SECOND", "both": "", "aaf": "SECOND"}
ECOLE, COLLEGE = "0119001Z", "0119010J"
TWO = (Invited(ECOLE, "ent-ecole", ("5121",)), Invited(COLLEGE, "mon-ent", ("aaf/43$6A",)))
LEVELS: dict[str, Any] = {"kind": "CLASS", "levels": []}


class Product(NamedTuple):
    """A connector's card, as far as a decision reads it; it asks for more than any purpose."""

    product: str
    members: tuple[str, ...]
    needs: Mapping[str, tuple[str, ...]]
    adults_only: bool = False


CARD = Product("classeur", ("PERSON",), {"SHARE_PUT": ("share", "title", "absence")})


def known_class(key: str, *places: str, deleted: bool = False) -> SaidState:
    fields = {**LEVELS, "name": key, "establishments": list(places)}
    return SaidState("group", key, 1, deleted, "e", fields)


def fill(engine: sa.Engine) -> None:
    """The classes that are known, and the sector."""
    classes = [
        known_class("ent-ecole/5121", ECOLE),
        known_class("ent-ecole/5122"),  # its ENT does not say where it is
        known_class("ent-ecole/5129", ECOLE, deleted=True),
        known_class("aaf/43$6A", COLLEGE, "aaf/43"),
    ]
    with engine.begin() as connection:
        said.put(connection, classes)
        sectors.put(connection, COLLEGE, [ECOLE, "0119002A"])


def project_of(*participants: Invited) -> NewProject:
    return NewProject(
        "Défi lecture", "PROJET_PEDAGOGIQUE", "2026-10-12", "2027-07-02", participants
    )


def decide(desk: ProjectsDesk, project: str, uai: str, decision: str, by: str) -> dict[str, Any]:
    (record,) = desk.decide(project, Decision(uai, decision, by))
    return decode(record.value or b"").value


def authorise(desk: ProjectsDesk, project: str) -> dict[str, Any]:
    decide(desk, project, ECOLE, "TRANSMITTED", "DIRECTOR")
    decide(desk, project, ECOLE, "AUTHORISED", "DASEN")
    return decide(desk, project, COLLEGE, "AUTHORISED", "PRINCIPAL")


def states(record: dict[str, Any]) -> dict[str, str]:
    return {each["uai"]: each["decision"] for each in record["establishments"]}
