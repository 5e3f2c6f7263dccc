"""What happens inside a fictional Beneylu: its directory, its teachers' acts, the page they see.

Event names and fields: statistic markers and notification types of the public code; the envelope
`{"event", "instance", "date", "data"}` is assumed [A]. What the machine account does is not said
again to the hub [A]. Orders for `/_sandbox/say`:
`{"what": "directory"}` says every school, class and person;
`{"what": "share", "teacher", "group", "title", "text"?, "times"?}` drops a document and shares it;
`{"what": "event", "event", "data"}` says any event as given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from preau.sandbox.beneylu import copy_media
from preau.sandbox.beneylu_state import known_group, next_id
from preau.sandbox.ledger import Ledger
from preau.sandbox.page import Space, page
from preau.sandbox.surface import Refused

_ROLE = {"PUPIL": 8, "PARENT": 9, "TEACHER": 7}
"""High role numbers: 8 and 9 are documented, 7 is assumed."""
_MEDIA = (
    "label, type_unique_name, filename, file_mime_type, size, user_id, media_folder_id, shared_by,"
    " copy_from_id, external_source, external_id"
)


class BeneyluLife:
    """Seeds, speaks and shows; its methods run inside the caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def seed(self, order: dict[str, Any]) -> object:
        """`{"instance", "title", "schools": [{"id", "uai", "name", "classes": [{"id", "label",
        "levels", "users": [{"id", "first_name", "last_name", "role", …}]}]}], "media"?}`.
        """
        self._ledger.set("instance", str(order.get("instance", "")))
        self._ledger.set("title", str(order.get("title", "Beneylu School (fictif)")))
        for school in order.get("schools", ()):
            self._group(school["id"], school["name"], "SCHOOL", school["uai"])
            for each in school.get("classes", ()):
                levels = ",".join(each.get("levels", ()))
                row = (each["id"], each["label"], "CLASSROOM", school["uai"], levels, school["id"])
                self._group(*row, aaf_linked=int(each.get("aaf_linked", 0)))
                self._people(each["id"], each.get("users", ()))
        for media in order.get("media", ()):
            self._drop(media["user_id"], media["label"], media.get("text", ""), media.get("id"))
        return {"groups": len(self._ledger.rows("select id from groups"))}

    def say(self, order: dict[str, Any]) -> object:
        """Puts events in the outbox; their number is the answer."""
        if order.get("what") == "directory":
            said = [self._event(*each) for each in self._directory()]
        elif order.get("what") == "share":
            media = [self._share(order, turn) for turn in range(int(order.get("times", 1)))]
            return {"said": 2 * len(media), "media": media}
        elif order.get("what") == "event":
            key = str(order.get("key", order["event"]))
            said = [self._event(order["event"], key, order["data"])]
        else:
            raise Refused(400, {"error": "what", "known": ["directory", "share", "event"]})
        return {"said": len(said)}

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
        else:
            subtitle = f"Classe, {row['uai']}" if row["type"] == "CLASSROOM" else "Groupe"
            sql = (
                "select u.first_name || ' ' || u.last_name as name from affectation a"
                " join users u on u.id=a.user_id where a.group_id=? order by a.role desc, u.id"
            )
        documents = self._ledger.rows(
            "select label, coalesce(external_source, '') as source from media"
            " where media_folder_id=? order by id desc limit 200",
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

    def _share(self, order: dict[str, Any], turn: int) -> int:
        group = known_group(self._ledger, order["group"])
        title = str(order["title"]) + (f" {turn + 1}" if int(order.get("times", 1)) > 1 else "")
        media = self._drop(order["teacher"], title, str(order.get("text", title)), None)
        self._event("RESOURCE_ADD_FILE", f"media:{media}", {"id": media, **self._media(media)})
        copy = copy_media(self._ledger, media, group["id"], order["teacher"])
        data = {**self._media(copy), "media_id": copy, "groupId": group["id"]}
        self._event("MEDIA_LIBRARY_NEW_SHARE", f"media:{media}", data)
        return copy

    def _drop(self, teacher: int, title: str, text: str, number: int | None) -> int:
        media = number or next_id(self._ledger, "media")
        content = text.encode()
        self._ledger.change(
            "insert or replace into media (id, label, type_unique_name, filename, file_mime_type,"
            " size, user_id, content) values (?,?,?,?,?,?,?,?)",
            *(media, title, "DOCUMENT", f"{media}.txt", "text/plain"),
            *(len(content), teacher, content),
        )
        return media

    def _media(self, media: int) -> dict[str, Any]:
        row = self._ledger.row(f"select {_MEDIA} from media where id=?", media)  # noqa: S608
        return {**(row or {}), "is_private": False, "status_deletion": 1}


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
