"""What happens inside a fictional Skolengo: its directory, its teachers' acts, the page they see.

Every event is one JSON:API document whose `data.type` is its name, as `connectors/skolengo` reads
it [A]. What the machine account does is not said again to the hub [A]. Orders for
`/_sandbox/say`: `{"what": "directory"}` says the school, each class and account, who is in which
class; `{"what": "members", "class", "users"}` makes these accounts, and no other, the members of a
class; `{"what": "contract", "account"?, "creates_groups"?}` changes what the machine account may
do; `{"what": "share", …}` and the other acts of a teacher: see `teachers.py`;
`{"what": "event", "document", "key"?}` says any event as given.
"""

from __future__ import annotations

from typing import Any

from preau.sandbox.holding import document
from preau.sandbox.ledger import Ledger
from preau.sandbox.page import Space, page
from preau.sandbox.skolengo.directory import Directory
from preau.sandbox.skolengo.documents import refused
from preau.sandbox.skolengo.state import new_id, stand
from preau.sandbox.skolengo.teachers import ACTS, Teachers

_TITLE = "Mon ENT (fictif)"


class SkolengoLife:
    """Seeds, speaks and shows; its methods run inside the caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._teachers = Teachers(ledger, self._event)
        self._directory = Directory(ledger, self._event)

    def seed(self, order: dict[str, Any]) -> object:
        """`{"instance", "title", "emsCode", "creates_groups"?, "schools": […]}`; repeatable.

        A school is as `directory.py` reads it.
        """
        self._ledger.set("title", str(order.get("title", self._ledger.setting("title"))))
        self._ledger.set("ems", str(order.get("emsCode", "")))
        stand(self._ledger, "", order.get("creates_groups", True))
        for school in order.get("schools", ()):
            self._directory.put(school)
        return {"users": len(self._ledger.rows("select id from users"))}

    def say(self, order: dict[str, Any]) -> object:
        """Puts events in the outbox; their number is the answer."""
        what = order.get("what")
        if what in ACTS:
            return self._teachers.act(order)
        if what == "directory":
            return {"said": self._directory.say_all()}
        if what == "members":
            return {"said": self._directory.members(order["class"], order["users"])}
        if what == "contract":
            stand(self._ledger, order.get("account"), order.get("creates_groups"))
            return {"said": 0}
        if what == "event":
            said = order["document"]
            self._said(str(order.get("key", "event")), said)
            return {"said": 1}
        raise refused(400, "UNKNOWN_ORDER")

    def holds(self) -> object:
        """The hub's groups: their members, the documents and news that their spaces show."""
        sql = "select id, name, external_id from groups where external_id is not null"
        rows = self._ledger.rows(sql + " order by rowid")
        return [{**row, **self._held(row["id"])} for row in rows]

    def page(self) -> str:
        """The group spaces that teachers see."""
        sql = "select id, name from groups where kind='group' order by name"
        note = "ENT fictif : ce que voient les enseignants du collège."
        spaces = [self._space(row) for row in self._ledger.rows(sql)]
        return page(self._ledger.setting("title") or _TITLE, note, spaces)

    def _held(self, group: str) -> dict[str, object]:
        members = "select user_id as id from member where group_id=? order by user_id"
        news = "select title, due_date, external_id as hub_id from news where group_id=?"
        return {
            "members": [each["id"] for each in self._ledger.rows(members, group)],
            "documents": [document(row) for row in self._documents(group)],
            "news": self._ledger.rows(news + " order by rowid", group),
        }

    def _documents(self, group: str) -> list[dict[str, Any]]:
        sql = (
            "select a.name as title, a.external_id as hub_id, a.content from shown s"
            " join attachment a on a.id=s.attachment_id where s.group_id=? order by a.rowid"
        )
        return self._ledger.rows(sql, group)

    def _space(self, row: dict[str, Any]) -> Space:
        members = self._ledger.rows(
            "select u.last_name || ' ' || u.first_name as name from member m"
            " join users u on u.id=m.user_id where m.group_id=? order by u.kind desc, u.id",
            row["id"],
        )
        news = self._ledger.rows("select * from news where group_id=? order by rowid", row["id"])
        shown = [each["title"] + _received(each["hub_id"]) for each in self._documents(row["id"])]
        shown += [f"{each['title']}, pour le {each['due_date'] or '(sans date)'}" for each in news]
        return Space(row["name"], "Espace de groupe", [each["name"] for each in members], shown)

    def _event(self, key: str, data: dict[str, Any]) -> None:
        moment = self._ledger.moment()
        data = {**data, "attributes": {**data.get("attributes", {}), "dateTime": moment}}
        self._said(key, {"data": data, "meta": {"emsCode": self._ledger.setting("ems")}})

    def _said(self, key: str, said: dict[str, Any]) -> None:
        self._ledger.say(new_id(self._ledger, "E"), key, said)


def _received(hub: str | None) -> str:
    return ", reçu" if hub else ""
