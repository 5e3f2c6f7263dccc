"""The import of a fictional ENT of the family: takes a set of files, line by line, and reports.

The lists are complete: what is in them no more is withdrawn. A line that names what the ENT does
not know, or whom it does not take, is refused with a word of the hub's list, and the others are
taken. The report comes after the state is durable; killed in between, it imports once more, which
changes nothing. All assumed [A].
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from preau.sandbox.itop.bookmarks import leads_somewhere
from preau.sandbox.itop.fileset import Columns, FileSet, Lines, read_set
from preau.sandbox.itop.state import CLOSED, DATES, DROPS, GROUPS, LINKS, MEMBERS, PUPIL, WORKS
from preau.sandbox.ledger import Ledger, Trace

_REPORTED = "import.reported"
_ADULT_ROLES = frozenset({"RESPONSABLE", "ENSEIGNANT"})
_KEYS = {
    GROUPS: ("code",),
    MEMBERS: ("groupe", "identifiant"),
    WORKS: ("identifiant",),
    DATES: ("uid",),
}
_BY_LABEL = (LINKS, DATES)
"""Files whose lines name their group by its label, in `folder`."""


class Importing:
    """Watches the folder that `drops` names; `adults_only` refuses pupils and unknown roles."""

    def __init__(self, ledger: Ledger, expected: Columns, *, adults_only: bool = False) -> None:
        self._ledger = ledger
        self._expected = expected
        self._adults_only = adults_only

    def turn(self) -> bool:
        """Looks once; whether there was a set to answer."""
        drops = self._ledger.setting(DROPS)
        if not drops or self._ledger.setting(CLOSED):
            return False
        folder = Path(drops)
        found = read_set(folder, self._expected, int(self._ledger.setting(_REPORTED) or 0))
        if found is None:
            return False
        with self._ledger.transaction():
            refused = self._take(found)
        _report(folder, found, refused)
        with self._ledger.transaction():
            self._ledger.set(_REPORTED, str(found.number))
        return True

    def _take(self, found: FileSet) -> dict[str, str]:
        """Delivery → why it is refused; the others stand now, and nothing else."""
        if found.lines is None:
            return {}
        refused: dict[str, str] = {}
        known: dict[str, Lines] = {}
        for file in (
            each for each in (GROUPS, MEMBERS, LINKS, WORKS, DATES) if each in found.lines
        ):
            known[file] = []
            for line in found.lines[file]:
                why = self._refusal(file, line, known)
                if why:
                    refused[line["delivery"]] = why
                else:
                    known[file].append(line)
            self._stand(file, known[file])
        return refused

    def _refusal(self, file: str, line: Mapping[str, str], known: Mapping[str, Lines]) -> str:
        if file == GROUPS:
            return "" if line["code"] and line["libelle"].strip() else "REFUSED"
        column, name = ("libelle", "folder") if file in _BY_LABEL else ("code", "groupe")
        if all(group[column] != line[name] for group in known[GROUPS]):
            return "UNKNOWN_GROUP"
        if file == MEMBERS:
            return self._member(line)
        if file == LINKS and not leads_somewhere(dict(line)):
            return "REFUSED"
        return ""

    def _member(self, line: Mapping[str, str]) -> str:
        if line["type"] != "COMPTE":
            return "NOT_SUPPORTED"
        row = self._ledger.row("select profile from account where id=?", line["identifiant"])
        if row is None:
            return "UNKNOWN_MEMBER"
        adult = row["profile"] != PUPIL and line.get("role") in _ADULT_ROLES
        return "ADULTS_ONLY" if self._adults_only and not adult else ""

    def _stand(self, file: str, lines: Lines) -> None:
        """These lines of the file, and no others; an effect for each that comes, changes, goes."""
        sql = "select object, cells from received where file=?"
        there = {row["object"]: row["cells"] for row in self._ledger.rows(sql, file)}
        for line in lines:
            delivery = line["delivery"]
            key = ":".join(line[each] for each in _KEYS.get(file, ("delivery",)))
            own = {k: v for k, v in line.items() if k not in {"delivery", "envoi"}}
            cells = json.dumps(own, ensure_ascii=False)
            put = "insert or replace into received values (?,?,?,?)"
            self._ledger.change(put, file, key, cells, delivery)
            if there.pop(key, None) != cells:
                self._ledger.effect(Trace(delivery), f"{file}.put", key)
        for key in there:
            self._ledger.change("delete from received where file=? and object=?", file, key)
            self._ledger.effect(Trace(), f"{file}.remove", key)


def _report(folder: Path, found: FileSet, refused: Mapping[str, str]) -> None:
    """`<numero>.ok`, or `.ko` with a line for each refusal; written under another name first."""
    good = found.lines is not None and not refused
    name = f"{found.number}.{'ok' if good else 'ko'}"
    lines = [f"{delivery};{why}" for delivery, why in refused.items()]
    part = folder / f".{name}.part"
    part.write_text("".join(f"{each}\r\n" for each in lines), "utf-8")
    part.replace(folder / name)
