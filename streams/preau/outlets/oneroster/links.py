"""Checks what the tables of a OneRoster package say of one another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from preau.outlets.oneroster.cells import Line
from preau.outlets.oneroster.finding import Finding
from preau.outlets.oneroster.manifest import Manifest
from preau.outlets.oneroster.tables import ABSENT, BULK, EXTENSION, GUIDS, TABLES, Column

Tables = Mapping[str, Sequence[tuple[int, Line]]]


def check_links(tables: Tables, manifest: Manifest) -> Iterator[Finding]:
    """References that lead nowhere, and lines that contradict each other; bulk must be whole."""
    by_id = {
        table: {line["sourcedId"]: line for _, line in lines} for table, lines in tables.items()
    }
    for table, lines in tables.items():
        for number, line in lines:
            for each in _wrong(table, line, by_id, manifest):
                yield each._replace(file=f"{table}.csv", line=number)
    yield from _primary_twice(tables.get("roles", ()))


def _wrong(
    table: str, line: Line, by_id: Mapping[str, Mapping[str, Line]], manifest: Manifest
) -> Iterator[Finding]:
    if manifest.mode(table) == BULK:
        for column in TABLES[table]:
            if column.to:
                yield from _reference(column, line[column.name], by_id, manifest)
    rule = _RULES.get(table)
    if rule is not None:
        yield from rule(line, by_id)


def _reference(
    column: Column,
    said: str,
    by_id: Mapping[str, Mapping[str, Line]],
    manifest: Manifest,
) -> Iterator[Finding]:
    mode = manifest.mode(column.to)
    ids = said.split(",") if column.kind == GUIDS else [said]
    for each in filter(None, ids):
        if mode == ABSENT:
            what = f"it refers to {column.to}.csv, which the manifest says is absent"
            fix = f"add {column.to}.csv: a bulk package is whole"
            yield Finding("REFERENCE", what, column=column.name, fix=fix)
        elif mode == BULK and each not in by_id.get(column.to, {}):
            what = f"no line of {column.to}.csv has this sourcedId"
            fix = f"add the line to {column.to}.csv, or leave this one out"
            yield Finding("REFERENCE", what, column=column.name, fix=fix)


def _session(line: Line, by_id: Mapping[str, Mapping[str, Line]]) -> Iterator[Finding]:
    yield from _in_time(line, "startDate", "endDate")
    yield from _no_circle(line, by_id.get("academicSessions", {}))


def _org(line: Line, by_id: Mapping[str, Mapping[str, Line]]) -> Iterator[Finding]:
    yield from _no_circle(line, by_id.get("orgs", {}))


def _course(line: Line, by_id: Mapping[str, Mapping[str, Line]]) -> Iterator[Finding]:
    sessions = by_id.get("academicSessions", {})
    yield from _of_type(line, "schoolYearSourcedId", sessions, "schoolYear")


def _class(line: Line, by_id: Mapping[str, Mapping[str, Line]]) -> Iterator[Finding]:
    yield from _of_type(line, "schoolSourcedId", by_id.get("orgs", {}), "school")


def _role(line: Line, _by_id: Mapping[str, Mapping[str, Line]]) -> Iterator[Finding]:
    yield from _in_time(line, "beginDate", "endDate")


def _enrollment(line: Line, by_id: Mapping[str, Mapping[str, Line]]) -> Iterator[Finding]:
    yield from _in_time(line, "beginDate", "endDate")
    yield from _of_type(line, "schoolSourcedId", by_id.get("orgs", {}), "school")
    of = by_id.get("classes", {}).get(line["classSourcedId"])
    if of is not None and of["schoolSourcedId"] != line["schoolSourcedId"]:
        what, fix = "not the school of its class", "say the class's schoolSourcedId"
        yield Finding("SCHOOL", what, column="schoolSourcedId", fix=fix)
    if line["primary"] == "true" and line["role"] != "teacher":
        what, fix = "only a teacher is primary in a class", "say false, or leave it empty"
        yield Finding("PRIMARY", what, column="primary", fix=fix)


_RULES: Mapping[str, Callable[[Line, Mapping[str, Mapping[str, Line]]], Iterator[Finding]]] = {
    "academicSessions": _session,
    "orgs": _org,
    "courses": _course,
    "classes": _class,
    "roles": _role,
    "enrollments": _enrollment,
}


def check_roles(tables: Tables, manifest: Manifest) -> Iterator[Finding]:
    """In bulk each user has a role, and one in the organisation that is said to be the first."""
    if {manifest.mode("users"), manifest.mode("roles")} != {BULK}:
        if manifest.mode("users") == BULK and manifest.mode("roles") == ABSENT:
            what, fix = "users without roles.csv", "add roles.csv: every user has a role"
            yield Finding("ROLE", what, "users.csv", fix=fix)
        return
    held = {(line["userSourcedId"], line["orgSourcedId"]) for _, line in tables["roles"]}
    somebody = {user for user, _ in held}
    for number, line in tables["users"]:
        first = line["primaryOrgSourcedId"]
        if line["sourcedId"] not in somebody:
            what, fix = "a user without a role", "add a line to roles.csv"
            yield Finding("ROLE", what, "users.csv", number, "sourcedId", fix=fix)
        elif first and (line["sourcedId"], first) not in held:
            what, fix = "no role in this organisation", "add it to roles.csv, or name another"
            yield Finding("ROLE", what, "users.csv", number, "primaryOrgSourcedId", fix=fix)


def _primary_twice(lines: Sequence[tuple[int, Line]]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for number, line in lines:
        of = (line["userSourcedId"], line["orgSourcedId"])
        if line["roleType"] == "primary" and of in seen:
            what = "a second primary role of one user in one organisation"
            fix = "call the others secondary"
            yield Finding("PRIMARY", what, "roles.csv", number, "roleType", fix=fix)
        if line["roleType"] == "primary":
            seen.add(of)


def _in_time(line: Line, begin: str, end: str) -> Iterator[Finding]:
    if line[begin] and line[end] and line[end] <= line[begin]:
        fix = f"the last day is not part of it: {end} comes after {begin}"
        yield Finding("DATES", "it ends before it begins", column=end, fix=fix)


def _of_type(line: Line, column: str, among: Mapping[str, Line], due: str) -> Iterator[Finding]:
    to = among.get(line[column])
    if to is not None and to["type"] != due and not to["type"].startswith(EXTENSION):
        fix = f"refer to one whose type is {due}"
        yield Finding("TYPE", "it refers to one of another type", column=column, fix=fix)


def _no_circle(line: Line, among: Mapping[str, Line]) -> Iterator[Finding]:
    seen: set[str] = set()
    at: Line | None = line
    while at is not None and at["sourcedId"] not in seen:
        seen.add(at["sourcedId"])
        at = among.get(at["parentSourcedId"])
    if at is not None and at["sourcedId"] == line["sourcedId"]:
        what, fix = "it stands above itself", "leave the parent empty at the top"
        yield Finding("CIRCLE", what, column="parentSourcedId", fix=fix)
