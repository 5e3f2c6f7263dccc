"""What teachers of a fictional Skolengo do with documents, and what their ENT says of it.

`{"what": "share", "teacher", "group", "title", "text"?}` puts an attachment into the space of a
group; `{"what": "rename" | "delete", "document", "title"?}` acts on one;
`{"what": "homework", "group", "title", "due"}` gives work to a group or class.
"""

from __future__ import annotations

from typing import Any

from preau.sandbox.ledger import Ledger
from preau.sandbox.skolengo.directory import Event
from preau.sandbox.skolengo.documents import resource
from preau.sandbox.skolengo.state import known_attachment, known_group, known_user, new_id

ACTS = ("share", "rename", "delete", "homework")


class Teachers:
    """Works inside the caller's transaction."""

    def __init__(self, ledger: Ledger, say: Event) -> None:
        self._ledger = ledger
        self._say = say

    def act(self, order: dict[str, Any]) -> dict[str, object]:
        """One order; how many events were said, and what was made."""
        if order["what"] == "share":
            return {"said": 2, "documents": [self._share(order)]}
        if order["what"] == "homework":
            return {"said": 1, "homework": self._homework(order)}
        attachment = known_attachment(self._ledger, order["document"])["id"]
        if order["what"] == "delete":
            return {"said": self._delete(attachment)}
        sql = "update attachment set name=? where id=?"
        self._ledger.change(sql, order["title"], attachment)
        self._say_attachment(attachment, "UPDATED")
        return {"said": 1}

    def _share(self, order: dict[str, Any]) -> str:
        known_user(self._ledger, order["teacher"])
        group = known_group(self._ledger, order["group"])["id"]
        content = str(order.get("text", order["title"])).encode()
        attachment = new_id(self._ledger, "A")
        self._ledger.change(
            "insert into attachment values (?,?,'text/plain',?,null,?)",
            *(attachment, order["title"], len(content), content),
        )
        self._ledger.change("insert into shown values (?,?)", attachment, group)
        self._say_attachment(attachment, "ADDED")
        self._say_shown(attachment, group, "ADDED")
        return attachment

    def _delete(self, attachment: str) -> int:
        sql = "select group_id from shown where attachment_id=?"
        groups = [row["group_id"] for row in self._ledger.rows(sql, attachment)]
        self._ledger.change("delete from shown where attachment_id=?", attachment)
        self._ledger.change("delete from attachment where id=?", attachment)
        for group in groups:
            self._say_shown(attachment, group, "REMOVED")
        gone = resource("attachment", attachment, operation="REMOVED")
        self._say(f"attachment:{attachment}", gone)
        return len(groups) + 1

    def _homework(self, order: dict[str, Any]) -> str:
        group = known_group(self._ledger, order["group"])
        homework = new_id(self._ledger, "H")
        said = resource("homework", homework, title=order["title"], dueDate=order["due"])
        link = {"groups": {"data": [{"type": group["kind"], "id": group["id"]}]}}
        self._say(f"homework:{homework}", {**said, "relationships": link})
        return homework

    def _say_attachment(self, attachment: str, operation: str) -> None:
        row = known_attachment(self._ledger, attachment)
        about = {"name": row["name"], "mimeType": row["mime_type"], "size": row["size"]}
        said = resource("attachment", attachment, **about, operation=operation)
        self._say(f"attachment:{attachment}", said)

    def _say_shown(self, attachment: str, group: str, operation: str) -> None:
        said = resource("attachmentShare", f"as-{attachment}-{group}", operation=operation)
        links = {
            "attachment": {"data": {"type": "attachment", "id": attachment}},
            "group": {"data": {"type": "group", "id": group}},
        }
        self._say(f"attachment:{attachment}", {**said, "relationships": links})
