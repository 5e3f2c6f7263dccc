"""The news of a fictional Skolengo: a title in the space of one group, and the day it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preau.sandbox.ledger import Ledger
from preau.sandbox.skolengo.documents import (
    attributes_of,
    links_of,
    refused,
    resource,
    text_of,
)
from preau.sandbox.skolengo.state import known_group, known_news, new_id
from preau.sandbox.surface import Call, Handler


class News:
    """Each method is one route, run inside one transaction; all are assumed [A]."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def routes(self) -> Mapping[str, Handler]:
        """What the machine account may call."""
        return {
            "GET /news": self.find,
            "POST /news": self.publish,
            "PATCH /news/{id}": self.change,
            "DELETE /news/{id}": self.withdraw,
        }

    def find(self, call: Call) -> object:
        """`filter[externalId]`: the news that carry this id of the hub."""
        wanted = call.query.get("filter[externalId]")
        sql = "select * from news where external_id=? order by rowid"
        return {"data": [_shown(row) for row in self._ledger.rows(sql, wanted)]}

    def publish(self, call: Call) -> object:
        """In the space of one group; asked twice with one `externalId`, there are two."""
        said = attributes_of(call, "news", ("title", "dueDate", "externalId"))
        title = text_of(said, "title")
        links = call.body["data"].get("relationships", {}).get("groups", {})
        groups = links_of(links, "group")
        if len(groups) != 1:
            raise refused(422, "ONE_GROUP_REQUIRED")
        group = known_group(self._ledger, groups[0])["id"]
        news = new_id(self._ledger, "N")
        self._ledger.change(
            "insert into news values (?,?,?,?,?)",
            *(news, title, said.get("dueDate"), group, said.get("externalId")),
        )
        self._ledger.effect(call.trace, "news.publish", news)
        return {"data": _shown(known_news(self._ledger, news))}

    def change(self, call: Call) -> object:
        """A new title or day."""
        news = known_news(self._ledger, call.path["id"])
        said = attributes_of(call, "news", ("title", "dueDate"))
        after = (text_of(said, "title"), said.get("dueDate"))
        if after != (news["title"], news["due_date"]):
            sql = "update news set title=?, due_date=? where id=?"
            self._ledger.change(sql, *after, news["id"])
            self._ledger.effect(call.trace, "news.change", news["id"])
        return {"data": _shown(known_news(self._ledger, news["id"]))}

    def withdraw(self, call: Call) -> object:
        """It leaves the space of its group."""
        news = known_news(self._ledger, call.path["id"])["id"]
        self._ledger.change("delete from news where id=?", news)
        self._ledger.effect(call.trace, "news.withdraw", news)
        return {"meta": {}}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return resource("news", row["id"], title=row["title"], dueDate=row["due_date"])
