"""What happens inside a fictional Edifice: its directory, its teachers' acts, the page they see.

Subjects and fields: the broker's interfaces in the public code; `date` and `id` in the envelope and
the inside of `shares` are assumed [A]. What the machine account does is not said again to the hub
[A]. Orders for `/_sandbox/say`: `{"what": "directory"}` says every class with its members;
`{"what": "members", "class", "users"}` makes these users, and no other, the members of a class;
`{"what": "share", …}` and the other acts of a teacher: see `teachers.py`;
`{"what": "event", "subject", "data"}` says any event as given;
`{"what": "store", …}` stores events of the event store: see `event_store.py`.
"""

from __future__ import annotations

from typing import Any

from preau.sandbox.edifice.event_store import EventStore
from preau.sandbox.edifice.state import known_user, new_uuid, only_texts
from preau.sandbox.edifice.teachers import ACTS, Teachers
from preau.sandbox.edifice.timeline import Timeline
from preau.sandbox.holding import document
from preau.sandbox.ledger import Ledger
from preau.sandbox.page import Space, page
from preau.sandbox.surface import Refused

_KNOWN = ("directory", "members", *ACTS, "event", "store", "all")


class EdificeLife:
    """Seeds, speaks and shows; its methods run inside the caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._teachers = Teachers(ledger, self._event)

    def seed(self, order: dict[str, Any]) -> object:
        """`{"instance", "title", "structures": [{"id", "uai", "name", "classes": [{"id", "name",
        "users": [{"id", "displayName", "profile", "externalId"}]}]}]}`; repeatable.
        """
        self._ledger.set("instance", str(order.get("instance", self._ledger.setting("instance"))))
        self._ledger.set("title", str(order.get("title", self._ledger.setting("title"))))
        Timeline(self._ledger).seed(order)
        for each in order.get("structures", ()):
            self._ledger.change(
                "insert or replace into structure values (?,?,?)",
                *(each["id"], each["uai"], each["name"]),
            )
            for classroom in each.get("classes", ()):
                self._classroom(each["id"], classroom)
        return {"users": len(self._ledger.rows("select id from users"))}

    def say(self, order: dict[str, Any]) -> object:
        """Puts events in the outbox; their number is the answer."""
        what = order.get("what")
        if what in ACTS:
            return self._teachers.act(order)
        if what == "store":
            return EventStore(self._ledger).store(order)
        if what == "directory":
            said = [self._class_members(row) for row in self._ledger.rows("select * from class")]
        elif what == "members":
            said = [self._members(order)]
        elif what == "event":
            key = str(order.get("key", order["subject"]))
            said = [self._event(order["subject"], key, order["data"])]
        else:
            raise Refused(400, {"error": "what", "known": _KNOWN})
        return {"said": len(said)}

    def holds(self) -> object:
        """The hub's groups: their members, and the documents that they may read."""
        sql = "select * from groups where external_id is not null order by rowid"
        return [{**row, **self._held(row["id"])} for row in self._ledger.rows(sql)]

    def _held(self, group: str) -> dict[str, object]:
        members = "select user_id as id from member where group_id=? order by user_id"
        documents = (
            "select d.name as title, d.hub_id, d.content from share s join document d"
            " on d.id=s.document_id where s.group_id=? and d.trashed=0 order by d.rowid"
        )
        return {
            "members": [each["id"] for each in self._ledger.rows(members, group)],
            "documents": [document(row) for row in self._ledger.rows(documents, group)],
        }

    def page(self) -> str:
        """The manual groups that teachers see, with members and documents."""
        title = self._ledger.setting("title") or "Edifice NEO (fictif)"
        rows = self._ledger.rows("select * from groups order by name")
        note = "ENT fictif : ce que voient les enseignants du collège."
        return page(
            title, note, [*(self._space(row) for row in rows), *Timeline(self._ledger).shown()]
        )

    def _space(self, row: dict[str, Any]) -> Space:
        members = self._ledger.rows(
            "select coalesce(u.display_name, u.id) as name from member m"
            " join users u on u.id=m.user_id where m.group_id=? order by u.profile desc, u.id",
            row["id"],
        )
        documents = self._ledger.rows(
            "select d.name, coalesce(d.hub_id, '') as hub, s.rights from share s"
            " join document d on d.id=s.document_id where s.group_id=? and d.trashed=0"
            " order by d.rowid desc limit 200",
            row["id"],
        )
        return Space(
            row["name"],
            "Groupe manuel",
            [each["name"] for each in members],
            [each["name"] + (", reçu" if each["hub"] else "") for each in documents],
        )

    def _classroom(self, structure: str, classroom: dict[str, Any]) -> None:
        self._ledger.change(
            "insert or replace into class values (?,?,?)",
            *(classroom["id"], classroom["name"], structure),
        )
        for user in classroom.get("users", ()):
            self._ledger.change(
                "insert or replace into users values (?,?,?,?,?)",
                *(user["id"], user["displayName"], user["profile"]),
                *(user.get("externalId"), classroom["id"]),
            )

    def _event(self, subject: str, key: str, data: dict[str, Any]) -> str:
        date = self._ledger.moment()
        identity = new_uuid(self._ledger)
        platform = self._ledger.setting("instance")
        body = {
            "subject": subject,
            "id": identity,
            "platform": platform,
            "date": date,
            "data": data,
        }
        self._ledger.say(identity, key, body)
        return identity

    def _class_members(self, row: dict[str, Any]) -> str:
        users = self._ledger.rows("select * from users where class_id=? order by id", row["id"])
        members = [
            {
                "id": user["id"],
                "displayName": user["display_name"],
                "profile": user["profile"],
                "functions": {},
                "externalId": user["external_id"],
            }
            for user in users
        ]
        data = {
            "groupId": row["id"],
            "groupName": row["name"],
            "currentMembers": members,
            "removedMemberIds": [],
        }
        return self._event("directory.group.members.changed", f"group:{row['id']}", data)

    def _members(self, order: dict[str, Any]) -> str:
        users = [known_user(self._ledger, each) for each in only_texts(order["users"])]
        found = self._ledger.row("select * from class where id=?", order["class"])
        if found is None:
            raise Refused(404, {"error": "class.not.found"})
        self._ledger.change("update users set class_id=null where class_id=?", found["id"])
        for user in users:
            self._ledger.change("update users set class_id=? where id=?", found["id"], user)
        return self._class_members(found)
