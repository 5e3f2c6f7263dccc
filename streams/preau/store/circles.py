"""What one ENT holds of a project's group by our own deliveries: its title, and who is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from preau.store import instance_settings

_TOLD = sa.text(
    "select operation, body from outgoing where project = :project and destination = :destination"
    " and refused = false and (operation = 'GROUP_PUT'"
    " or (operation = 'MEMBER_PUT' and answered = true)) order by seq"
)


class Circle(NamedTuple):
    """`members` are accounts by their ids in that ENT, as it told them; classes are left out.

    `settings` are those that an operator gave to the instance.
    """

    title: str = ""
    members: tuple[str, ...] = ()
    settings: Mapping[str, str] = {}


class Circles:
    """Asked at the moment of a delivery; whom an ENT has not taken for good is not there."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def __call__(self, project: str, destination: str) -> Circle:
        """The group of this project in this ENT."""
        asked = {"project": project, "destination": destination}
        title, members = "", []
        with self._engine.connect() as connection:
            for operation, said in connection.execute(_TOLD, asked):
                body = json.loads(said)
                if operation == "GROUP_PUT":
                    title = str(body.get("name") or "")
                elif body.get("member_kind") == "PERSON":
                    members.append(str(body["local_id"]))
            settings = instance_settings.of(connection, destination)
        return Circle(title, tuple(members), settings)
