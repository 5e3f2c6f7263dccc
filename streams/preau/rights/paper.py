"""The pages that the rights of people print, and how they say when."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from preau.paper.sheets import sheets

PAPER = sheets(Path(__file__).resolve().parent / "templates")
_PARIS = ZoneInfo("Europe/Paris")


def moment(at_ms: int) -> str:
    """`25/11/2026 à 14 h 05`, in Paris; empty for 0."""
    if not at_ms:
        return ""
    at = dt.datetime.fromtimestamp(at_ms / 1000, _PARIS)
    return f"{at:%d/%m/%Y} à {at.hour} h {at:%M}"


def iso(at_ms: int) -> str | None:
    """The same for a program: ISO 8601 in UTC; None for 0."""
    if not at_ms:
        return None
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC).isoformat(timespec="seconds")
