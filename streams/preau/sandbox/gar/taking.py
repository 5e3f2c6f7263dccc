"""Takes a GAR set from its folder: whole and right, or not at all.

What is in no set any more is gone: sets are complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from preau.outlets.gar.check import check
from preau.outlets.gar.contents import unpacked
from preau.sandbox.ledger import Ledger, Trace
from preau.sandbox.set_folder import SetFolder, Stand

TABLES = """
create table if not exists person (id text primary key, name text, kind text);
create table if not exists place (person text, uai text, primary key (person, uai));
create table if not exists school (uai text primary key, name text);
create table if not exists grp (code text, uai text, title text, primary key (code, uai));
create table if not exists member (
  code text, uai text, person text, primary key (code, uai, person));
"""
_OURS = ("person", "place", "school", "grp", "member")


class Taking:
    """Watches the folder."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.turn = SetFolder(ledger, self._read).turn

    def _read(self, path: Path) -> Stand | None:
        return None if check(path) else lambda: self._stand(path)

    def _stand(self, path: Path) -> None:
        """The set, and nothing else."""
        for table in _OURS:
            self._ledger.change(f"delete from {table}")  # noqa: S608 -- our own names
        for content in unpacked(path).files.values():
            for table, values in _rows(etree.fromstring(content)):
                holes = ",".join("?" * len(values))
                sql = f"insert or replace into {table} values ({holes})"  # noqa: S608 -- our own
                self._ledger.change(sql, *values)
        self._ledger.effect(Trace(), "set.taken", path.name)


def _rows(root: etree._Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    for record in root:
        name = etree.QName(record).localname
        if name in ("GAREleve", "GAREnseignant"):
            who = _text(record, "GARPersonIdentifiant")
            shown = f"{_text(record, 'GARPersonPrenom')} {_text(record, 'GARPersonNom')}"
            yield "person", (who, shown, name)
            for uai in record.iterfind(_path(record, "GARPersonEtab")):
                yield "place", (who, uai.text or "")
        elif name == "GAREtab":
            fields = ("GARStructureUAI", "GARStructureNomCourant")
            yield "school", tuple(_text(record, each) for each in fields)
        elif name == "GARGroupe":
            fields_ = ("GARGroupeCode", "GARStructureUAI", "GARGroupeLibelle")
            yield "grp", tuple(_text(record, each) for each in fields_)
        elif name == "GARPersonGroupe":
            of = ("GARGroupeCode", "GARStructureUAI", "GARPersonIdentifiant")
            yield "member", tuple(_text(record, each) for each in of)


def _path(record: etree._Element, name: str) -> str:
    return f"{{{etree.QName(record).namespace}}}{name}"


def _text(record: etree._Element, name: str) -> str:
    return record.findtext(_path(record, name)) or ""
