"""What a fictional Beneylu instance holds: tables with the documented field names.

Source of the names: BeneyluSchool3, `*/Resources/config/schema.xml` (tables `group`, `user`,
`media`). [A] `external_id` on a group stands for one more group attribute; on a media it is the
documented column.
"""

from __future__ import annotations

from typing import Any

from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Refused

TABLES = """
create table if not exists groups (
  id integer primary key, label text, type text, uid text unique, uai text, levels text,
  parent_id integer, aaf_linked integer default 0, archived integer default 0,
  external_id text);
create index if not exists group_external on groups (external_id);
create table if not exists partner (
  partnership_id integer, group_id integer, primary key (partnership_id, group_id));
create table if not exists users (
  id integer primary key, first_name text, last_name text, role text, birthday text, ine text,
  aaf_id text, aaf_academy text);
create table if not exists affectation (
  user_id integer, group_id integer, role text, primary key (user_id, group_id));
create table if not exists media (
  id integer primary key, label text, type_unique_name text, filename text, file_mime_type text,
  size integer, user_id integer, media_folder_id integer, copy_from_id integer, shared_by integer,
  external_source text, external_id text, status_deletion integer default 1, content blob);
create index if not exists media_external on media (external_id);
create index if not exists media_folder on media (media_folder_id);
"""
_UID = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
FIRST_ID = 90_000
"""Ids of what is born in the ENT start here, far from the seeded directory's."""


def known_group(ledger: Ledger, group_id: object, kind: str | None = None) -> dict[str, Any]:
    """The group; refused 404 when unknown, 400 when archived or of another type."""
    row = ledger.row("select * from groups where id=?", whole(group_id))
    if row is None:
        raise Refused(404, {"error": "group_not_found"})
    if row["archived"]:
        raise Refused(400, {"error": "group_archived"})
    if kind is not None and row["type"] != kind:
        raise Refused(400, {"error": f"group_is_not_a_{kind.lower()}"})
    return row


def partnership(ledger: Ledger, uid: str) -> dict[str, Any]:
    """The partnership that teachers join with this code; refused 404 when unknown."""
    row = ledger.row("select * from groups where uid=? and type='PARTNERSHIP'", uid)
    if row is None:
        raise Refused(404, {"error": "partnership_not_found"})
    return row


def known_media(ledger: Ledger, media_id: object) -> dict[str, Any]:
    """The media without its bytes; refused 404 when unknown."""
    columns = (
        "id, label, type_unique_name, filename, file_mime_type, size, user_id, media_folder_id,"
        " copy_from_id, shared_by, external_source, external_id, status_deletion"
    )
    row = ledger.row(f"select {columns} from media where id=?", whole(media_id))  # noqa: S608
    if row is None:
        raise Refused(404, {"error": "media_not_found"})
    return row


def shown_group(row: dict[str, Any]) -> dict[str, object]:
    """A group as the API answers it."""
    return {
        "id": row["id"],
        "label": row["label"],
        "type": row["type"],
        "uid": row["uid"],
        "attributes": {"EXTERNAL_ID": row["external_id"]},
    }


def join_code(group_id: int) -> str:
    """The five letters that teachers pass on; unique because 2,654,435,761 is odd (mod 32^5)."""
    value, text = group_id * 2_654_435_761 % 32**5, ""
    for _ in range(5):
        value, digit = divmod(value, 32)
        text += _UID[digit]
    return text


def next_id(ledger: Ledger, table: str) -> int:
    """The next whole number of a table, above `FIRST_ID`, never given twice."""
    number = max(FIRST_ID, int(ledger.setting(f"last.{table}") or 0)) + 1
    ledger.set(f"last.{table}", str(number))
    return number


def whole(value: object) -> int:
    """An id as the routes require it; refused 400 when it is no whole number."""
    if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
        return int(value)
    raise Refused(400, {"error": "id_is_not_an_integer"})
