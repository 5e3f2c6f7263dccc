"""The calendar of a fictional Beneylu: `/calendar/events`, and what teachers put into it.

The route exists in the public code (`calendar/events`), as do `title`, `date_start`, `date_end`,
`type` and `is_all_day`; [A] `group_id`, `external_id` and the search by it, `DELETE`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from preau.sandbox.beneylu.state import known_group, next_id, whole
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Call, Handler, Refused

TABLES = """
create table if not exists agenda_event (
  id integer primary key, title text, date_start text, date_end text, is_all_day integer,
  group_id integer, external_id text);
create index if not exists agenda_external on agenda_event (external_id);
"""
_WHERE = "/api/1.0/calendar/events"
_FIELDS = ("title", "date_start", "date_end", "is_all_day")
Event = Callable[[str, str, dict[str, Any]], object]


class Calendar:
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
        """[A] The events that carry this id of ours."""
        wanted = call.query.get("external_id")
        return self._ledger.rows("select * from agenda_event where external_id=?", wanted)

    def add(self, call: Call) -> object:
        """An event of a group; called twice, there are two."""
        group = known_group(self._ledger, call.body.get("group_id"))["id"]
        number = put(self._ledger, group, _checked(call.body), call.body.get("external_id"))
        self._ledger.effect(call.trace, "event.add", number)
        return {"id": number}

    def change(self, call: Call) -> object:
        """Other words or another time."""
        number, said = self._known(call), _checked(call.body)
        names = ", ".join(f"{name}=?" for name in _FIELDS)
        sql = f"update agenda_event set {names} where id=?"  # noqa: S608 -- our own names
        self._ledger.change(sql, *said, number)
        self._ledger.effect(call.trace, "event.change", number)
        return {"id": number}

    def delete(self, call: Call) -> object:
        """The event is gone."""
        number = self._known(call)
        self._ledger.change("delete from agenda_event where id=?", number)
        self._ledger.effect(call.trace, "event.delete", number)
        return {"deleted": True}

    def _known(self, call: Call) -> int:
        number = whole(call.path["id"])
        if self._ledger.row("select id from agenda_event where id=?", number) is None:
            raise Refused(404, {"error": "event_not_found"})
        return number


def put(ledger: Ledger, group: int, said: tuple[object, ...], external: object = None) -> int:
    """A new event of that group; its id."""
    number = next_id(ledger, "agenda_event")
    ledger.add("insert into agenda_event values (?,?,?,?,?,?,?)", number, *said, group, external)
    return number


def set_date(ledger: Ledger, order: dict[str, Any], say: Event) -> int:
    """A teacher sets a date: `{"group", "title", "start", "end"?}`; said as the ENT says it."""
    group = known_group(ledger, order["group"])["id"]
    start, end = order["start"], order.get("end", order["start"])
    number = put(ledger, group, (order["title"], start, end, 0))
    data = {"id": number, "title": order["title"], "start": start, "end": end}
    told = {"agenda_id": group, "group_id": group, "type": "PUNCTUAL", "is_all_day": False}
    say("CALENDAR_CREATE_EVENT", f"event:{number}", {**data, **told, "icalendar_vevent": ""})
    return number


def dates(ledger: Ledger, group: int) -> list[dict[str, Any]]:
    """What the calendar of a group shows."""
    sql = (
        "select title, date_start as start, date_end as end, external_id as hub_id"
        " from agenda_event where group_id=? order by id"
    )
    return ledger.rows(sql, group)


def _checked(body: Mapping[str, Any]) -> tuple[object, ...]:
    if not str(body.get("title") or "").strip():
        raise Refused(400, {"error": "title_is_required"})
    if not body.get("date_start"):
        raise Refused(400, {"error": "date_start_is_required"})
    return (body["title"], body["date_start"], body.get("date_end"), int(bool(body["is_all_day"])))
