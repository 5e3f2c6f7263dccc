"""What a fictional Skolengo ENT holds, and what it knows of it by id.

Names of fields: the application's own interface as unofficial clients show it (`name`, `mimeType`,
`size`, `title`, `dueDate`); `externalId` and the State's references are assumed [A].
"""

from __future__ import annotations

from typing import Any

from preau.sandbox.ledger import Ledger
from preau.sandbox.skolengo.documents import refused

TABLES = """
create table if not exists school (id text primary key, uai text, name text);
create table if not exists groups (
  id text primary key, kind text, name text, level text, school_id text, external_id text);
create index if not exists group_external on groups (external_id);
create table if not exists users (
  id text primary key, kind text, last_name text, first_name text, join_key text,
  birth_date text, school_id text);
create table if not exists member (
  group_id text, user_id text, primary key (group_id, user_id));
create table if not exists attachment (
  id text primary key, name text, mime_type text, size integer, external_id text, content blob);
create index if not exists attachment_external on attachment (external_id);
create table if not exists shown (
  attachment_id text, group_id text, primary key (attachment_id, group_id));
create table if not exists news (
  id text primary key, title text, due_date text, group_id text, external_id text);
create index if not exists news_external on news (external_id);
"""
ACCOUNTS = ("", "BLOCKED_ACCOUNT", "SUSPENDED_ACCOUNT", "SKO_APP_NOT_SUBSCRIBED")
"""How the machine account may stand: "" works, the others are the codes that it is answered."""
FIRST_ID = 9_000
"""Ids of what is born in the ENT start here, far from the seeded directory's."""


def known_group(ledger: Ledger, group: str) -> dict[str, Any]:
    """A group space or a class; refused when unknown."""
    row = ledger.row("select * from groups where id=?", group)
    if row is None:
        raise refused(404, "GROUP_NOT_FOUND")
    return row


def known_user(ledger: Ledger, user: str) -> dict[str, Any]:
    """An account of this ENT; refused when unknown."""
    row = ledger.row("select * from users where id=?", user)
    if row is None:
        raise refused(404, "USER_NOT_FOUND")
    return row


def known_attachment(ledger: Ledger, attachment: str) -> dict[str, Any]:
    """An attachment without its bytes; refused when unknown."""
    sql = "select id, name, mime_type, size, external_id from attachment where id=?"
    row = ledger.row(sql, attachment)
    if row is None:
        raise refused(404, "ATTACHMENT_NOT_FOUND")
    return row


def known_news(ledger: Ledger, news: str) -> dict[str, Any]:
    """A news item; refused when unknown."""
    row = ledger.row("select * from news where id=?", news)
    if row is None:
        raise refused(404, "NEWS_NOT_FOUND")
    return row


def new_id(ledger: Ledger, letter: str) -> str:
    """`ESKO-G-9001` for the letter G: opaque, in order of creation, never given twice."""
    number = int(ledger.setting(f"last.{letter}") or FIRST_ID) + 1
    ledger.set(f"last.{letter}", str(number))
    return f"ESKO-{letter}-{number}"


def stand(ledger: Ledger, account: str | None, creates_groups: object) -> None:
    """How the machine account stands, and whether the contract lets it create groups."""
    if account is not None and account not in ACCOUNTS:
        raise refused(400, "UNKNOWN_ACCOUNT_STATE")
    if account is not None:
        ledger.set("account", account)
    if creates_groups is not None:
        ledger.set("groups.closed", "" if creates_groups else "1")
