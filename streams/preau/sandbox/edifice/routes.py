"""The routes of a fictional Edifice ONE/NEO (entcore): the NATS bridge and the workspace.

Documented in the public code: the subjects and the fields of their messages (interfaces of
February 2026), that no other property is allowed, the workspace routes and rights, UUID ids.
Assumed [A]: that the bridge is `POST /bridge/<subject>` and answers 200 with `{"response"}` or
`{"err": "<code>"}`, the error codes, `metadata.hubId` on a document and the search by it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from preau.sandbox.edifice.event_store import EventStore
from preau.sandbox.edifice.state import (
    RIGHTS,
    checked,
    id_from,
    known_document,
    known_group,
    known_structure,
    known_user,
    new_uuid,
    only_texts,
)
from preau.sandbox.edifice.timeline import Timeline
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Call, Handler, Raw, Refused

MACHINE = "00000000-0000-4000-8000-0000000000ff"
"""The id of the machine account's own user, owner of what it posts."""
Subject = Callable[[Call], object]


class Edifice:
    """One platform; each method is one subject or route, run inside one transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def routes(self) -> Mapping[str, Handler]:
        """What the machine account may call."""
        return {
            "POST /bridge/{subject}": self.bridge,
            "POST /workspace/document": self.add_document,
            "GET /workspace/documents": self.find_documents,
            "GET /workspace/document/{id}": self.read_document,
            "PUT /workspace/document/{id}": self.replace_document,
            "PUT /workspace/rename/{id}": self.rename_document,
            "DELETE /workspace/document/{id}": self.delete_document,
            **EventStore(self._ledger).routes(),
            **Timeline(self._ledger).routes(),
        }

    def subjects(self) -> Mapping[str, tuple[Subject, frozenset[str]]]:
        """Each subject, and the only properties that its message may have."""
        share = frozenset({"currentUserId", "groupId", "permissions", "resourceId", "application"})
        group = frozenset({"externalId", "name", "classId", "structureId", "labels", "filter"})
        member = frozenset({"groupId", "groupExternalId", "userId"})
        note = "notificationName senderId recipientIds resourceId resourceUri params"
        return {
            "directory.group.manual.create": (self.create_group, group),
            "directory.group.manual.update": (self.update_group, group | {"id"}),
            "directory.group.manual.delete": (self.delete_group, frozenset({"id", "externalId"})),
            "directory.group.member.add": (self.add_member, member),
            "directory.group.member.delete": (self.delete_member, member),
            "directory.group.find.byexternalid": (self.find_group, frozenset({"externalId"})),
            "communication.link.groups.add": (
                self.link_groups,
                frozenset({"startGroupId", "endGroupId"}),
            ),
            "share.group.upsert.workspace": (self.upsert_share, share),
            "share.group.remove.workspace": (self.remove_share, share - {"permissions"}),
            "resource.get.workspace": (self.get_resources, frozenset({"resourceIds"})),
            "timeline.notification.send": (
                self.notify,
                frozenset({*note.split(), "disableAntiFlood"}),
            ),
        }

    def bridge(self, call: Call) -> object:
        """[A] One request on the broker: always 200, the refusal is inside."""
        subject = self.subjects().get(call.path["subject"])
        if subject is None:
            return {"err": "no.responders"}
        act, allowed = subject
        extra = sorted(set(call.body) - allowed)
        if extra:
            return {"err": "property.not.allowed", "properties": extra}
        try:
            return {"response": act(call)}
        except Refused as refused:
            return {"err": refused.body["error"]}

    def create_group(self, call: Call) -> object:
        """A manual group; asked twice with one `externalId`, there are two, as in the graph."""
        name = checked(call.body, "name")
        if "structureId" in call.body:
            known_structure(self._ledger, call.body["structureId"])
        group = new_uuid(self._ledger)
        self._ledger.change(
            "insert into groups values (?,?,?)", group, name, call.body.get("externalId")
        )
        self._ledger.effect(call.trace, "group.create", group)
        return {"id": group}

    def update_group(self, call: Call) -> object:
        """A new name."""
        group = known_group(self._ledger, call.body)
        name = checked(call.body, "name")
        if name != group["name"]:
            self._ledger.change("update groups set name=? where id=?", name, group["id"])
            self._ledger.effect(call.trace, "group.rename", group["id"])
        return {"updated": True}

    def delete_group(self, call: Call) -> object:
        """The group, its members and the rights that it had."""
        group = known_group(self._ledger, call.body)["id"]
        self._ledger.change("delete from member where group_id=?", group)
        self._ledger.change("delete from share where group_id=?", group)
        self._ledger.change("delete from groups where id=?", group)
        self._ledger.effect(call.trace, "group.delete", group)
        return {"deleted": True}

    def find_group(self, call: Call) -> object:
        """`{id, name}`, or an error when no group has this `externalId`."""
        group = known_group(self._ledger, {"externalId": checked(call.body, "externalId")})
        return {"id": group["id"], "name": group["name"]}

    def add_member(self, call: Call) -> object:
        """A user of this platform; a repeat changes nothing."""
        group = id_from(self._ledger, call.body)
        user = known_user(self._ledger, call.body.get("userId"))
        if self._ledger.change("insert or ignore into member values (?,?)", group, user):
            self._ledger.effect(call.trace, "member.add", f"{group}:{user}")
        return {"added": True}

    def delete_member(self, call: Call) -> object:
        """A user who is not a member is not an error."""
        group = id_from(self._ledger, call.body)
        user = known_user(self._ledger, call.body.get("userId"))
        sql = "delete from member where group_id=? and user_id=?"
        if self._ledger.change(sql, group, user):
            self._ledger.effect(call.trace, "member.delete", f"{group}:{user}")
        return {"removed": True}

    def link_groups(self, call: Call) -> object:
        """Members of the one may write to members of the other."""
        start = known_group(self._ledger, {"id": call.body.get("startGroupId")})["id"]
        end = known_group(self._ledger, {"id": call.body.get("endGroupId")})["id"]
        if self._ledger.change("insert or ignore into link values (?,?)", start, end):
            self._ledger.effect(call.trace, "groups.link", f"{start}:{end}")
        return {"linked": True}

    def upsert_share(self, call: Call) -> object:
        """The group's rights on one document, in place of those it had."""
        if call.body.get("application", "workspace") != "workspace":
            raise Refused(400, {"error": "application.unknown"})
        rights = only_texts(call.body.get("permissions"))
        if not rights or set(rights) - RIGHTS:
            raise Refused(400, {"error": "permission.unknown"})
        document = known_document(self._ledger, call.body.get("resourceId"))
        if document["owner"] != call.body.get("currentUserId"):
            raise Refused(403, {"error": "not.allowed"})
        group = known_group(self._ledger, {"id": call.body.get("groupId")})["id"]
        said = json.dumps(sorted(rights))
        had = self._ledger.row(
            "select rights from share where document_id=? and group_id=?", document["id"], group
        )
        if had is None or had["rights"] != said:
            self._ledger.change(
                "insert or replace into share values (?,?,?)", document["id"], group, said
            )
            self._ledger.effect(call.trace, "share.upsert", f"{document['id']}:{group}")
        return {"shares": self._shares(document["id"])}

    def remove_share(self, call: Call) -> object:
        """The group's rights are gone; having had none is not an error."""
        document = known_document(self._ledger, call.body.get("resourceId"))["id"]
        sql = "delete from share where document_id=? and group_id=?"
        if self._ledger.change(sql, document, call.body.get("groupId")):
            self._ledger.effect(call.trace, "share.remove", f"{document}:{call.body['groupId']}")
        return {"shares": self._shares(document)}

    def get_resources(self, call: Call) -> object:
        """What is known of each document; unknown ones are left out."""
        wanted = only_texts(call.body.get("resourceIds"))
        found = [self._ledger.row("select * from document where id=?", each) for each in wanted]
        return {
            "resources": [
                {"id": row["id"], "title": row["name"], "authorId": row["owner"]}
                for row in found
                if row is not None
            ]
        }

    def notify(self, call: Call) -> object:
        """The anti-flood drops a second notification with one name, resource and recipients."""
        recipients = only_texts(call.body.get("recipientIds"))
        for each in recipients:
            known_user(self._ledger, each)
        name = checked(call.body, "notificationName")
        resource = str(call.body.get("resourceId", ""))
        row = (name, resource, json.dumps(sorted(recipients)))
        if self._ledger.change("insert or ignore into notification values (?,?,?)", *row):
            self._ledger.effect(call.trace, "notification.send", f"{name}:{resource}")
        return {"sent": True}

    def add_document(self, call: Call) -> object:
        """Multipart `file`, `name`, `metadata` (JSON; [A] `hubId` in it); twice is two."""
        upload = call.files.get("file")
        if upload is None:
            raise Refused(400, {"error": "file.required"})
        extra = sorted(set(call.body) - {"name", "metadata", "application"})
        if extra:
            raise Refused(400, {"error": "property.not.allowed"})
        try:
            metadata = json.loads(call.body.get("metadata", "{}"))
        except ValueError as error:
            raise Refused(400, {"error": "metadata.invalid"}) from error
        document = new_uuid(self._ledger)
        name = call.body.get("name") or upload.name
        self._ledger.change(
            "insert into document (id, name, content_type, size, owner, hub_id, content)"
            " values (?,?,?,?,?,?,?)",
            *(document, name, upload.media_type, len(upload.content), MACHINE),
            *(metadata.get("hubId"), upload.content),
        )
        self._ledger.effect(call.trace, "document.add", document)
        return _shown(known_document(self._ledger, document))

    def replace_document(self, call: Call) -> object:
        """Other bytes (multipart `file`) and, in the query, another `name`; the right to change."""
        document, upload = known_document(self._ledger, call.path["id"]), call.files.get("file")
        if upload is None or call.body:
            raise Refused(400, {"error": "file.required"})
        if document["owner"] != MACHINE:
            raise Refused(401, {"error": "unauthorized"})
        name = call.query.get("name") or document["name"]
        sql = (
            "update document set name=?, content=?, content_type=?, size=?"
            " where id=? and (name<>? or content<>?)"
        )
        said = (upload.media_type, len(upload.content), document["id"])
        if self._ledger.change(sql, name, upload.content, *said, name, upload.content):
            self._ledger.effect(call.trace, "document.replace", document["id"])
        return _shown({**document, "name": name})

    def find_documents(self, call: Call) -> object:
        """[A] The documents that carry this hub id in their metadata."""
        wanted = call.query.get("hubId")
        found = self._ledger.rows("select id from document where hub_id=? order by id", wanted)
        return [_shown(known_document(self._ledger, row["id"])) for row in found]

    def read_document(self, call: Call) -> object:
        """The bytes, unless it is in the bin."""
        if known_document(self._ledger, call.path["id"])["trashed"]:
            raise Refused(404, {"error": "resource.not.found"})
        row = self._ledger.rows(
            "select content, content_type from document where id=?", call.path["id"]
        )[0]
        return Raw(row["content"], row["content_type"])

    def rename_document(self, call: Call) -> object:
        """`{"name"}`, as in WorkspaceController; the owner's right."""
        document, name = known_document(self._ledger, call.path["id"]), checked(call.body, "name")
        if document["owner"] != MACHINE:
            raise Refused(401, {"error": "unauthorized"})
        if name != document["name"]:
            sql = "update document set name=? where id=?"
            self._ledger.change(sql, name, document["id"])
            self._ledger.effect(call.trace, "document.rename", document["id"])
        return _shown({**document, "name": name})

    def delete_document(self, call: Call) -> object:
        """The document and every right on it."""
        document = known_document(self._ledger, call.path["id"])["id"]
        self._ledger.change("delete from share where document_id=?", document)
        self._ledger.change("delete from document where id=?", document)
        self._ledger.effect(call.trace, "document.delete", document)
        return {"deleted": True}

    def _shares(self, document: str) -> list[dict[str, Any]]:
        rows = self._ledger.rows("select * from share where document_id=?", document)
        return [{"groupId": row["group_id"], "rights": json.loads(row["rights"])} for row in rows]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "_id": row["id"],
        "name": row["name"],
        "owner": row["owner"],
        "metadata": {"hubId": row["hub_id"], "content-type": row["content_type"]},
        "eType": "file",
    }
