"""A moment as a person gives it: a day, or a day and an hour, in ISO 8601."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from preau.errors import Place, SetAside

_PARIS = ZoneInfo("Europe/Paris")


def moment_ms(text: str) -> int:
    """Milliseconds since 1970 of `2026-11-25`, `2026-11-25T14:00` or with an offset; Paris else.

    Raises `SetAside` (MOMENT).
    """
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        where, fix = Place(field="from, to"), "write 2026-11-25 or 2026-11-25T14:00"
        what = f"a text of {len(text)} characters that is no moment"
        raise SetAside("MOMENT", what, where=where, fix=fix) from None
    return int((at if at.tzinfo else at.replace(tzinfo=_PARIS)).timestamp() * 1_000)
