"""What teachers of a fictional Edifice do with documents, and what their platform says of it.

`{"what": "share", "teacher", "group", "title", "text"?, "times"?}` drops a document and shares it;
`{"what": "rename" | "bin" | "restore" | "delete", "document", "title"?}` acts on one of them: one
in the bin cannot be read [A]; a new title and a restoration are said as its shares again [A].
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from preau.sandbox.edifice.state import known_document, known_group, new_uuid
from preau.sandbox.ledger import Ledger

ACTS = ("share", "rename", "bin", "restore", "delete")
Event = Callable[[str, str, dict[str, Any]], object]
"""Says one event: its subject, the object whose events stay in order, its data."""
_GONE = {"bin": "trashed", "delete": "deleted"}
_RIGHTS = ["workspace.read"]


class Teachers:
    """Works inside the caller's transaction."""

    def __init__(self, ledger: Ledger, say: Event) -> None:
        self._ledger = ledger
        self._say = say

    def act(self, order: dict[str, Any]) -> dict[str, object]:
        """One order; how many events were said, and the documents that were made."""
        if order["what"] == "share":
            said = [self._share(order, turn) for turn in range(int(order.get("times", 1)))]
            return {"said": len(said), "documents": said}
        document = str(known_document(self._ledger, order["document"])["id"])
        self._change(order, document)
        if order["what"] in _GONE:
            subject = f"resource.workspace.{_GONE[order['what']]}"
            data = {"resourceIds": [document], "resourceType": "document"}
            self._say(subject, f"document:{document}", data)
        else:
            self._say_shares(document)
        return {"said": 1}

    def _change(self, order: dict[str, Any], document: str) -> None:
        if order["what"] == "rename":
            sql = "update document set name=? where id=?"
            self._ledger.change(sql, order["title"], document)
        elif order["what"] == "delete":
            self._ledger.change("delete from share where document_id=?", document)
            self._ledger.change("delete from document where id=?", document)
        else:
            trashed = int(order["what"] == "bin")
            self._ledger.change("update document set trashed=? where id=?", trashed, document)

    def _share(self, order: dict[str, Any], turn: int) -> str:
        group = known_group(self._ledger, {"id": order["group"]})["id"]
        title = str(order["title"]) + (f" {turn + 1}" if int(order.get("times", 1)) > 1 else "")
        content = str(order.get("text", title)).encode()
        document = new_uuid(self._ledger)
        self._ledger.change(
            "insert into document (id, name, content_type, size, owner, content)"
            " values (?,?,?,?,?,?)",
            *(document, title, "text/plain", len(content), order["teacher"], content),
        )
        said = (document, group, json.dumps(_RIGHTS))
        self._ledger.change("insert into share values (?,?,?)", *said)
        self._say_shares(document)
        return document

    def _say_shares(self, document: str) -> None:
        row = known_document(self._ledger, document)
        shares = self._ledger.rows("select * from share where document_id=?", document)
        about = {"id": document, "title": row["name"]}
        data = {
            "resourceIds": [document],
            "resourceType": "document",
            "shares": [
                {"groupId": each["group_id"], "rights": json.loads(each["rights"])}
                for each in shares
            ],
            "resources": [{**about, "contentType": row["content_type"], "size": row["size"]}],
        }
        self._say("resource.workspace.shares.changed", f"document:{document}", data)
