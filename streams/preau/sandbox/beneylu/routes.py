"""The routes of a fictional Beneylu School: central API and API 1.0, for a machine account.

Documented in the public code (BeneyluSchool3, 2018): the paths, `type`, `label`, `uid`, the media
fields, `datas`/`groups`/`users` of selection-share, that members of a PARTNERSHIP are classes, that
it is deleted when the last one leaves, that an AAF-linked group is read-only, integer ids.
Assumed [A]: that a machine account may call them, `attributes.EXTERNAL_ID` and the search by
`external_id`, the exact error words, the multipart form of a media, `DELETE` of a group or media.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from preau.sandbox.beneylu.state import (
    join_code,
    known_group,
    known_media,
    next_id,
    partnership,
    shown_group,
    whole,
)
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Call, Handler, Raw, Refused

ACTIVE = 1
"""`status_deletion` of a media that is not in the bin."""
SIGNED_FOR_S = 3600
"""How long a pre-signed media address may be read, in seconds (`Expires=3600` seen in 2026)."""


class Beneylu:
    """One instance; each method is one route, run inside one transaction."""

    def __init__(self, ledger: Ledger, token: str, origin: str) -> None:
        self._ledger = ledger
        self._secret = hashlib.sha256(b"media" + token.encode()).digest()
        self._origin = origin

    def routes(self) -> Mapping[str, Handler]:
        """What the machine account may call."""
        v1 = "/api/1.0"
        return {
            "POST /onegroups": self.create_group,
            "GET /onegroups": self.find_group,
            "PUT /groups/{id}": self.rename_group,
            "DELETE /groups/{id}": self.delete_group,
            f"PATCH {v1}/groups/{{id}}": self.patch_group,
            "GET /partnerships/{uid}": self.get_partnership,
            "PUT /partnerships/{uid}/adds/{group_id}/group": self.join,
            "PUT /partnerships/{id}/groups/{group_id}/leave": self.leave,
            "GET /partnerships/{id}/members": self.members,
            f"GET {v1}/media-library/media": self.find_media,
            f"GET {v1}/media-library/media/{{id}}": self.get_media,
            f"POST {v1}/media-library/media": self.add_media,
            f"PATCH {v1}/media-library/media/{{id}}": self.rename_media,
            f"DELETE {v1}/media-library/media/{{id}}": self.delete_media,
            f"PATCH {v1}/media-library/selection-share": self.share_selection,
        }

    def open_routes(self) -> Mapping[str, Handler]:
        """What a pre-signed address gives without a token."""
        return {"GET /media/{id}/content": self.read_media}

    def create_group(self, call: Call) -> object:
        """A group without members: `type`, `label` → `id`, `uid`; called twice, there are two."""
        kind, label = call.body.get("type"), call.body.get("label")
        if kind not in {"PARTNERSHIP", "TEAM"}:
            raise Refused(400, {"error": "unknown_group_type"})
        if not isinstance(label, str) or not label.strip():
            raise Refused(400, {"error": "label_is_required"})
        external = (call.body.get("attributes") or {}).get("EXTERNAL_ID")
        group_id = next_id(self._ledger, "groups")
        uid = join_code(group_id) if kind == "PARTNERSHIP" else None
        self._ledger.add(
            "insert into groups (id, label, type, uid, external_id) values (?,?,?,?,?)",
            *(group_id, label, kind, uid, external),
        )
        self._ledger.effect(call.trace, "group.create", group_id)
        return shown_group(known_group(self._ledger, group_id))

    def find_group(self, call: Call) -> object:
        """[A] The groups that carry this attribute."""
        wanted = call.query.get("external_id")
        found = self._ledger.rows("select * from groups where external_id=?", wanted)
        return [shown_group(row) for row in found]

    def rename_group(self, call: Call) -> object:
        """A new label; an AAF-linked group is the State's."""
        row = known_group(self._ledger, call.path["id"])
        if row["aaf_linked"]:
            raise Refused(403, {"error": "aaf_linked"})
        label = call.body.get("label")
        if not isinstance(label, str) or not label.strip():
            raise Refused(400, {"error": "label_is_required"})
        if label != row["label"]:
            self._ledger.change("update groups set label=? where id=?", label, row["id"])
            self._ledger.effect(call.trace, "group.rename", row["id"])
        return shown_group({**row, "label": label})

    def patch_group(self, call: Call) -> object:
        """Only `onde_id` is accepted, never on an AAF-linked group."""
        row = known_group(self._ledger, call.path["id"])
        if set(call.body) != {"onde_id"}:
            raise Refused(400, {"error": "only_onde_id"})
        if row["aaf_linked"]:
            raise Refused(403, {"error": "aaf_linked"})
        return shown_group(row)

    def delete_group(self, call: Call) -> object:
        """[A] Deletes a group that is not the State's, with its folder."""
        row = known_group(self._ledger, call.path["id"])
        if row["aaf_linked"]:
            raise Refused(403, {"error": "aaf_linked"})
        self._drop(call, row["id"])
        return {"deleted": True}

    def get_partnership(self, call: Call) -> object:
        """By its join code."""
        return shown_group(partnership(self._ledger, call.path["uid"]))

    def join(self, call: Call) -> object:
        """A class joins; anything but a class of this instance is refused, a repeat is 409."""
        row = partnership(self._ledger, call.path["uid"])
        joining = known_group(self._ledger, call.path["group_id"], "CLASSROOM")
        added = self._ledger.change(
            "insert or ignore into partner values (?,?)", row["id"], joining["id"]
        )
        if not added:
            raise Refused(409, {"error": "already_member"})
        self._ledger.effect(call.trace, "partnership.join", f"{row['id']}:{joining['id']}")
        return shown_group(row)

    def leave(self, call: Call) -> object:
        """A class leaves; the partnership is deleted when it was the last."""
        row = known_group(self._ledger, call.path["id"], "PARTNERSHIP")
        gone = self._ledger.change(
            "delete from partner where partnership_id=? and group_id=?",
            *(row["id"], whole(call.path["group_id"])),
        )
        if not gone:
            raise Refused(404, {"error": "member_not_found"})
        self._ledger.effect(call.trace, "partnership.leave", f"{row['id']}:{call.path['group_id']}")
        left = self._ledger.rows("select 1 from partner where partnership_id=?", row["id"])
        if not left:
            self._drop(call, row["id"])
        return {"deleted": not left}

    def members(self, call: Call) -> object:
        """The classes of a partnership."""
        row = known_group(self._ledger, call.path["id"], "PARTNERSHIP")
        return self._ledger.rows(
            "select g.id, g.label, g.type, g.uai from partner p join groups g on g.id=p.group_id"
            " where p.partnership_id=? order by g.id",
            row["id"],
        )

    def get_media(self, call: Call) -> object:
        """The fields and a pre-signed address that expires: to be used at once, never kept."""
        row = known_media(self._ledger, call.path["id"])
        if row["status_deletion"] != ACTIVE:
            raise Refused(404, {"error": "media_not_found"})
        return self._signed(row)

    def find_media(self, call: Call) -> object:
        """The media that came from elsewhere under this `external_id`."""
        wanted = call.query.get("external_id")
        found = self._ledger.rows("select id from media where external_id=?", wanted)
        return [self._signed(known_media(self._ledger, row["id"])) for row in found]

    def read_media(self, call: Call) -> object:
        """The bytes, for whoever holds a signature that has not expired."""
        expires = call.query.get("Expires", "0")
        good = hmac.compare_digest(
            self._signature(call.path["id"], expires), call.query.get("Signature", "")
        )
        if not good or int(expires) < self._ledger.clock.now_ms() // 1000:
            raise Refused(403, {"error": "signature_expired"})
        row = self._ledger.row(
            "select content, file_mime_type from media where id=? and status_deletion=?",
            *(whole(call.path["id"]), ACTIVE),
        )
        if row is None:
            raise Refused(404, {"error": "media_not_found"})
        return Raw(row["content"] or b"", row["file_mime_type"])

    def add_media(self, call: Call) -> object:
        """A copy in a group's folder (its number is the group's); twice is two."""
        folder = known_group(self._ledger, call.body.get("media_folder_id"))
        upload = call.files.get("file")
        if upload is None:
            raise Refused(400, {"error": "file_is_required"})
        media_id = next_id(self._ledger, "media")
        self._ledger.add(
            "insert into media (id, label, type_unique_name, filename, file_mime_type, size,"
            " media_folder_id, external_source, external_id, content) values (?,?,?,?,?,?,?,?,?,?)",
            *(media_id, call.body.get("label") or upload.name),
            *(call.body.get("type_unique_name", "FILE"), upload.name, upload.media_type),
            *(len(upload.content), folder["id"], call.body.get("external_source")),
            *(call.body.get("external_id"), upload.content),
        )
        self._ledger.effect(call.trace, "media.add", media_id)
        return self._signed(known_media(self._ledger, media_id))

    def rename_media(self, call: Call) -> object:
        """A new label (documented: `editAction` of MediaApiController; its one field here)."""
        row, label = known_media(self._ledger, call.path["id"]), call.body.get("label")
        if not isinstance(label, str) or not label.strip():
            raise Refused(400, {"error": "label_is_required"})
        if label != row["label"]:
            self._ledger.change("update media set label=? where id=?", label, row["id"])
            self._ledger.effect(call.trace, "media.rename", row["id"])
        return self._signed({**row, "label": label})

    def delete_media(self, call: Call) -> object:
        """[A] Takes a media out of its folder."""
        row = known_media(self._ledger, call.path["id"])
        self._ledger.change("delete from media where id=?", row["id"])
        self._ledger.effect(call.trace, "media.delete", row["id"])
        return {"deleted": True}

    def share_selection(self, call: Call) -> object:
        """Copies each media of `datas[]` into the folder of each of `groups[]`."""
        groups = [known_group(self._ledger, each) for each in call.body.get("groups", ())]
        medias = [known_media(self._ledger, each) for each in call.body.get("datas", ())]
        copies = []
        for media in medias:
            for group in groups:
                copy = copy_media(self._ledger, media["id"], group["id"], media["user_id"])
                self._ledger.effect(call.trace, "media.copy", copy)
                copies.append(copy)
        return {"copies": copies}

    def _drop(self, call: Call, group_id: int) -> None:
        self._ledger.change("delete from partner where partnership_id=?", group_id)
        self._ledger.change("delete from team_member where team_id=?", group_id)
        self._ledger.change("delete from media where media_folder_id=?", group_id)
        self._ledger.change("delete from agenda_event where group_id=?", group_id)
        self._ledger.change("delete from homework where group_id=?", group_id)
        self._ledger.change("delete from groups where id=?", group_id)
        self._ledger.effect(call.trace, "group.delete", group_id)

    def _signed(self, row: dict[str, Any]) -> dict[str, Any]:
        expires = str(self._ledger.clock.now_ms() // 1000 + SIGNED_FOR_S)
        signature = self._signature(str(row["id"]), expires)
        address = f"{self._origin}/media/{row['id']}/content"
        return {**row, "url": f"{address}?Expires={expires}&Signature={signature}"}

    def _signature(self, media_id: str, expires: str) -> str:
        return hmac.new(self._secret, f"{media_id}.{expires}".encode(), "sha256").hexdigest()


def copy_media(ledger: Ledger, media_id: int, folder: int, by: int | None) -> int:
    """The id of a copy of a media in a group's folder, as Beneylu shares."""
    copy = next_id(ledger, "media")
    ledger.add(
        "insert into media (id, label, type_unique_name, filename, file_mime_type, size, user_id,"
        " media_folder_id, copy_from_id, shared_by, content) select ?, label, type_unique_name,"
        " filename, file_mime_type, size, user_id, ?, id, ?, content from media where id=?",
        *(copy, folder, by, media_id),
    )
    return copy
