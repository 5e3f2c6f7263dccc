"""What the reader holds, by the way in which it came: entities, and the classes that they make."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from preau.sandbox.ledger import Ledger

TABLES = """
create table if not exists entity (
  way text, kind text, id text, body text, primary key (way, kind, id));
"""
CSV, REST = "csv", "rest"
FIELDS: Mapping[str, Mapping[str, str]] = {
    "academicSessions": {
        "title": "title",
        "type": "type",
        "startDate": "startDate",
        "endDate": "endDate",
    },
    "orgs": {
        "name": "name",
        "type": "type",
        "identifier": "identifier",
        "parentSourcedId": "parent",
    },
    "courses": {"title": "title", "orgSourcedId": "org"},
    "classes": {"title": "title", "courseSourcedId": "course", "schoolSourcedId": "school"},
    "users": {
        "username": "username",
        "givenName": "givenName",
        "familyName": "familyName",
        "primaryOrgSourcedId": "primaryOrg",
    },
    "enrollments": {
        "classSourcedId": "class",
        "userSourcedId": "user",
        "schoolSourcedId": "school",
        "role": "role",
        "primary": "primary",
    },
}
"""Kind → column of its file → name in the service's answers; what refers comes after its goal."""
Body = dict[str, Any]
"""The values of one entity by their names in the service; `roles` of a user are (org, role)."""
Entities = dict[str, Body]
"""sourcedId → the entity."""


class Held:
    """Reads and changes it; inside the caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def stand(self, way: str, told: Mapping[str, Entities]) -> None:
        """These, and nothing else."""
        self._ledger.change("delete from entity where way=?", way)
        for kind, entities in told.items():
            for sourced_id, body in entities.items():
                self.put(way, kind, sourced_id, body)

    def put(self, way: str, kind: str, sourced_id: str, body: Body) -> None:
        """A new one, or the same with other values."""
        sql = "insert or replace into entity values (?,?,?,?)"
        self._ledger.change(sql, way, kind, sourced_id, json.dumps(body, sort_keys=True))

    def remove(self, way: str, kind: str, sourced_id: str) -> None:
        """One that is gone; nothing when it was never there."""
        sql = "delete from entity where way=? and kind=? and id=?"
        self._ledger.change(sql, way, kind, sourced_id)

    def of(self, way: str) -> dict[str, Entities]:
        """All that came in that way, by kind and id."""
        found: dict[str, Entities] = {kind: {} for kind in FIELDS}
        sql = "select kind, id, body from entity where way=? order by kind, id"
        for row in self._ledger.rows(sql, way):
            found[row["kind"]][row["id"]] = json.loads(row["body"])
        return found

    def classes(self, way: str) -> list[Body]:
        """Its classes with whom they have, as `holds` says them; it has no place for documents.

        An enrollment is shown when its person and its class are there.
        """
        found = self.of(way)
        made = [self._class(way, found, *each) for each in found["classes"].items()]
        return sorted(made, key=lambda each: (each["uai"], each["title"]))

    def _class(self, way: str, found: Mapping[str, Entities], of: str, body: Body) -> Body:
        school = found["orgs"].get(body["school"], {"name": "", "identifier": ""})
        there = [
            (each["user"], each["role"])
            for each in found["enrollments"].values()
            if each["class"] == of and each["user"] in found["users"]
        ]
        return {
            "way": way,
            "uai": school["identifier"],
            "school": school["name"],
            "title": body["title"],
            "members": sorted(_name(found["users"][user]) for user, _ in there),
            "accounts": sorted(map(list, there)),
            "documents": [],
        }


def _name(user: Body) -> str:
    return f"{user['givenName']} {user['familyName']}"
