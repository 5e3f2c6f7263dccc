"""The complete set of a directory service as files, in the format that its folder names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from preau.clock import paris
from preau.outlets.directory import Directory
from preau.outlets.gar.archive import archive
from preau.outlets.oneroster.package import package
from preau.outlets.set_folder import MARK

GAR, ONEROSTER = "gar", "oneroster"


class CompleteSet(NamedTuple):
    """`files` of a set, the one that is listed by its `name`; `accounts` are those in it."""

    name: str
    files: Mapping[str, bytes]
    accounts: frozenset[str]
    left_out: Counter[str]


def complete_set(form: str, found: Directory, instance: str) -> CompleteSet:
    """The set of a directory, in this format, for this instance."""
    if form == ONEROSTER:
        name = f"{instance.upper()}{MARK}{paris(found.as_of_ms):%Y%m%d_%H%M%S}.zip"
        accounts = frozenset(each.id for each in found.accounts if each.schools)
        return CompleteSet(name, {name: package(found, instance)}, accounts, Counter())
    made = archive(found, instance.upper())
    files = {made.name: made.content, f"{made.name}.md5": made.sum}
    return CompleteSet(made.name, files, made.accounts, made.left_out)
