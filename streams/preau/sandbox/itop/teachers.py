"""What the adults of a fictional ENT of the family do with documents, and what is said of it.

`{"what": "share", "teacher", "group", "title", "text"?}` drops a document and shares it with a
group; `{"what": "rename" | "delete", "document", "title"?}` acts on one;
`{"what": "homework", "group", "title", "due"}` gives work to a group, `due` as 12/10/2026.
"""

from __future__ import annotations

from typing import Any

from preau.sandbox.itop.speech import Outbox, Said, Speech
from preau.sandbox.itop.state import (
    PUPIL,
    known_account,
    known_document,
    known_group,
    next_number,
)
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Refused

ACTS = ("share", "rename", "delete", "homework")


class Teachers:
    """Works inside the caller's transaction; `letters` begin the ids of what is made here."""

    def __init__(self, ledger: Ledger, speech: Speech, letters: str) -> None:
        self._ledger = ledger
        self._speech = speech
        self._outbox = Outbox(ledger)
        self._letters = letters

    def act(self, order: dict[str, Any]) -> dict[str, object]:
        """One order; how many events were said, and what was made."""
        if order["what"] == "share":
            return self._share(order)
        if order["what"] == "homework":
            return self._homework(order)
        document = known_document(self._ledger, order["document"])
        if order["what"] == "delete":
            return {"said": self._delete(document)}
        sql = "update document set title=? where id=?"
        self._ledger.change(sql, order["title"], document["id"])
        renamed = {**document, "title": order["title"]}
        return {"said": self._outbox.say(self._speech.dropped(renamed, self._uai()))}

    def _share(self, order: dict[str, Any]) -> dict[str, object]:
        if known_account(self._ledger, order["teacher"])["profile"] == PUPIL:
            raise Refused(403, {"erreur": "un élève ne partage rien avec ce groupe"})
        group = known_group(self._ledger, order["group"])
        content = str(order.get("text", order["title"])).encode()
        name = self._new("d")
        put = "insert into document values (?,?,?)"
        self._ledger.change(put, name, order["title"], content)
        self._ledger.change("insert into shown values (?,?)", name, group)
        document, uai = known_document(self._ledger, name), self._uai()
        said = [
            *self._speech.dropped(document, uai),
            *self._speech.shared(document, group, uai, there=True),
        ]
        return {"said": self._outbox.say(said), "documents": [name]}

    def _delete(self, document: dict[str, Any]) -> int:
        said: list[Said] = []
        for row in self._ledger.rows("select * from shown where document=?", document["id"]):
            group = row["group_code"]
            said += self._speech.shared(document, group, self._uai(), there=False)
        self._ledger.change("delete from shown where document=?", document["id"])
        self._ledger.change("delete from document where id=?", document["id"])
        return self._outbox.say(said)

    def _homework(self, order: dict[str, Any]) -> dict[str, object]:
        group = known_group(self._ledger, order["group"])
        work = {"id": self._new("T"), "title": order["title"], "due": order["due"]}
        said = self._outbox.say(self._speech.homework(work, group, self._uai()))
        return {"said": said, "homework": work["id"]}

    def _new(self, letter: str) -> str:
        return f"{self._letters}{letter}-{next_number(self._ledger, letter)}"

    def _uai(self) -> str:
        row = self._ledger.row("select uai from room order by code limit 1")
        return "" if row is None else str(row["uai"])
