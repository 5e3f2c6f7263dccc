"""The directory of a fictional Skolengo: schools, classes, accounts, and who is in which class.

A school is `{"id", "uai", "name", "classes": [{"id", "name", "level"?, "users": [{"id", "type",
"lastName", "firstName", "joinKey"?, "dateOfBirth"?}]}]}`; `type` is teacher or studentUserInfo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from preau.sandbox.ledger import Ledger
from preau.sandbox.skolengo.documents import refused, resource
from preau.sandbox.skolengo.state import known_group, known_user

Event = Callable[[str, dict[str, Any]], None]
"""Says one event: the object whose events stay in order, its resource object."""
_PROFILES = {"teacher": "TEACHER", "studentUserInfo": "STUDENT"}


class Directory:
    """Works inside the caller's transaction."""

    def __init__(self, ledger: Ledger, say: Event) -> None:
        self._ledger = ledger
        self._say = say

    def put(self, school: dict[str, Any]) -> None:
        """One school with its classes and accounts; nothing is said of it."""
        put = "insert or replace into school values (?,?,?)"
        self._ledger.change(put, school["id"], school["uai"], school["name"])
        for room in school.get("classes", ()):
            self._ledger.change(
                "insert or replace into groups values (?,'class',?,?,?,null)",
                *(room["id"], room["name"], room.get("level"), school["id"]),
            )
            for user in room.get("users", ()):
                self._ledger.change(
                    "insert or replace into users values (?,?,?,?,?,?,?)",
                    *(user["id"], user["type"], user["lastName"], user["firstName"]),
                    *(user.get("joinKey"), user.get("dateOfBirth"), school["id"]),
                )
                put = "insert or ignore into member values (?,?)"
                self._ledger.change(put, room["id"], user["id"])

    def say_all(self) -> int:
        """Everything that it holds; how many events that is."""
        events = [*self._schools(), *self._classes(), *self._users(), *self._memberships()]
        for key, data in events:
            self._say(key, data)
        return len(events)

    def members(self, room: str, wanted: list[str]) -> int:
        """Says who came into a class and who left it; how many."""
        if known_group(self._ledger, room)["kind"] != "class":
            raise refused(400, "NOT_A_CLASS")
        sql = "select user_id from member where group_id=?"
        there = {row["user_id"] for row in self._ledger.rows(sql, room)}
        came = [known_user(self._ledger, user) for user in wanted if user not in there]
        left = [known_user(self._ledger, user) for user in sorted(there - set(wanted))]
        for user in came:
            self._ledger.change("insert into member values (?,?)", room, user["id"])
        for user in left:
            sql = "delete from member where group_id=? and user_id=?"
            self._ledger.change(sql, room, user["id"])
        turns = [*((user, "ADDED") for user in came), *((user, "REMOVED") for user in left)]
        for user, operation in turns:
            self._say(*_membership(room, user, operation))
        return len(turns)

    def _schools(self) -> Iterable[tuple[str, dict[str, Any]]]:
        for row in self._ledger.rows("select * from school order by id"):
            about = {"name": row["name"], "uai": row["uai"], "kind": "COLLEGE"}
            yield f"school:{row['id']}", resource("school", row["id"], **about)

    def _classes(self) -> Iterable[tuple[str, dict[str, Any]]]:
        sql = (
            "select g.id, g.name, g.level, g.school_id, s.uai from groups g"
            " join school s on s.id=g.school_id where g.kind='class' order by g.id"
        )
        for row in self._ledger.rows(sql):
            about = {"name": row["name"], "level": row["level"] or "", "uai": row["uai"]}
            said = resource("class", row["id"], **about)
            yield f"group:{row['id']}", _at_school(said, row["school_id"])

    def _users(self) -> Iterable[tuple[str, dict[str, Any]]]:
        for row in self._ledger.rows("select * from users order by id"):
            about = {"lastName": row["last_name"], "firstName": row["first_name"]}
            if row["join_key"]:
                about["joinKey"] = row["join_key"]
            if row["birth_date"]:
                about["dateOfBirth"] = row["birth_date"]
            said = resource(row["kind"], row["id"], **about)
            yield f"user:{row['id']}", _at_school(said, row["school_id"])

    def _memberships(self) -> Iterable[tuple[str, dict[str, Any]]]:
        sql = (
            "select m.group_id, u.id, u.kind from member m join users u on u.id=m.user_id"
            " join groups g on g.id=m.group_id where g.kind='class' order by m.group_id, u.id"
        )
        for row in self._ledger.rows(sql):
            yield _membership(row["group_id"], row, "ADDED")


def _at_school(said: dict[str, Any], school: str) -> dict[str, Any]:
    return {**said, "relationships": {"school": {"data": {"type": "school", "id": school}}}}


def _membership(room: str, user: dict[str, Any], operation: str) -> tuple[str, dict[str, Any]]:
    about = {"operation": operation, "profile": _PROFILES[user["kind"]]}
    said = resource("groupMembership", f"gm-{room}-{user['id']}", **about)
    links = {
        "group": {"data": {"type": "class", "id": room}},
        "user": {"data": {"type": user["kind"], "id": user["id"]}},
    }
    return f"group:{room}", {**said, "relationships": links}
