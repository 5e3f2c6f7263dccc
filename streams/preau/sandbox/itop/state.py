"""What a fictional ENT of the family holds, and what it knows of it by id.

`received` is what the last set of files said, line by line: a line that is in it no more is gone.
"""

from __future__ import annotations

import json
from typing import Any

from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Refused

TABLES = """
create table if not exists account (
  id text primary key, family_name text, first_name text, profile text, birth_date text,
  ine text);
create table if not exists room (
  code text primary key, label text, levels text, uai text);
create table if not exists enrolment (
  room text, account text, primary key (room, account));
create table if not exists received (
  file text, object text, cells text, delivery text, primary key (file, object));
create table if not exists document (id text primary key, title text, content blob);
create table if not exists shown (
  document text, group_code text, primary key (document, group_code));
"""
GROUPS, MEMBERS, LINKS, WORKS = "groupes.csv", "membres.csv", "liens.html", "travaux.csv"
DATES = "agenda.ics"
PUPIL, TEACHER = "ELEVE", "ENSEIGNANT"
DROPS, TITLE, CLOSED = "drops", "title", "import.closed"
"""Settings: the folder that it watches, its name, whether its import stands still."""


def received(ledger: Ledger, file: str) -> list[dict[str, str]]:
    """The lines that one file said, by their columns."""
    sql = "select cells, delivery from received where file=? order by object"
    rows = ledger.rows(sql, file)
    return [{**json.loads(row["cells"]), "delivery": row["delivery"]} for row in rows]


def known_account(ledger: Ledger, account: str) -> dict[str, Any]:
    """An account of this ENT; refused when unknown."""
    row = ledger.row("select * from account where id=?", account)
    if row is None:
        raise Refused(404, {"erreur": "compte inconnu"})
    return row


def known_room(ledger: Ledger, code: str) -> dict[str, Any]:
    """A class, or a group of adults, of its own; refused when unknown."""
    row = ledger.row("select * from room where code=?", code)
    if row is None:
        raise Refused(404, {"erreur": "classe inconnue"})
    return row


def known_group(ledger: Ledger, code: str) -> str:
    """A group that files brought, or one of its own; refused when unknown."""
    if ledger.row("select code from room where code=?", code) is None:
        sql = "select object from received where file=? and object=?"
        if ledger.row(sql, GROUPS, code) is None:
            raise Refused(404, {"erreur": "groupe inconnu"})
    return code


def known_document(ledger: Ledger, document: str) -> dict[str, Any]:
    """A document of its own; refused when unknown."""
    row = ledger.row("select * from document where id=?", document)
    if row is None:
        raise Refused(404, {"erreur": "document inconnu"})
    return row


def next_number(ledger: Ledger, of: str) -> int:
    """1, 2, 3 …: never given twice, even after a kill."""
    number = int(ledger.setting(f"last.{of}") or 0) + 1
    ledger.set(f"last.{of}", str(number))
    return number
