"""What the files of a complete OneRoster package say of each other: nothing may be missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from preau.sandbox.oneroster.standard import FILES

Row = Mapping[str, str]
Ids = Mapping[str, Mapping[str, Row]]


def agreed(tables: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """Where they do not agree; every line is right by itself when this is asked."""
    ids: Ids = {file: {row["sourcedId"]: row for row in rows} for file, rows in tables.items()}
    for file, rows in tables.items():
        for number, row in enumerate(rows, 2):
            found = [*_unresolved(file, row, ids), *_contradictions(file, row, ids)]
            for fault in found:
                yield f"{file}.csv: line {number}: {fault}"
    yield from _roles(tables)


def _unresolved(file: str, row: Row, ids: Ids) -> Iterator[str]:
    for cell in FILES[file]:
        if not cell.sort.startswith(">") or not row[cell.name]:
            continue
        goals = row[cell.name].split(",") if cell.sort == ">>" else [row[cell.name]]
        if any(goal not in ids.get(cell.what, {}) for goal in goals):
            yield f"{cell.name} leads to no line of {cell.what}.csv"


def _contradictions(file: str, row: Row, ids: Ids) -> Iterator[str]:
    for begin, end in (("startDate", "endDate"), ("beginDate", "endDate")):
        if row.get(begin) and row.get(end) and row[begin] >= row[end]:
            yield f"{end} is not after {begin}"
    if "parentSourcedId" in row and _under_itself(row, ids[file]):
        yield "it stands under itself"
    if file == "courses" and _other_type(ids, "academicSessions", row["schoolYearSourcedId"]):
        yield "schoolYearSourcedId is of no school year"
    if "schoolSourcedId" in row and _other_type(ids, "orgs", row["schoolSourcedId"]):
        yield "schoolSourcedId is of no school"
    if file == "enrollments":
        yield from _enrollment(row, ids)


_TYPES = {"orgs": "school", "academicSessions": "schoolYear"}


def _other_type(ids: Ids, file: str, goal: str) -> bool:
    there = ids.get(file, {}).get(goal)
    return there is not None and there["type"] != _TYPES[file] and there["type"][:4] != "ext:"


def _enrollment(row: Row, ids: Ids) -> Iterator[str]:
    of = ids.get("classes", {}).get(row["classSourcedId"])
    if of is not None and of["schoolSourcedId"] != row["schoolSourcedId"]:
        yield "its class is of another school"
    if row["primary"] == "true" and row["role"] != "teacher":
        yield "primary is for a teacher"


def _under_itself(row: Row, among: Mapping[str, Row]) -> bool:
    above, passed = row["parentSourcedId"], set[str]()
    while above in among and above not in passed:
        passed.add(above)
        above = among[above]["parentSourcedId"]
    return row["sourcedId"] in passed


def _roles(tables: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """Each user has a role somewhere and in the first organisation; one of them is the primary."""
    held = {(row["userSourcedId"], row["orgSourcedId"]) for row in tables.get("roles", ())}
    with_role = {user for user, _ in held}
    for number, user in enumerate(tables.get("users", ()), 2):
        name, first = user["sourcedId"], user["primaryOrgSourcedId"]
        if name not in with_role or (first and (name, first) not in held):
            yield f"users.csv: line {number}: no role, or none in primaryOrgSourcedId"
    primary = [
        (row["userSourcedId"], row["orgSourcedId"])
        for row in tables.get("roles", ())
        if row["roleType"] == "primary"
    ]
    if len(set(primary)) < len(primary):
        yield "roles.csv: a user has two primary roles in one organisation"
