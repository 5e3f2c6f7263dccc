"""Writes a directory's set as a OneRoster CSV package: a zip, complete ("bulk") and repeatable.

RFC 4180 in UTF-8 without a mark; `status` and `dateLastModified` stay empty, as bulk wants. A
table without a line is `absent` in the manifest: the standard allows no file without a line.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence

from preau.outlets.directory import Directory
from preau.outlets.file_lines import harmless
from preau.outlets.oneroster.roster import Entity, Roster, roster
from preau.outlets.oneroster.tables import (
    ABSENT,
    BULK,
    MANIFEST,
    MANIFEST_COLUMNS,
    MANIFEST_VERSION,
    NAMES,
    VERSION,
    header,
)
from preau.outlets.oneroster.words import made_id

FILE = "oneroster.zip"
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same set gives the same bytes
Cells = Mapping[str, str]


def package(found: Directory, system: str) -> bytes:
    """The zip of a set; `system` is the name by which the hub that wrote it is known."""
    return zipped(tables(roster(found)), system)


def tables(made: Roster) -> dict[str, list[Cells]]:
    """Every table of a roster as lines: column → text."""
    lines = {table: [draw(each) for each in made[kind]] for table, kind, draw in _DRAWN}
    return lines | {"roles": [each for user in made["users"] for each in _roles(user)]}


def zipped(lines: Mapping[str, Sequence[Cells]], system: str) -> bytes:
    """The zip of these lines, its manifest first."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, MANIFEST, [MANIFEST_COLUMNS, *_manifest(lines, system)])
        for table in NAMES:
            if lines.get(table):
                rows = [[each.get(n, "") for n in header(table)] for each in lines[table]]
                _add(archive, f"{table}.csv", [header(table), *rows])
    return out.getvalue()


def _manifest(lines: Mapping[str, Sequence[Cells]], system: str) -> Iterator[tuple[str, str]]:
    yield "manifest.version", MANIFEST_VERSION
    yield "oneroster.version", VERSION
    for table in NAMES:
        yield f"file.{table}", BULK if lines.get(table) else ABSENT
    yield "source.systemName", "Préau"
    yield "source.systemCode", system


def _add(archive: zipfile.ZipFile, name: str, rows: Sequence[Sequence[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([harmless(c) for c in row] for row in rows)
    archive.writestr(zipfile.ZipInfo(name, _WHEN), out.getvalue().encode(), zipfile.ZIP_DEFLATED)


def _session(each: Entity) -> Cells:
    return _told(each, "title", "type", "startDate", "endDate", "schoolYear") | _parent(each)


def _org(each: Entity) -> Cells:
    return _told(each, "name", "type", "identifier") | _parent(each)


def _course(each: Entity) -> Cells:
    said = {"schoolYearSourcedId": _to(each, "schoolYear"), "orgSourcedId": _to(each, "org")}
    return _told(each, "title") | said


def _class(each: Entity) -> Cells:
    return _told(each, "title", "classType") | {
        "courseSourcedId": _to(each, "course"),
        "schoolSourcedId": _to(each, "school"),
        "termSourcedIds": ",".join(term["sourcedId"] for term in each["terms"]),
    }


def _user(each: Entity) -> Cells:
    said = {
        "grades": ",".join(each.get("grades", ())),
        "primaryOrgSourcedId": _to(each, "primaryOrg"),
    }
    return _told(each, "enabledUser", "username", "givenName", "familyName") | said


def _roles(user: Entity) -> Iterator[Cells]:
    for each in user["roles"]:
        parts = (user["sourcedId"], _to(each, "org"), each["role"])
        yield {
            "sourcedId": made_id("role", *parts),
            "userSourcedId": parts[0],
            "orgSourcedId": parts[1],
        } | _told(each, "roleType", "role")


def _enrollment(each: Entity) -> Cells:
    return _told(each, "role", "primary") | {
        "classSourcedId": _to(each, "class"),
        "schoolSourcedId": _to(each, "school"),
        "userSourcedId": _to(each, "user"),
    }


def _told(each: Entity, *names: str) -> dict[str, str]:
    return {name: str(each[name]) for name in ("sourcedId", *names) if name in each}


def _parent(each: Entity) -> dict[str, str]:
    return {"parentSourcedId": _to(each, "parent")}


def _to(each: Entity, name: str) -> str:
    return str(each.get(name, {}).get("sourcedId", ""))


_DRAWN: tuple[tuple[str, str, Callable[[Entity], Cells]], ...] = (
    ("academicSessions", "academicSessions", _session),
    ("orgs", "orgs", _org),
    ("courses", "courses", _course),
    ("classes", "classes", _class),
    ("users", "users", _user),
    ("enrollments", "enrollments", _enrollment),
)
