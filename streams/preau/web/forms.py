"""What an operator's JSON must look like, and what is said of one that does not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec

from preau.errors import Place, SetAside
from preau.readers import json_guard

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=2_000)]
Uai = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{7}[A-Z]$")]
T = TypeVar("T")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Refusal = Callable[[str | None, str], SetAside]
"""Makes the refusal of a form: the field at fault, if one is, and what was expected of it."""


def read_form(body: bytes, kind: type[T], refused: Refusal) -> T:
    """The values of a body; raises `SetAside` (JSON_…, or what `refused` makes)."""
    json_guard.check(body)
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        what, _, at = str(error).rpartition(" - at `$")
        field = at.rstrip("`").lstrip(".") if what else ""
        # msgspec tells types and field names, never values; its own words say what was expected
        raise refused(field or None, (what or str(error))[:200]) from None


def read_project_form(body: bytes, kind: type[T]) -> T:
    """What is said of projects, sectors, mandates; raises `SetAside` (PROJECT_FORM, JSON_…)."""
    return read_form(body, kind, _project_form)


def check_days(**said: str) -> None:
    """Raises `SetAside` (PROJECT_FORM) for a day that is none, or days that end before they begin.

    Days as 2026-10-12, in the order in which they must follow one another; empty ones are not said.
    """
    days = {field: day for field, day in said.items() if day}
    for field, day in days.items():
        if not _DAY.fullmatch(day) or not _is_day(day):
            raise _project_form(field, "not a day, as 2026-10-12")
    if sorted(days.values()) != list(days.values()):
        raise _project_form(list(days)[-1], "it ends before it begins")


def _is_day(day: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(day))
    except ValueError:
        return False


def _project_form(field: str | None, what: str) -> SetAside:
    fix = "see the example in docs/en/projects.md"
    return SetAside("PROJECT_FORM", what, where=Place(field=field), fix=fix)
