"""What an operator's JSON must look like, and what is said of one that does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec

from preau.errors import Place, SetAside
from preau.readers import json_guard

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=2_000)]
Uai = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{7}[A-Z]$")]
T = TypeVar("T")
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


def _project_form(field: str | None, what: str) -> SetAside:
    fix = "see the example in docs/en/projects.md"
    return SetAside("PROJECT_FORM", what, where=Place(field=field), fix=fix)
