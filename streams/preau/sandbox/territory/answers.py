"""Writes who is who: a line for each true person in each year, and a line for each planted flaw.

A person's line: `person` (number of the territory), `kind`, `year`, `school`, `ids` by format, and
`links`, each `[left, right, rule]` where a side is `year/format/id`. Rules: `national_ref` (the
same number in the same degree), `ine`, `staff` (the same jointure in both degrees), `sts_id`,
`probable` (same names and birth date, and continuity of schools), `none` (it is the same person,
and nothing in the files can say so). A flaw's line: `flaw`, `year`, `format`, `category`, `id`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

Link = tuple[str, str, str]


class Answers:
    """The file `answers.jsonl`, in the order in which things are written."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("wb")

    def person(
        self,
        kind: str,
        number: int,
        year: str,
        school: str,
        ids: Mapping[str, str],
        links: Sequence[Link],
    ) -> None:
        """One person in one year."""
        self._line(
            {
                "person": number,
                "kind": kind,
                "year": year,
                "school": school,
                "ids": ids,
                "links": links,
            }
        )

    def flaw(self, kind: str, year: str, form: str, category: str, key: object) -> None:
        """One planted flaw, and the id of the record or class that has it."""
        self._line(
            {"flaw": kind, "year": year, "format": form, "category": category, "id": str(key)}
        )

    def close(self) -> None:
        """Ends the file."""
        self._file.close()

    def _line(self, said: Mapping[str, object]) -> None:
        self._file.write(orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE))
