"""The event store of a fictional Edifice: what happened, in order of time, to whoever asks for it.

Documented in the public code: `GET /infra/v2/event/list/:type/:epoch` with `duration`,
`skip-synced`, `event-types`, `sorted`; the header `X-HAS-MORE`; super-admin only; 50,000 at once;
`PUT /infra/event/mark/:type/:epoch`; `event-type`, `module`, `date` in ms; `old-users` of
DELETE_USER, `keepedUserId` and `deletedUserId` of MERGE_USER. Assumed [A]: that the answer is a
plain list, that `:type` is `events`, `_id` in each, that the events of the moment `:epoch` are in
it, that `duration` is in ms and has no end when it is left out, and the bodies of refusals.
An order to store: `{"what": "store", "events": [{"event-type", …}]}`; `"batch"` sets how many
events an answer has at most, `"super_admin": false` takes the machine account's right away.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from preau.sandbox.edifice.state import new_uuid
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Call, Handler, Raw, Refused

KIND, BATCH = "events", 50_000


class EventStore:
    """Works inside the caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def routes(self) -> Mapping[str, Handler]:
        """What a super-admin may call."""
        return {
            "GET /infra/v2/event/list/{type}/{epoch}": self.listed,
            "PUT /infra/event/mark/{type}/{epoch}": self.mark,
        }

    def listed(self, call: Call) -> object:
        """The events from a moment on, at most a batch of them."""
        where, values = self._span(call)
        if call.query.get("skip-synced") == "true":
            where += " and synced is null"
        if names := call.query.get("event-types"):
            where += f" and name in ({', '.join('?' * len(names.split(',')))})"
            values += names.split(",")
        order = "date, seq" if call.query.get("sorted") == "true" else "seq"
        batch = int(self._ledger.setting("store.batch") or BATCH)
        sql = f"select body from stored_event where {where} order by {order} limit ?"  # noqa: S608
        rows = self._ledger.rows(sql, *values, batch + 1)
        body = f"[{','.join(row['body'] for row in rows[:batch])}]"
        more = {"X-HAS-MORE": "true" if len(rows) > batch else "false"}
        return Raw(body.encode(), "application/json", more)

    def mark(self, call: Call) -> object:
        """The events from a moment on count as taken."""
        where, values = self._span(call)
        sql = f"update stored_event set synced=? where synced is null and {where}"  # noqa: S608
        return {"marked": self._ledger.change(sql, self._ledger.clock.now_ms(), *values)}

    def store(self, order: dict[str, Any]) -> object:
        """Stores events as given, each with a moment and an id unless it has them."""
        if "batch" in order:
            self._ledger.set("store.batch", str(order["batch"]))
        if "super_admin" in order:
            self._ledger.set("store.refuses", "" if order["super_admin"] else "yes")
        stored = [self._store(each) for each in order.get("events", ())]
        return {"said": 0, "stored": stored}

    def _store(self, said: dict[str, Any]) -> str:
        identity = str(said.get("_id") or new_uuid(self._ledger))
        date = int(said.get("date") or self._ledger.clock.now_ms())
        event = {"_id": identity, "date": date, "module": "Feeder"} | said
        body = json.dumps(event, ensure_ascii=False)
        row = (identity, KIND, str(said["event-type"]), date, body)
        self._ledger.change(
            "insert into stored_event (id, kind, name, date, body) values (?,?,?,?,?)", *row
        )
        return identity

    def _span(self, call: Call) -> tuple[str, list[Any]]:
        if self._ledger.setting("store.refuses"):
            raise Refused(401, {"error": "unauthorized"})
        epoch, duration = call.path["epoch"], call.query.get("duration", "")
        if not epoch.isdecimal() or not (duration or "0").isdecimal():
            raise Refused(400, {"error": "invalid.parameters"})
        values: list[Any] = [call.path["type"], int(epoch)]
        if not duration:
            return "kind=? and date>=?", values
        return "kind=? and date>=? and date<?", [*values, int(epoch) + int(duration)]
