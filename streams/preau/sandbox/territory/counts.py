"""Counts what is written: records by file category, and the objects that they speak of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import orjson


class Counts:
    """`records`, `objects` and `set_aside`, by year and format, written as `counts.json`.

    Objects of AAF: `establishment`, `person`, `affiliation`, `class`, `teaching_group`,
    `membership`, `guardianship` (legal 1 or 2), `nomenclature`. A record that AAF's reader must
    set aside (flaw `arity`) counts as a record and in `set_aside`, never in objects; an affiliation
    whose function no list has (flaw `function_unknown`) counts as `affiliation_unknown` instead.
    """

    def __init__(self) -> None:
        self._found: Counter[tuple[str, str, str, str]] = Counter()

    def record(self, year: str, form: str, category: str) -> None:
        """One more record, row or element."""
        self._found[year, form, "records", category] += 1

    def objects(self, year: str, form: str, kind: str, number: int = 1) -> None:
        """So many more objects."""
        self._found[year, form, "objects", kind] += number

    def aside(self, year: str, form: str, category: str) -> None:
        """One record that a reader must set aside."""
        self._found[year, form, "set_aside", category] += 1

    def total(self, what: str) -> int:
        """All `records`, all `objects`, or all that is `set_aside`."""
        return sum(number for (_, _, part, _), number in self._found.items() if part == what)

    def write(self, file: Path) -> None:
        """Everything, as JSON: year → format → part → name → number."""
        tree: dict[str, dict[str, dict[str, dict[str, int]]]] = {}
        for (year, form, part, name), number in self._found.items():
            if number:
                tree.setdefault(year, {}).setdefault(form, {}).setdefault(part, {})[name] = number
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        file.write_bytes(orjson.dumps(tree, option=options))
