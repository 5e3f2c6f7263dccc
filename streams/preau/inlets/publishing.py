"""Whether an instance may say what it says, by its mandates: the first check point. Pure.

Default deny: an event whose records are not all covered by a live mandate to publish is refused
before anything is written. A mandate for single establishments lets no event in that names another
one, in whatever place of it: a value or a name that has the form of a UAI. Without a mandate an
ENT may still take back what it gave to a project that its establishment left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from preau.errors import Place, SetAside

EVERY = "*"
_UAI = re.compile(r"[0-9]{7}[A-Z]")


def _never(_event: str, _values: object) -> bool:
    return False


class Publishing(NamedTuple):
    """`records`: record → the UAIs it may be said for, or `*`; `events`: event → its records.

    `back` are the records of which it may take back what it gave, without a mandate; `takes_back`
    (event, values) whether an event does nothing else.

    An event that is in no mapping becomes no record: it needs a mandate for anything at all, and
    is set aside, or ignored as its card says.
    """

    records: Mapping[str, frozenset[str]]
    events: Mapping[str, frozenset[str]]
    back: frozenset[str] = frozenset()
    takes_back: Callable[[str, object], bool] = _never


NOTHING = Publishing({}, {})


def check_event(may: Publishing, event: str | None, values: object) -> None:
    """Raises `SetAside` (MANDATE_MISSING, MANDATE_ELSEWHERE) for what may not be published."""
    records = may.events.get(event or "", frozenset())
    if records and records <= may.back and may.takes_back(event or "", values):
        return
    check_records(may, records)
    limits = [may.records[each] for each in records if EVERY not in may.records[each]]
    if not limits:
        return
    allowed = frozenset.intersection(*limits)
    if not allowed.issuperset(_named(values)):
        what = "an establishment is named for which there is no mandate to publish this"
        fix = "send what concerns the establishments known, or ask for their mandate"
        known = tuple(sorted(allowed))
        raise SetAside("MANDATE_ELSEWHERE", what, where=_AT, known=known, fix=fix)


def check_records(may: Publishing, records: frozenset[str]) -> None:
    """Raises `SetAside` (MANDATE_MISSING) unless there is a mandate for each of these, and any."""
    missing = sorted(records - may.records.keys())
    if missing or not may.records:
        what = f"no mandate lets this instance publish {', '.join(missing) or 'anything'}"
        fix = "let the establishments authorise it; the operator sees why: preau mandate list"
        known = tuple(sorted(may.records))
        raise SetAside("MANDATE_MISSING", what, where=_AT, known=known, fix=fix)


def _named(values: object) -> Iterator[str]:
    """Every text in the form of a UAI, names of fields too; without recursion, however deep."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if _UAI.fullmatch(value):
                yield value
        elif isinstance(value, dict):
            waiting.extend(value.keys())
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


_AT = Place(field="mandate")
