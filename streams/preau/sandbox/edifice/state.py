"""What a fictional Edifice platform holds, and the refusals that its broker documents."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Refused

TABLES = """
create table if not exists structure (id text primary key, uai text, name text);
create table if not exists class (id text primary key, name text, structure_id text);
create table if not exists users (
  id text primary key, display_name text, profile text, external_id text, class_id text);
create table if not exists groups (id text primary key, name text, external_id text);
create index if not exists group_external on groups (external_id);
create table if not exists member (
  group_id text, user_id text, primary key (group_id, user_id));
create table if not exists link (start_id text, end_id text, primary key (start_id, end_id));
create table if not exists document (
  id text primary key, name text, content_type text, size integer, owner text, hub_id text,
  content blob, trashed integer default 0);
create index if not exists document_hub on document (hub_id);
create table if not exists share (
  document_id text, group_id text, rights text, primary key (document_id, group_id));
create table if not exists stored_event (
  seq integer primary key autoincrement, id text, kind text, name text, date integer, body text,
  synced integer);
create index if not exists stored_event_date on stored_event (kind, date);
create table if not exists external_notification (
  seq integer primary key autoincrement, project text, body text, recipients text, resource text);
create table if not exists notification (
  name text, resource_id text, recipients text, primary key (name, resource_id, recipients));
"""
RIGHTS = frozenset(
    {"workspace.read", "workspace.contrib", "workspace.manager", "workspace.comment"}
)
"""The rights of the workspace, as documented."""
_SPACE = uuid.UUID("f1c71f00-0000-4000-8000-000000000000")


def known_group(ledger: Ledger, said: Mapping[str, Any]) -> dict[str, Any]:
    """By `id`, else by `externalId` (the first made, when there are several)."""
    column, value = ("id", said.get("id")) if said.get("id") else ("external_id", _external(said))
    row = ledger.row(f"select * from groups where {column}=? order by rowid", value)  # noqa: S608
    if row is None:
        raise Refused(404, {"error": "group.not.found"})
    return row


def id_from(ledger: Ledger, said: Mapping[str, Any]) -> str:
    """The group of a member message: `groupId`, else `groupExternalId`."""
    named = {"id": said.get("groupId"), "externalId": said.get("groupExternalId")}
    return str(known_group(ledger, named)["id"])


def known_user(ledger: Ledger, user: object) -> str:
    """The user's id; refused when this platform has no such account."""
    if not isinstance(user, str) or ledger.row("select id from users where id=?", user) is None:
        raise Refused(404, {"error": "user.not.found"})
    return user


def known_structure(ledger: Ledger, structure: object) -> str:
    """The structure's id; refused when unknown."""
    found = isinstance(structure, str) and ledger.row(
        "select id from structure where id=?", structure
    )
    if not found:
        raise Refused(404, {"error": "structure.not.found"})
    return str(structure)


def known_document(ledger: Ledger, document: object) -> dict[str, Any]:
    """A document without its bytes; refused when unknown."""
    row = ledger.row(
        "select id, name, content_type, size, owner, hub_id, trashed from document where id=?",
        document if isinstance(document, str) else "",
    )
    if row is None:
        raise Refused(404, {"error": "resource.not.found"})
    return row


def checked(said: Mapping[str, Any], name: str) -> str:
    """A text that the message must have."""
    value = said.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refused(400, {"error": f"{name}.required"})
    return value


def only_texts(said: object) -> list[str]:
    """A list of texts, as it is; refused otherwise."""
    if not isinstance(said, list) or not all(isinstance(each, str) for each in said):
        raise Refused(400, {"error": "list.of.texts.required"})
    return said


def new_uuid(ledger: Ledger) -> str:
    """An id never given before, in the order of creation for whoever reads the logs."""
    number = int(ledger.setting("last.uuid") or 0) + 1
    ledger.set("last.uuid", str(number))
    return str(uuid.uuid5(_SPACE, str(number)))


def _external(said: Mapping[str, Any]) -> object:
    return said.get("externalId") or ""
