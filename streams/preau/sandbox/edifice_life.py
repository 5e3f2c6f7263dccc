"""What happens inside a fictional Edifice: its directory, its teachers' acts, the page they see.

Subjects and fields: the broker's interfaces in the public code; `date` and `id` in the envelope and
the inside of `shares` are assumed [A]. What the machine account does is not said again to the hub
[A]. Orders for `/_sandbox/say`: `{"what": "directory"}` says every class with its members;
`{"what": "share", "teacher", "group", "title", "text"?, "times"?}` drops a document and shares it;
`{"what": "event", "subject", "data"}` says any event as given.
"""

from __future__ import annotations

import json
from typing import Any

from preau.sandbox.edifice_state import known_group, new_uuid
from preau.sandbox.ledger import Ledger
from preau.sandbox.page import Space, page
from preau.sandbox.surface import Refused


class EdificeLife:
    """Seeds, speaks and shows; its methods run inside the caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def seed(self, order: dict[str, Any]) -> object:
        """`{"instance", "title", "structures": [{"id", "uai", "name", "classes": [{"id", "name",
        "users": [{"id", "displayName", "profile", "externalId"}]}]}]}`; repeatable.
        """
        self._ledger.set("instance", str(order.get("instance", "")))
        self._ledger.set("title", str(order.get("title", "Edifice NEO (fictif)")))
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
        if order.get("what") == "directory":
            said = [self._class_members(row) for row in self._ledger.rows("select * from class")]
        elif order.get("what") == "share":
            said = [self._share(order, turn) for turn in range(int(order.get("times", 1)))]
            return {"said": len(said), "documents": said}
        elif order.get("what") == "event":
            key = str(order.get("key", order["subject"]))
            said = [self._event(order["subject"], key, order["data"])]
        else:
            raise Refused(400, {"error": "what", "known": ["directory", "share", "event"]})
        return {"said": len(said)}

    def page(self) -> str:
        """The manual groups that teachers see, with members and documents."""
        title = self._ledger.setting("title") or "Edifice NEO (fictif)"
        rows = self._ledger.rows("select * from groups order by name")
        note = "ENT fictif : ce que voient les enseignants du collège."
        return page(title, note, [self._space(row) for row in rows])

    def _space(self, row: dict[str, Any]) -> Space:
        members = self._ledger.rows(
            "select coalesce(u.display_name, u.id) as name from member m"
            " join users u on u.id=m.user_id where m.group_id=? order by u.profile desc, u.id",
            row["id"],
        )
        documents = self._ledger.rows(
            "select d.name, coalesce(d.hub_id, '') as hub, s.rights from share s"
            " join document d on d.id=s.document_id where s.group_id=? order by d.rowid desc"
            " limit 200",
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

    def _share(self, order: dict[str, Any], turn: int) -> str:
        group = known_group(self._ledger, {"id": order["group"]})["id"]
        title = str(order["title"]) + (f" {turn + 1}" if int(order.get("times", 1)) > 1 else "")
        content = str(order.get("text", title)).encode()
        document = new_uuid(self._ledger)
        self._ledger.change(
            "insert into document values (?,?,?,?,?,?,?)",
            *(document, title, "text/plain", len(content), order["teacher"], None, content),
        )
        rights = ["workspace.read"]
        self._ledger.change("insert into share values (?,?,?)", document, group, json.dumps(rights))
        data = {
            "resourceIds": [document],
            "resourceType": "document",
            "shares": [{"groupId": group, "rights": rights}],
            "resources": [
                {
                    "id": document,
                    "title": title,
                    "contentType": "text/plain",
                    "size": len(content),
                }
            ],
        }
        self._event("resource.workspace.shares.changed", f"document:{document}", data)
        return document
