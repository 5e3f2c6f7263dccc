"""Checks a OneRoster CSV package against the standard, for whoever writes or receives one.

It finds all that is wrong, not only the first: what a cell may hold and what tables say of one
another (`cells`, `links`), the manifest and the zip (`manifest`, `opened`). Tables of the gradebook
and of resources are compared with the manifest and not read.
"""

from __future__ import annotations

from typing import BinaryIO

from preau.outlets.oneroster.cells import read_table
from preau.outlets.oneroster.finding import Finding
from preau.outlets.oneroster.links import check_links, check_roles
from preau.outlets.oneroster.manifest import read_manifest
from preau.outlets.oneroster.opened import open_package
from preau.outlets.oneroster.tables import ABSENT, TABLES


def check(source: BinaryIO) -> list[Finding]:
    """Everything that the standard does not allow in a package; nothing for a good one."""
    sheets, found = open_package(source)
    if not sheets:
        return found
    unread = {each.file for each in found}
    manifest = read_manifest(sheets, {*sheets, *unread}, found)
    broken = len(found)
    tables = {
        table: read_table(table, sheets[f"{table}.csv"], manifest.mode(table), found)
        for table in TABLES
        if manifest.mode(table) != ABSENT and f"{table}.csv" in sheets
    }
    if not broken and all(each.code not in {"HEADER", "LINE"} for each in found):
        found += check_links(tables, manifest)  # else every line would miss what was not read
        found += check_roles(tables, manifest)
    return found
