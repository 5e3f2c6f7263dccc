"""The routes of a fictional Skolengo: what its machine account may call.

The unofficial clients only read, so that every route that writes is assumed [A]; how it is written
follows JSON:API 1.0: a member that is there already is added without an effect, one that is not
there is removed without one, and both answer 200.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from preau.sandbox.ledger import Ledger
from preau.sandbox.skolengo.documents import (
    MEDIA_TYPE,
    attributes_of,
    links_of,
    refused,
    resource,
    text_of,
)
from preau.sandbox.skolengo.news import News
from preau.sandbox.skolengo.state import known_attachment, known_group, known_user, new_id
from preau.sandbox.surface import Call, Handler, Raw

PAGE = 20
"""How many links one page of a relationship holds [A]."""
VALID_S = 3_600
"""How long the address of an attachment may be read, in seconds [A]."""


class Skolengo:
    """One ENT; each method is one route, run inside one transaction."""

    def __init__(self, ledger: Ledger, token: str, origin: str) -> None:
        self._ledger = ledger
        self._secret = token.encode()
        self._origin = origin
        self._news = News(ledger)

    def routes(self) -> Mapping[str, Handler]:
        """What the machine account may call."""
        members, attachments = (
            f"/groups/{{id}}/relationships/{name}" for name in ("members", "attachments")
        )
        found: dict[str, Handler] = {
            "GET /groups": self.find_groups,
            "POST /groups": self.create_group,
            "PATCH /groups/{id}": self.rename_group,
            "DELETE /groups/{id}": self.delete_group,
            f"GET {members}": self.members,
            f"POST {members}": self.add_members,
            f"DELETE {members}": self.remove_members,
            f"POST {attachments}": self.show_attachments,
            "GET /attachments": self.find_attachments,
            "POST /attachments": self.add_attachment,
            "GET /attachments/{id}": self.read_attachment,
            "PATCH /attachments/{id}": self.rename_attachment,
            "DELETE /attachments/{id}": self.delete_attachment,
            **self._news.routes(),
        }
        return {route: self._guarded(handler) for route, handler in found.items()}

    def open_routes(self) -> Mapping[str, Handler]:
        """What a signed address gives without a token."""
        return {"GET /files/{id}": self.file}

    def _guarded(self, handler: Handler) -> Handler:
        def answer(call: Call) -> object:
            account = self._ledger.setting("account")
            if account:
                raise refused(403, account)
            ems = call.headers.get("X-Skolengo-Ems-Code")
            if ems is not None and ems != self._ledger.setting("ems"):
                raise refused(403, "UNKNOWN_EMS_CODE")
            if call.body and not call.files and not _is_json_api(call):
                raise refused(415, "UNSUPPORTED_MEDIA_TYPE")
            return handler(call)

        return answer

    def find_groups(self, call: Call) -> object:
        """[A] `filter[externalId]`: the groups that carry this id of the hub."""
        wanted = call.query.get("filter[externalId]")
        sql = "select id, name from groups where external_id=? order by rowid"
        rows = self._ledger.rows(sql, wanted)
        return {"data": [resource("group", row["id"], name=row["name"]) for row in rows]}

    def create_group(self, call: Call) -> object:
        """Only under a contract; asked twice with one `externalId`, there are two."""
        said = attributes_of(call, "group", ("name", "externalId"))
        name = text_of(said, "name")
        if self._ledger.setting("groups.closed"):
            raise refused(403, "GROUP_CREATION_NOT_ALLOWED")
        group = new_id(self._ledger, "G")
        self._ledger.change(
            "insert into groups (id, kind, name, external_id) values (?,'group',?,?)",
            *(group, name, said.get("externalId")),
        )
        self._ledger.effect(call.trace, "group.create", group)
        return {"data": resource("group", group, name=name)}

    def rename_group(self, call: Call) -> object:
        """A new name; a class is the State's."""
        group = known_group(self._ledger, call.path["id"])
        name = text_of(attributes_of(call, "group", ("name",)), "name")
        if group["kind"] != "group":
            raise refused(403, "GROUP_READ_ONLY")
        if name != group["name"]:
            self._ledger.change("update groups set name=? where id=?", name, group["id"])
            self._ledger.effect(call.trace, "group.rename", group["id"])
        return {"data": resource("group", group["id"], name=name)}

    def delete_group(self, call: Call) -> object:
        """The group, its members and what its space showed."""
        group = known_group(self._ledger, call.path["id"])
        if group["kind"] != "group":
            raise refused(403, "GROUP_READ_ONLY")
        for table in ("member", "shown", "news"):
            self._ledger.change(f"delete from {table} where group_id=?", group["id"])  # noqa: S608 - our own names
        self._ledger.change("delete from groups where id=?", group["id"])
        self._ledger.effect(call.trace, "group.delete", group["id"])
        return {"meta": {}}

    def members(self, call: Call) -> object:
        """A page of links, and where the next one is, by JSON:API; `page[number]` begins at 1."""
        group = known_group(self._ledger, call.path["id"])["id"]
        number = int(call.query.get("page[number]", "1"))
        sql = "select user_id from member where group_id=? order by user_id limit ? offset ?"
        rows = self._ledger.rows(sql, group, PAGE + 1, PAGE * (number - 1))
        address = f"{self._origin}/groups/{group}/relationships/members"
        links = {"next": f"{address}?page[number]={number + 1}"} if len(rows) > PAGE else {}
        data = [{"type": "user", "id": row["user_id"]} for row in rows[:PAGE]]
        return {"data": data, "links": links}

    def add_members(self, call: Call) -> object:
        """Accounts of this ENT; who is there already stays."""
        group = known_group(self._ledger, call.path["id"])["id"]
        for user in links_of(call.body, "user"):
            known_user(self._ledger, user)
            if self._ledger.change("insert or ignore into member values (?,?)", group, user):
                self._ledger.effect(call.trace, "member.add", f"{group}:{user}")
        return {"meta": {}}

    def remove_members(self, call: Call) -> object:
        """Who is not there is not an error."""
        group = known_group(self._ledger, call.path["id"])["id"]
        sql = "delete from member where group_id=? and user_id=?"
        for user in links_of(call.body, "user"):
            if self._ledger.change(sql, group, user):
                self._ledger.effect(call.trace, "member.remove", f"{group}:{user}")
        return {"meta": {}}

    def show_attachments(self, call: Call) -> object:
        """Attachments that the space of the group shows; one that it shows already stays."""
        group = known_group(self._ledger, call.path["id"])["id"]
        for each in links_of(call.body, "attachment"):
            known_attachment(self._ledger, each)
            if self._ledger.change("insert or ignore into shown values (?,?)", each, group):
                self._ledger.effect(call.trace, "attachment.show", f"{each}:{group}")
        return {"meta": {}}

    def find_attachments(self, call: Call) -> object:
        """[A] `filter[externalId]`: the attachments that carry this id of the hub."""
        wanted = call.query.get("filter[externalId]")
        sql = "select id from attachment where external_id=? order by rowid"
        return {"data": [self._shown(row["id"]) for row in self._ledger.rows(sql, wanted)]}

    def add_attachment(self, call: Call) -> object:
        """Multipart `file`, `name`, `externalId` [A]; twice is two."""
        upload = call.files.get("file")
        if upload is None:
            raise refused(422, "FILE_REQUIRED")
        if set(call.body) - {"name", "externalId"}:
            raise refused(400, "UNKNOWN_ATTRIBUTE")
        attachment = new_id(self._ledger, "A")
        self._ledger.change(
            "insert into attachment values (?,?,?,?,?,?)",
            *(attachment, call.body.get("name") or upload.name, upload.media_type),
            *(len(upload.content), call.body.get("externalId"), upload.content),
        )
        self._ledger.effect(call.trace, "attachment.add", attachment)
        return {"data": self._shown(attachment)}

    def read_attachment(self, call: Call) -> object:
        """Its fields and a signed address that expires: to be used at once, never kept."""
        return {"data": self._shown(call.path["id"])}

    def rename_attachment(self, call: Call) -> object:
        """A new name."""
        attachment = known_attachment(self._ledger, call.path["id"])
        name = text_of(attributes_of(call, "attachment", ("name",)), "name")
        if name != attachment["name"]:
            self._ledger.change("update attachment set name=? where id=?", name, attachment["id"])
            self._ledger.effect(call.trace, "attachment.rename", attachment["id"])
        return {"data": self._shown(attachment["id"])}

    def delete_attachment(self, call: Call) -> object:
        """The attachment, wherever it was shown."""
        attachment = known_attachment(self._ledger, call.path["id"])["id"]
        self._ledger.change("delete from shown where attachment_id=?", attachment)
        self._ledger.change("delete from attachment where id=?", attachment)
        self._ledger.effect(call.trace, "attachment.delete", attachment)
        return {"meta": {}}

    def file(self, call: Call) -> object:
        """The bytes, for whoever holds a signature that has not expired."""
        expires = call.query.get("expires", "")
        expected = self._signature(call.path["id"], expires)
        good = hmac.compare_digest(expected, call.query.get("signature", ""))
        if not good or int(expires) * 1000 < self._ledger.clock.now_ms():
            raise refused(403, "LINK_EXPIRED")
        known_attachment(self._ledger, call.path["id"])
        sql = "select content, mime_type from attachment where id=?"
        row = self._ledger.rows(sql, call.path["id"])[0]
        return Raw(row["content"], row["mime_type"])

    def _shown(self, attachment: str) -> dict[str, object]:
        row = known_attachment(self._ledger, attachment)
        expires = str(self._ledger.clock.now_ms() // 1000 + VALID_S)
        signature = self._signature(row["id"], expires)
        url = f"{self._origin}/files/{row['id']}?expires={expires}&signature={signature}"
        about = {"name": row["name"], "mimeType": row["mime_type"], "size": row["size"]}
        return resource("attachment", row["id"], **about, url=url)

    def _signature(self, attachment: str, expires: str) -> str:
        said = f"{attachment}:{expires}".encode()
        return hmac.new(self._secret, said, hashlib.sha256).hexdigest()


def _is_json_api(call: Call) -> bool:
    return call.headers.get("Content-Type", "").partition(";")[0].strip() == MEDIA_TYPE
