"""A fictional m@gistère besides the hub's calls: its accounts, its administrator, its page.

It says nothing to the hub. Orders for `/_sandbox/say`, what its administrator does:
`{"what": "rights", "granted": false}` takes the right on cohorts from the technical account;
`{"what": "cohort.deleted", "idnumber"}` deletes a cohort, `{"what": "user.deleted", "id"}` an
account.
"""

from __future__ import annotations

from typing import Any

from preau.sandbox.holding import document
from preau.sandbox.ledger import Ledger
from preau.sandbox.magistere.messages import Messages
from preau.sandbox.magistere.rest import FORBIDDEN
from preau.sandbox.page import Space, page
from preau.sandbox.surface import Refused

_TITLE = "m@gistère (fictif)"
_MEMBERS = (
    "select u.id, coalesce(u.display_name, u.username) as name from member m"
    " join users u on u.id=m.user_id where m.cohort_id=? order by u.id"
)


class MagistereLife:
    """Seeds, acts and shows; its methods run inside the caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def seed(self, order: dict[str, Any]) -> object:
        """`{"instance", "title", "users": [{"id", "username", "displayName"}]}`; repeatable."""
        self._ledger.set("title", str(order.get("title", self._ledger.setting("title"))))
        for each in order.get("users", ()):
            self._ledger.change(
                "insert or replace into users (id, username, display_name) values (?,?,?)",
                *(each["id"], each["username"], each.get("displayName")),
            )
        return {"users": len(self._ledger.rows("select id from users"))}

    def say(self, order: dict[str, Any]) -> object:
        """An act of the administrator; no event goes to the hub."""
        what = order.get("what")
        if what == "rights":
            self._ledger.set(FORBIDDEN, "" if order["granted"] else "1")
        elif what == "cohort.deleted":
            sql = "delete from member where cohort_id in (select id from cohort where idnumber=?)"
            self._ledger.change(sql, order["idnumber"])
            self._ledger.change("delete from cohort where idnumber=?", order["idnumber"])
        elif what == "user.deleted":
            self._ledger.change("update users set deleted=1 where id=?", order["id"])
            self._ledger.change("delete from member where user_id=?", order["id"])
        else:
            known = ["rights", "cohort.deleted", "user.deleted"]
            raise Refused(400, {"error": "what", "known": known})
        return {"said": 0}

    def holds(self) -> object:
        """The cohorts with their members, and the documents whose address these were given."""
        return [
            {
                **row,
                "members": [str(each["id"]) for each in self._ledger.rows(_MEMBERS, row["id"])],
                "documents": [document(each) for each in Messages(self._ledger).of(row["name"])],
            }
            for row in self._ledger.rows("select id, name, idnumber from cohort order by id")
        ]

    def page(self) -> str:
        """The cohorts that the administrator sees."""
        note = "Plateforme de formation fictive : ce que voit son administrateur."
        rows = self._ledger.rows("select * from cohort order by name, id")
        title = self._ledger.setting("title") or _TITLE
        return page(title, note, [self._space(row) for row in rows])

    def _space(self, row: dict[str, Any]) -> Space:
        members = [str(each["name"]) for each in self._ledger.rows(_MEMBERS, row["id"])]
        told = [
            f"{each['title']}, message à {each['times']} comptes"
            for each in Messages(self._ledger).of(row["name"])
        ]
        return Space(row["name"], f"Cohorte {row['idnumber']}", members, told)
