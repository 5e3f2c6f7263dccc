"""A recurrence rule of RFC 5545 §3.3.10: checked part by part, and said anew for its event."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from preau.clock import paris_midnight

_NUMBERS = r"-?[0-9]{1,3}(?:,-?[0-9]{1,3})*"
_POSITIVE = r"[1-9][0-9]{0,4}"
_DAY = r"(?:[+-]?[0-9]{1,2})?(?:MO|TU|WE|TH|FR|SA|SU)"
_PARTS = {
    "FREQ": r"SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY",
    "UNTIL": r"[0-9]{8}(?:T[0-9]{6}Z?)?",
    "COUNT": _POSITIVE,
    "INTERVAL": _POSITIVE,
    "BYDAY": rf"{_DAY}(?:,{_DAY})*",
    "WKST": r"MO|TU|WE|TH|FR|SA|SU",
    **dict.fromkeys(("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS"), _NUMBERS),
    **dict.fromkeys(("BYHOUR", "BYMINUTE", "BYSECOND"), r"[0-9]{1,2}(?:,[0-9]{1,2})*"),
}
_RANGES = {
    "BYMONTH": range(1, 13),
    "BYMONTHDAY": range(1, 32),
    "BYYEARDAY": range(1, 367),
    "BYSETPOS": range(1, 367),
    "BYWEEKNO": range(1, 54),
    "BYHOUR": range(24),
    "BYMINUTE": range(60),
    "BYSECOND": range(60),
}
_ONLY_WITH = {
    "BYMONTHDAY": ("DAILY", "MONTHLY", "YEARLY"),
    "BYYEARDAY": ("YEARLY",),
    "BYWEEKNO": ("YEARLY",),
}
"""Part → the frequencies with which RFC 5545 allows it, where it does not allow all."""
_OF_A_TIME = ("BYHOUR", "BYMINUTE", "BYSECOND")
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")


def rule(said: str, *, days: bool) -> str:
    """The rule as an event may say it, without `RRULE:`; empty for a text that is no rule.

    `days` is for an event of whole days, whose UNTIL is a day; else UNTIL is a moment in UTC, the
    end of the day in Paris where only a day was said, and Paris's clock where no zone was. A rule
    of hours or less is none: no date of a school comes back so often.
    """
    parts = _parts(said.strip().upper().removeprefix("RRULE:"))
    wrong = not parts or parts.get("FREQ") is None or parts["FREQ"] in _TOO_OFTEN
    if wrong or not _fits(parts) or (days and parts.keys() & {*_OF_A_TIME}):
        return ""
    if "UNTIL" in parts:
        until = _until(parts["UNTIL"], days=days)
        if not until:
            return ""
        parts["UNTIL"] = until
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _parts(said: str) -> dict[str, str]:
    """The parts in their order, FREQ first; none when one of them is not as it must be."""
    pairs = [each.partition("=") for each in said.split(";")]
    found = {name: value for name, _, value in pairs}
    known = all(n in _PARTS and re.fullmatch(_PARTS[n], v, re.ASCII) for n, v in found.items())
    if not known or len(found) != len(pairs):
        return {}
    return {"FREQ": found.pop("FREQ", ""), **found} if "FREQ" in found else {}


def _fits(parts: Mapping[str, str]) -> bool:
    """Whether numbers are in their ranges, and no part stands beside one that excludes it."""
    for name, allowed in _RANGES.items():
        signed = "" if 0 in allowed else "-"
        numbers = [int(n.removeprefix(signed)) for n in parts.get(name, "").split(",") if n]
        if not all(number in allowed for number in numbers):
            return False
    freq = parts["FREQ"]
    alone = any(n in parts and freq not in only for n, only in _ONLY_WITH.items())
    numbered = any(c.isdigit() for c in parts.get("BYDAY", ""))
    nothing_to_choose = "BYSETPOS" in parts and sum(name.startswith("BY") for name in parts) == 1
    both = {"UNTIL", "COUNT"} <= parts.keys()
    return not (
        alone or both or nothing_to_choose or (numbered and freq not in ("MONTHLY", "YEARLY"))
    )


def _until(said: str, *, days: bool) -> str:
    try:
        day = dt.datetime.strptime(said[:8], "%Y%m%d").replace(tzinfo=dt.UTC).date()
        if days:
            return said[:8]
        if said.endswith("Z"):
            dt.datetime.strptime(said, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
            return said
        clock = "235959" if len(said) == len("20261012") else said[9:]
        time = dt.datetime.strptime(clock, "%H%M%S").replace(tzinfo=dt.UTC)
        seconds = time.hour * 3600 + time.minute * 60 + time.second
        at = paris_midnight(day) // 1000 + seconds
        return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    except (ValueError, OverflowError, OSError):
        return ""
