"""What an operator's JSON must look like, and what is said of one that does not."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

from preau.errors import Place, SetAside
from preau.readers import json_guard

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=2_000)]
Uai = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{7}[A-Z]$")]
T = TypeVar("T")


def read_form(body: bytes, kind: type[T]) -> T:
    """The values of a body; raises `SetAside` (PROJECT_FORM, JSON_…)."""
    json_guard.check(body)
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        what, _, at = str(error).rpartition(" - at `$")
        field = at.rstrip("`").lstrip(".") if what else ""
        # msgspec tells types and field names, never values; its own words say what was expected
        shape = (what or str(error))[:200]
        fix = "see the example in docs/en/projects.md"
        raise SetAside("PROJECT_FORM", shape, where=Place(field=field or None), fix=fix) from None
