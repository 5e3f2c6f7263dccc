"""The homework of a fictional Beneylu: `/homeworks`, for the classes of a group.

The route to give work exists in the public code (`POST /homeworks`), as do `name`, `due_date` and
`groups[]`; [A] `external_id` and the search by it, `PATCH`, `DELETE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preau.sandbox.beneylu.state import known_group, next_id, whole
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Call, Handler, Refused

TABLES = """
create table if not exists homework (
  id integer primary key, name text, due_date text, group_id integer, external_id text);
create index if not exists homework_external on homework (external_id);
"""
_WHERE = "/api/1.0/homeworks"


class Homework:
    """Each method is one route, run inside one transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def routes(self) -> Mapping[str, Handler]:
        """What the machine account may call."""
        return {
            f"GET {_WHERE}": self.find,
            f"POST {_WHERE}": self.add,
            f"PATCH {_WHERE}/{{id}}": self.change,
            f"DELETE {_WHERE}/{{id}}": self.delete,
        }

    def find(self, call: Call) -> object:
        """[A] The work that carries this id of ours."""
        sql = "select id, name, due_date from homework where external_id=? order by id"
        return self._ledger.rows(sql, call.query.get("external_id"))

    def add(self, call: Call) -> object:
        """`homeworks[]` with `name`, `due_date`, `groups[]`; called twice, there are two."""
        made = []
        for work in call.body.get("homeworks", ()):
            said = _checked(work)
            for each in work.get("groups", ()):
                group = known_group(self._ledger, each)["id"]
                number = next_id(self._ledger, "homework")
                row = (number, *said, group, work.get("external_id"))
                self._ledger.add("insert into homework values (?,?,?,?,?)", *row)
                self._ledger.effect(call.trace, "homework.add", number)
                made.append({"id": number})
        return made

    def change(self, call: Call) -> object:
        """Other words or another day."""
        number, said = self._known(call), _checked(call.body)
        sql = "update homework set name=?, due_date=? where id=?"
        self._ledger.change(sql, *said, number)
        self._ledger.effect(call.trace, "homework.change", number)
        return {"id": number}

    def delete(self, call: Call) -> object:
        """The work is gone."""
        number = self._known(call)
        self._ledger.change("delete from homework where id=?", number)
        self._ledger.effect(call.trace, "homework.delete", number)
        return {"deleted": True}

    def _known(self, call: Call) -> int:
        number = whole(call.path["id"])
        if self._ledger.row("select id from homework where id=?", number) is None:
            raise Refused(404, {"error": "homework_not_found"})
        return number


def works(ledger: Ledger, group: int) -> list[dict[str, Any]]:
    """What the classes of a group have to do."""
    sql = "select name as title, due_date as due from homework where group_id=? order by id"
    return ledger.rows(sql, group)


def _checked(said: Mapping[str, Any]) -> tuple[object, object]:
    if not str(said.get("name") or "").strip():
        raise Refused(400, {"error": "name_is_required"})
    return said["name"], said.get("due_date")
