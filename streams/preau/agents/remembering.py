"""Whom a project remembers as its pupil, from who is in its écoles now. Pure.

Whoever leaves a class during the year has left the project; whoever is in it until the end of the
year goes on with it, wherever they arrive. The year ends on 1 July: classes are emptied from then
on, by some ENTs only in autumn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import NamedTuple

from preau.clock import paris, paris_midnight
from preau.store.projects import Place
from preau.store.remembered import Remembered

_EMPTIED = (7, 1)
"""Month and day from which on a class is emptied because its year is over."""
_AUTUMN = (9, 1)
"""Month and day of the next year's first lessons: nobody can have arrived before."""


class Present(NamedTuple):
    """One pupil who is a member through an école now; `class_key` is empty for one picked."""

    uai: str
    class_key: str
    person: str


class Schools(NamedTuple):
    """The establishments of a project by UAI: `live` take part today, `places` are all of them.

    Of `stood` the days are over, and nobody took back their word.
    """

    live: Collection[str]
    stood: Collection[str]
    places: Mapping[str, Place]


def remembered_now(
    project: str,
    before: Mapping[str, Remembered],
    present: Mapping[str, Present],
    schools: Schools,
    now_ms: int,
) -> dict[str, Remembered]:
    """Source → who is remembered from now on; whoever is not there any more is forgotten."""
    found = {
        source: _stays(Remembered(project, source, *each, now_ms), before.get(source))
        for source, each in present.items()
    }
    for source in before.keys() - present.keys():
        after = _gone(before[source], schools, now_ms)
        if after is not None:
            found[source] = after
    return found


def _stays(fresh: Remembered, held: Remembered | None) -> Remembered:
    """The same time in the project goes on; whoever comes back begins anew."""
    if held is None or held.left_at:
        return fresh
    return held._replace(uai=fresh.uai, class_key=fresh.class_key, person=fresh.person)


def _gone(held: Remembered, schools: Schools, now_ms: int) -> Remembered | None:
    if held.left_at:
        return held
    if held.uai in schools.stood:  # the école left with all its pupils
        return _left(held, now_ms, _next(_AUTUMN, now_ms))
    if held.uai not in schools.live:
        return held  # its école is not heard today: nothing is known
    place = schools.places[held.uai]
    if held.class_key:
        ended = held.class_key in place.groups and now_ms >= _next(_EMPTIED, held.since)
    else:  # whoever was picked stays picked when the account goes, unless somebody takes it back
        ended = held.source in {pick.source for pick in place.picks}
    summer = _EMPTIED <= (paris(now_ms).month, paris(now_ms).day) < _AUTUMN
    return _left(held, now_ms, _next(_AUTUMN, now_ms) if summer else now_ms) if ended else None


def _left(held: Remembered, now_ms: int, idle_since: int) -> Remembered:
    return held._replace(left_at=now_ms, idle_since=0 if held.college else idle_since)


def _next(day: tuple[int, int], after_ms: int) -> int:
    """The first moment of the next such day after a moment, in Paris."""
    year = paris(after_ms).year
    this = paris_midnight(dt.date(year, *day))
    return this if this > after_ms else paris_midnight(dt.date(year + 1, *day))
