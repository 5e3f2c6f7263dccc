"""What happens inside a fictional Beneylu: its directory, its teachers' acts, the page they see.

Event names and fields: statistic markers and notification types of the public code; the envelope
`{"event", "instance", "date", "data"}` is assumed [A]. What the machine account does is not said
again to the hub [A]. Orders for `/_sandbox/say`:
`{"what": "directory"}` says every school, class and person;
`{"what": "share", …}` and the other acts of a teacher: see `teachers.py`;
`{"what": "archive", "class", "archived"}` puts a class away, or takes it out again;
`{"what": "date", "group", "title", "start", "end"?}` sets a date in the calendar of a group;
`{"what": "event", "event", "data"}` says any event as given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from preau.sandbox.beneylu.calendar import dates, set_date
from preau.sandbox.beneylu.homework import works
from preau.sandbox.beneylu.state import shown_group
from preau.sandbox.beneylu.teachers import ACTS, Teachers
from preau.sandbox.beneylu.teams import people_of
from preau.sandbox.holding import document
from preau.sandbox.ledger import Ledger
from preau.sandbox.page import Space, page
from preau.sandbox.surface import Refused

_ROLE = {"PUPIL": 8, "PARENT": 9, "TEACHER": 7}
"""High role numbers: 8 and 9 are documented, 7 is assumed."""
_KNOWN = ("directory", *ACTS, "archive", "date", "event", "all")


class BeneyluLife:
    """Seeds, speaks and shows; its methods run inside the caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._teachers = Teachers(ledger, self._event)

    def seed(self, order: dict[str, Any]) -> object:
        """`{"instance", "title", "schools": [{"id", "uai", "name", "classes": [{"id", "label",
        "levels", "users": [{"id", "first_name", "last_name", "role", …}]}]}], "media"?}`.
        """
        self._ledger.set("instance", str(order.get("instance", self._ledger.setting("instance"))))
        self._ledger.set("title", str(order.get("title", self._ledger.setting("title"))))
        for school in order.get("schools", ()):
            self._group(school["id"], school["name"], "SCHOOL", school["uai"])
            for each in school.get("classes", ()):
                levels = ",".join(each.get("levels", ()))
                row = (each["id"], each["label"], "CLASSROOM", school["uai"], levels, school["id"])
                self._group(*row, aaf_linked=int(each.get("aaf_linked", 0)))
                self._people(each["id"], each.get("users", ()))
        for media in order.get("media", ()):
            said = (media["user_id"], media["label"], media.get("text", ""), media.get("id"))
            self._teachers.drop(*said)
        return {"groups": len(self._ledger.rows("select id from groups"))}

    def say(self, order: dict[str, Any]) -> object:
        """Puts events in the outbox; their number is the answer."""
        what = order.get("what")
        if what in ACTS:
            return self._teachers.act(order)
        if what == "directory":
            said = [self._event(*each) for each in self._directory()]
        elif what == "archive":
            said = [self._archive(order)]
        elif what == "date":
            return {"said": 1, "date": set_date(self._ledger, order, self._event)}
        elif what == "event":
            key = str(order.get("key", order["event"]))
            said = [self._event(order["event"], key, order["data"])]
        else:
            raise Refused(400, {"error": "what", "known": _KNOWN})
        return {"said": len(said)}

    def holds(self) -> object:
        """The hub's groups: their classes, and the documents that are not in the bin."""
        rows = self._ledger.rows("select * from groups where external_id is not null order by id")
        return [{**shown_group(row), **self._held(row["id"])} for row in rows]

    def _held(self, group: int) -> dict[str, object]:
        partners = "select group_id as id from partner where partnership_id=? order by group_id"
        media = (
            "select label as title, content, case external_source when 'PREAU' then external_id"
            " end as hub_id from media where media_folder_id=? and status_deletion=1 order by id"
        )
        return {
            "members": [
                *(each["id"] for each in self._ledger.rows(partners, group)),
                *people_of(self._ledger, group),
            ],
            "documents": [document(row) for row in self._ledger.rows(media, group)],
            "dates": dates(self._ledger, group),
            "homework": works(self._ledger, group),
        }

    def page(self) -> str:
        """The groups that teachers see, with their classes and documents."""
        title = self._ledger.setting("title") or "Beneylu School (fictif)"
        rows = self._ledger.rows("select * from groups where type != 'SCHOOL' order by type desc")
        note = "ENT fictif : ce que voient les enseignants des écoles."
        return page(title, note, [self._space(row) for row in rows])

    def _space(self, row: dict[str, Any]) -> Space:
        if row["type"] == "PARTNERSHIP":
            subtitle = f"Partenariat entre classes, code {row['uid']}"
            sql = (
                "select g.label || ' (' || coalesce(s.label, g.uai, '') || ')' as name"
                " from partner p join groups g on g.id=p.group_id"
                " left join groups s on s.id=g.parent_id where p.partnership_id=? order by g.id"
            )
        elif row["type"] == "TEAM":
            subtitle = "Groupe de travail d'une classe"
            sql = (
                "select u.first_name || ' ' || u.last_name as name from team_member t"
                " join users u on u.id=t.user_id where t.team_id=? order by u.id"
            )
        else:
            subtitle = f"Classe, {row['uai']}" if row["type"] == "CLASSROOM" else "Groupe"
            sql = (
                "select u.first_name || ' ' || u.last_name as name from affectation a"
                " join users u on u.id=a.user_id where a.group_id=? order by a.role desc, u.id"
            )
        documents = self._ledger.rows(
            "select label, coalesce(external_source, '') as source from media"
            " where media_folder_id=? and status_deletion=1 order by id desc limit 200",
            row["id"],
        )
        return Space(
            row["label"],
            subtitle,
            [each["name"] for each in self._ledger.rows(sql, row["id"])],
            [each["label"] + (", reçu" if each["source"] else "") for each in documents],
        )

    def _group(
        self,
        number: int,
        label: str,
        kind: str,
        uai: str,
        levels: str = "",
        parent: int | None = None,
        aaf_linked: int = 0,
    ) -> None:
        self._ledger.change(
            "insert or replace into groups (id, label, type, uai, levels, parent_id, aaf_linked)"
            " values (?,?,?,?,?,?,?)",
            *(number, label, kind, uai, levels, parent, aaf_linked),
        )

    def _people(self, group: int, users: list[dict[str, Any]]) -> None:
        for user in users:
            self._ledger.change(
                "insert or replace into users values (?,?,?,?,?,?,?,?)",
                *(user["id"], user["first_name"], user["last_name"], user["role"]),
                *(user.get("birthday"), user.get("ine"), user.get("aaf_id")),
                user.get("aaf_academy"),
            )
            self._ledger.change(
                "insert or replace into affectation values (?,?,?)",
                *(user["id"], group, user["role"]),
            )

    def _event(self, name: str, key: str, data: dict[str, Any]) -> str:
        date = self._ledger.moment()
        instance = self._ledger.setting("instance")
        body = {"event": name, "instance": instance, "date": date, "data": data}
        self._ledger.say(f"{name}:{date}", key, body)
        return date

    def _directory(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        groups = "select * from groups where type in ('SCHOOL', 'CLASSROOM') order by parent_id, id"
        for row in self._ledger.rows(groups):
            yield "GROUP_CREATE_GROUP", f"group:{row['id']}", _said_group(row)
        for row in self._ledger.rows("select * from users order by id"):
            pupil = row["role"] == "PUPIL"
            name = "CLASSROOM_CREATE_STUDENT-ACCOUNT" if pupil else "USER_UPDATED"
            yield name, f"user:{row['id']}", _said_user(row)
        for row in self._ledger.rows("select * from affectation order by user_id"):
            yield "AFFECTATION_ADDED", f"user:{row['user_id']}", row

    def _archive(self, order: dict[str, Any]) -> str:
        archived = int(bool(order["archived"]))
        sql = "update groups set archived=? where id=? and type='CLASSROOM' and aaf_linked=0"
        if not self._ledger.change(sql, archived, order["class"]):
            raise Refused(404, {"error": "group_not_found"})
        row = self._ledger.rows("select * from groups where id=?", order["class"])[0]
        name = "GROUP_ARCHIVED" if archived else "GROUP_UPDATED"
        return self._event(name, f"group:{row['id']}", _said_group(row))


def _said_group(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "label": row["label"],
        "type": row["type"],
        "uai": row["uai"],
        "onde_id": None,
        "aaf_id": None,
        "aaf_academy": None,
        "levels": [level for level in (row["levels"] or "").split(",") if level],
        "parent_ids": [row["parent_id"]] if row["parent_id"] else [],
        "archived": bool(row["archived"]),
        "archive_date": None,
    }


def _said_user(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "gender": None,
        "lang": "fr",
        "birthday": row["birthday"],
        "high_role_id": _ROLE.get(row["role"], 7),
        "role": row["role"],
        "ine": row["ine"],
        "aaf_id": row["aaf_id"],
        "aaf_academy": row["aaf_academy"],
        "aaf_linked": row["aaf_id"] is not None,
        "archived": False,
    }
