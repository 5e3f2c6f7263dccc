"""The work groups of a fictional Beneylu (TEAM): people of one class, in a group inside it.

Documented in the public code (BeneyluSchool3, 2018): TEAM is a "groupe de travail au sein d'une
classe"; `POST user-directory/groups/{id}/team` with `label` and `users[]`, `PATCH …/users/add` and
`…/users/remove`. Assumed [A]: that a machine account may call them, `attributes.EXTERNAL_ID`,
`users[]` as the body of the two last, the error words, that nobody of another class may enter, and
that who is there already, or is not there, is no error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preau.sandbox.beneylu.state import known_group, next_id, shown_group, whole
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Call, Handler, Refused

TABLES = """
create table if not exists team_member (
  team_id integer, user_id integer, primary key (team_id, user_id));
"""
_WHERE = "/api/1.0/user-directory/groups/{id}"


class Teams:
    """Each method is one route, run inside one transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def routes(self) -> Mapping[str, Handler]:
        """What the machine account may call."""
        return {
            f"POST {_WHERE}/team": self.create,
            f"PATCH {_WHERE}/users/add": self.add,
            f"PATCH {_WHERE}/users/remove": self.remove,
        }

    def create(self, call: Call) -> object:
        """A work group of this class; called twice, there are two."""
        classroom = known_group(self._ledger, call.path["id"], "CLASSROOM")
        label = call.body.get("label")
        if not isinstance(label, str) or not label.strip():
            raise Refused(400, {"error": "label_is_required"})
        team = next_id(self._ledger, "groups")
        external = (call.body.get("attributes") or {}).get("EXTERNAL_ID")
        self._ledger.add(
            "insert into groups (id, label, type, parent_id, external_id) values (?,?,?,?,?)",
            *(team, label, "TEAM", classroom["id"], external),
        )
        self._ledger.effect(call.trace, "team.create", team)
        self._enter(call, known_group(self._ledger, team, "TEAM"))
        return shown_group(known_group(self._ledger, team))

    def add(self, call: Call) -> object:
        """These people enter, each if they are of its class; else none of them does."""
        team = known_group(self._ledger, call.path["id"], "TEAM")
        self._enter(call, team)
        return shown_group(team)

    def remove(self, call: Call) -> object:
        """These people leave."""
        team = known_group(self._ledger, call.path["id"], "TEAM")
        for user in _users(call):
            gone = "delete from team_member where team_id=? and user_id=?"
            if self._ledger.change(gone, team["id"], user):
                self._ledger.effect(call.trace, "team.leave", f"{team['id']}:{user}")
        return shown_group(team)

    def _enter(self, call: Call, team: Mapping[str, Any]) -> None:
        users = _users(call)
        for user in users:
            if self._ledger.row("select 1 from users where id=?", user) is None:
                raise Refused(404, {"error": "user_not_found"})
            here = "select 1 from affectation where user_id=? and group_id=?"
            if self._ledger.row(here, user, team["parent_id"]) is None:
                raise Refused(400, {"error": "user_not_in_classroom"})
        for user in users:
            if self._ledger.change(
                "insert or ignore into team_member values (?,?)", team["id"], user
            ):
                self._ledger.effect(call.trace, "team.join", f"{team['id']}:{user}")


def people_of(ledger: Ledger, team: int) -> list[int]:
    """Who is in a work group, by their ids."""
    rows = ledger.rows("select user_id from team_member where team_id=? order by user_id", team)
    return [row["user_id"] for row in rows]


def _users(call: Call) -> list[int]:
    return [whole(each) for each in call.body.get("users") or ()]
