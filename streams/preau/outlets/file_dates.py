"""A product's file of dates: what a project's calendar events are in an ENT that imports iCalendar.

The same rows give the same bytes. A date that the ENT refuses is named in its report by the value
of `X-PREAU-DELIVERY`, which is that of the column `delivery`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from preau.outlets.icalendar import Date, calendar
from preau.store.filed import Filed

NAME = "Préau"
"""What a program shows as the calendar's name: one file has the dates of every project."""


def dates_file(lines: Iterable[tuple[Filed, Mapping[str, str]]]) -> bytes:
    """The calendar of these rows, each with its cells by column; one without a start has no day."""
    return calendar(NAME, [_date(row, cells) for row, cells in lines if cells["start"]])


def _date(row: Filed, cells: Mapping[str, str]) -> Date:
    return Date(
        cells["uid"],
        cells["title"],
        row.version,
        row.writing,
        _ms(cells["start"]),
        _ms(cells["end"]) if cells.get("end") else None,
        days=cells.get("days") == str(True),
        recurrence=cells.get("repeats", ""),
        category=cells.get("folder", ""),
        mark=cells.get("delivery", ""),
    )


def _ms(moment: str) -> int:
    """Milliseconds since 1970 of a delivery's moment, ISO 8601 in UTC."""
    return int(dt.datetime.fromisoformat(moment).timestamp() * 1000)
