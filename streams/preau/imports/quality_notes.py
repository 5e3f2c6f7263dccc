"""The notes that a quality report is made from: a scratch SQLite file, gone with the report.

It holds no name, no INE and no id of a person: people are keyed digests, the key is in memory only.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from preau.imports.findings import LEVEL_UNKNOWN, NO_CLASS, NO_LEVEL, TWO_PLACES, UAI_LETTER

BATCH = 10_000
"""Rows kept in memory before they are written."""
_TABLES = """
pragma journal_mode = off;
pragma synchronous = off;
pragma cache_size = -16000;
create table school (
  key text primary key, uai text, name text, kind text, wrong int, file int, path text);
create table division (
  key blob primary key, place text, is_class int, level int, file int, path text);
create table pupil (person blob, place text, file int, path text, primary key (person, place));
create table member (person blob, division blob, primary key (person, division)) without rowid;
create table same (token blob, person blob, primary key (token, person)) without rowid;
create table mef (key blob primary key, file int, path text);
create table file (id integer primary key, name text);
"""
#: A place is a school's UAI or its key, whoever speaks; from here on it is one of the two.
_RESOLVE = """
create table met (place text primary key, school text) without rowid;
insert or ignore into met select key, coalesce(uai, key) from school;
insert or ignore into met select uai, uai from school where uai is not null;
create table enrolled as
  select person, coalesce(school, pupil.place) school, file, path, pupil.rowid as at
  from pupil left join met on met.place = pupil.place;
create index enrolled_person on enrolled (person);
create index same_person on same (person);
create table spread as
  select token from same join enrolled using (person)
  group by token having count(distinct school) > 1;
create table division_of as
  select coalesce(school, division.place) school, level, file, path, division.rowid as at
  from division left join met on met.place = division.place where is_class;
"""
_SCHOOLS = """
select school, max(uai), max(name) from (
  select coalesce(uai, key) school, coalesce(uai, '') uai, coalesce(name, '') name from school
  union all select school, '', '' from enrolled
  union all select school, '', '' from division_of
) group by school order by school
"""
_PUPILS = "select school, count(*) from enrolled group by school"
_CLASSES = "select school, count(*) from division_of group by school"
#: Lycées have levels that the hub does not know: nothing is said of their classes.
_LEVEL = """
select d.school, f.name, d.path from division_of d join file f on f.id = d.file
where level = {level} and not exists (
  select 1 from school s where s.kind = 'LYCEE' and coalesce(s.uai, s.key) = d.school)
order by d.school, d.file, d.at
"""
#: A group that no file describes counts as a class: the files of structures may not be there.
_NO_CLASS = """
select e.school, f.name, e.path from enrolled e join file f on f.id = e.file
where not exists (
  select 1 from member m left join division d on d.key = m.division
  where m.person = e.person and coalesce(d.is_class, 1))
order by e.school, e.file, e.at
"""
_TWO_PLACES = """
select e.school, f.name, e.path from enrolled e join file f on f.id = e.file
where exists (select 1 from same join spread using (token) where same.person = e.person)
order by e.school, e.file, e.at
"""
_LETTER = """
select coalesce(uai, key), f.name, path from school join file f on f.id = file
where wrong order by 1, file, school.rowid
"""
_MEF = "select '', f.name, path from mef join file f on f.id = file order by file, mef.rowid"
_FINDINGS = (
    (UAI_LETTER, _LETTER),
    (NO_CLASS, _NO_CLASS),
    (TWO_PLACES, _TWO_PLACES),
    (NO_LEVEL, _LEVEL.format(level=0)),
    (LEVEL_UNKNOWN, _LEVEL.format(level=1)),
    (LEVEL_UNKNOWN, _MEF),
)
_WIDTH = {"school": 7, "division": 6, "pupil": 4, "member": 2, "same": 2, "mef": 3}


class Notes:
    """One scratch file below `room`; `close` takes it away."""

    def __init__(self, room: Path) -> None:
        room.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="quality-", suffix=".db", dir=room)
        os.close(handle)
        self._file = Path(name)
        self._sql = sqlite3.connect(self._file, isolation_level=None)
        self._sql.executescript(_TABLES)
        self._secret = os.urandom(32)
        self._rows: defaultdict[str, list[tuple[object, ...]]] = defaultdict(list)
        self._files: dict[str, int] = {}

    def close(self) -> None:
        """Nothing is left of it."""
        self._sql.close()
        self._file.unlink(missing_ok=True)

    def digest(self, text: str) -> bytes:
        """What stands for an id of a person or a group, in this file only."""
        return blake2b(text.encode(), key=self._secret, digest_size=12).digest()

    def file(self, name: str) -> int:
        """The number of a file, in the order in which files were met."""
        if name not in self._files:
            self._files[name] = len(self._files)
            self._sql.execute("insert into file values (?, ?)", (self._files[name], name))
        return self._files[name]

    def add(self, table: str, *row: object) -> None:
        """One row; what was noted before under its key is replaced."""
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= BATCH:
            self._write(table)

    def settle(self) -> None:
        """To be called once, when everything was added and before anything is asked."""
        for table in list(self._rows):
            self._write(table)
        self._sql.executescript(_RESOLVE)

    def schools(self) -> Iterator[tuple[str, str, str]]:
        """(school, UAI, name) in order; a school is its UAI, or its key when it has none."""
        yield from self._sql.execute(_SCHOOLS)

    def pupils(self) -> dict[str, int]:
        """Pupils by school."""
        return dict(self._sql.execute(_PUPILS))

    def classes(self) -> dict[str, int]:
        """Classes by school."""
        return dict(self._sql.execute(_CLASSES))

    def faults(self) -> Iterator[tuple[str, str, str, str]]:
        """(kind, school, file, path) of every fault, kind by kind, then in order of the files."""
        for kind, query in _FINDINGS:
            for school, file, path in self._sql.execute(query):
                yield kind, school, file, path

    def _write(self, table: str) -> None:
        marks = ", ".join("?" * _WIDTH[table])
        self._sql.execute("begin")
        self._sql.executemany(
            f"insert or replace into {table} values ({marks})",  # noqa: S608 - our own table
            self._rows.pop(table),
        )
        self._sql.execute("commit")
