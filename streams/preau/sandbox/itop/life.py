"""What happens inside a fictional ENT of the family, and the page that its teachers see.

Orders for `/_sandbox/say`: `{"what": "directory"}` says every class and who is in it;
`{"what": "members", "class", "users"}` makes these accounts, and no other, those of a class;
`{"what": "import", "open": false}` lets files lie until it is opened again; `{"what": "post",
"answers"?}` tells the port of its post office (`post_office.py`); `{"what": "share", …}`
and the other acts of a teacher: see `teachers.py`; `{"what": "event", "event", "fields", "key"?}`
says any event as given.
"""

from __future__ import annotations

from typing import Any

from preau.sandbox.holding import document
from preau.sandbox.itop.directory import Directory
from preau.sandbox.itop.post_office import ANSWERS, PORT, mails
from preau.sandbox.itop.speech import Outbox, Said, Speech
from preau.sandbox.itop.state import (
    CLOSED,
    DATES,
    DROPS,
    GROUPS,
    LINKS,
    MEMBERS,
    TITLE,
    WORKS,
    received,
)
from preau.sandbox.itop.teachers import ACTS, Teachers
from preau.sandbox.ledger import Ledger
from preau.sandbox.page import Space, page
from preau.sandbox.surface import Refused

_KNOWN = ("directory", "members", "import", "post", *ACTS, "event", "all")


class Life:
    """Seeds, speaks and shows; its methods run inside the caller's transaction."""

    def __init__(
        self, ledger: Ledger, title: str, speech: Speech, letters: str, *, adults_only: bool = False
    ) -> None:
        self._ledger = ledger
        self._title = title
        self._outbox = Outbox(ledger)
        self._directory = Directory(ledger, speech, adults_only=adults_only)
        self._teachers = Teachers(ledger, speech, letters)

    def seed(self, order: dict[str, Any]) -> object:
        """`{"instance", "title"?, "drops"?, "rooms": […]}`; repeatable.

        `drops` is the folder where the hub leaves files for it; a room is as `directory.py` reads
        it.
        """
        self._ledger.set(TITLE, str(order.get("title", self._title)))
        if "drops" in order:
            self._ledger.set(DROPS, str(order["drops"]))
        for room in order.get("rooms", ()):
            self._directory.put(room)
        return {"accounts": len(self._ledger.rows("select id from account"))}

    def say(self, order: dict[str, Any]) -> object:
        """Puts events in the outbox; their number is the answer."""
        what = order.get("what")
        if what in ACTS:
            return self._teachers.act(order)
        if what == "directory":
            return {"said": self._directory.say_all()}
        if what == "members":
            return {"said": self._directory.members(order["class"], order["users"])}
        if what == "import":
            self._ledger.set(CLOSED, "" if order["open"] else "1")
            return {"said": 0}
        if what == "post":
            self._ledger.set(ANSWERS, str(order.get("answers", "")))
            return {"port": int(self._ledger.setting(PORT))}
        if what == "event":
            said = Said(str(order.get("key", "event")), order["event"], order["fields"])
            return {"said": self._outbox.say([said])}
        raise Refused(400, {"error": "what", "known": _KNOWN})

    def holds(self) -> object:
        """The hub's groups: their members, the documents and links they show, work and dates."""
        return [
            {"id": each["code"], "name": each["libelle"], **self._held(each)}
            for each in received(self._ledger, GROUPS)
        ]

    def page(self) -> str:
        """The groups that teachers see."""
        note = "ENT fictif : ce que voient les enseignants."
        spaces = [self._space(each) for each in received(self._ledger, GROUPS)]
        return page(self._ledger.setting(TITLE) or self._title, note, spaces)

    def _held(self, group: dict[str, str]) -> dict[str, object]:
        code = group["code"]
        members = [e for e in received(self._ledger, MEMBERS) if e["groupe"] == code]
        works = [e for e in received(self._ledger, WORKS) if e["groupe"] == code]
        return {
            "members": sorted(each["identifiant"] for each in members),
            "documents": [*self._own(code), *self._links(group["libelle"])],
            "mails": mails(self._ledger, code),
            "homework": [{"title": e["titre"], "due": e["pour_le"]} for e in works],
            "dates": [
                {"title": each["title"], "start": each["start"], "end": each["end"]}
                for each in received(self._ledger, DATES)
                if each["folder"] == group["libelle"]
            ],
        }

    def _own(self, code: str) -> list[dict[str, object]]:
        sql = (
            "select d.title, d.content, null as hub_id from shown s join document d"
            " on d.id=s.document where s.group_code=? order by d.rowid"
        )
        return [document(row) for row in self._ledger.rows(sql, code)]

    def _links(self, label: str) -> list[dict[str, object]]:
        return [
            {"title": each["title"], "hub_id": each["delivery"], "address": each["address"]}
            for each in received(self._ledger, LINKS)
            if each["folder"] == label
        ]

    def _space(self, group: dict[str, str]) -> Space:
        held = received(self._ledger, MEMBERS)
        names = [
            self._name(each["identifiant"]) for each in held if each["groupe"] == group["code"]
        ]
        shown = [str(each["title"]) for each in self._own(group["code"])]
        shown += [f"{each['title']}, lien reçu" for each in self._links(group["libelle"])]
        shown += [f"{each['subject']}, courriel" for each in mails(self._ledger, group["code"])]
        return Space(group["libelle"], "Groupe", names, shown)

    def _name(self, account: str) -> str:
        row = self._ledger.row("select * from account where id=?", account)
        return account if row is None else f"{row['family_name']} {row['first_name']}"
