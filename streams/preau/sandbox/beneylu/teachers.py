"""What teachers of a fictional Beneylu do with documents, and what their ENT says of it.

`{"what": "share", "teacher", "group", "title", "text"?, "times"?}` drops a document and shares it;
`{"what": "rename" | "bin" | "restore" | "delete", "media", "title"?}` acts on one shared copy: in
the bin it cannot be read (documented: `isActive` of MediaApiController), nor once deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from preau.sandbox.beneylu.routes import ACTIVE, copy_media
from preau.sandbox.beneylu.state import known_group, known_media, next_id
from preau.sandbox.ledger import Ledger

ACTS = ("share", "rename", "bin", "restore", "delete")
Event = Callable[[str, str, dict[str, Any]], object]
"""Says one event: its name, the object whose events stay in order, its data."""
_BINNED = -1
"""`status_deletion` of a media in the bin."""


class Teachers:
    """Works inside the caller's transaction."""

    def __init__(self, ledger: Ledger, say: Event) -> None:
        self._ledger = ledger
        self._say = say

    def act(self, order: dict[str, Any]) -> dict[str, object]:
        """One order; how many events were said, and the copies that were made."""
        if order["what"] == "share":
            media = [self._share(order, turn) for turn in range(int(order.get("times", 1)))]
            return {"said": 2 * len(media), "media": media}
        media_id = known_media(self._ledger, order["media"])["id"]
        if order["what"] == "delete":
            self._say("MEDIA_DELETED", f"media:{media_id}", {"id": media_id})
            self._ledger.change("delete from media where id=?", media_id)
            return {"said": 1}
        self._change(order, media_id)
        self._say("MEDIA_UPDATED", f"media:{media_id}", {"id": media_id, **self._media(media_id)})
        return {"said": 1}

    def drop(self, teacher: int, title: str, text: str, number: int | None) -> int:
        """A document of this text in the teacher's own folder; its id."""
        media = number or next_id(self._ledger, "media")
        content = text.encode()
        self._ledger.change(
            "insert or replace into media (id, label, type_unique_name, filename, file_mime_type,"
            " size, user_id, content) values (?,?,?,?,?,?,?,?)",
            *(media, title, "DOCUMENT", f"{media}.txt", "text/plain"),
            *(len(content), teacher, content),
        )
        return media

    def _change(self, order: dict[str, Any], media: int) -> None:
        if order["what"] == "rename":
            self._ledger.change("update media set label=? where id=?", order["title"], media)
            return
        status = _BINNED if order["what"] == "bin" else ACTIVE
        self._ledger.change("update media set status_deletion=? where id=?", status, media)

    def _share(self, order: dict[str, Any], turn: int) -> int:
        group = known_group(self._ledger, order["group"])
        title = str(order["title"]) + (f" {turn + 1}" if int(order.get("times", 1)) > 1 else "")
        media = self.drop(order["teacher"], title, str(order.get("text", title)), None)
        self._say("RESOURCE_ADD_FILE", f"media:{media}", {"id": media, **self._media(media)})
        copy = copy_media(self._ledger, media, group["id"], order["teacher"])
        data = {**self._media(copy), "media_id": copy, "groupId": group["id"]}
        self._say("MEDIA_LIBRARY_NEW_SHARE", f"media:{copy}", data)
        return copy

    def _media(self, media: int) -> dict[str, Any]:
        row = known_media(self._ledger, media)
        del row["id"]
        return {**row, "is_private": False}
