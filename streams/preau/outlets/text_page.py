"""What homework, a notice or a date is where it has no place of its own: a small page to read.

An ENT that takes files takes this one too, so its group still learns of it, by the best lesser
thing. The page says the fields of the delivery that the card lists, and the project's title.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from preau.clock import paris
from preau.outlets.french_dates import hour_words, weekday_words
from preau.outlets.link_page import text_lines_page
from preau.outlets.outcome import Media

Fields = Mapping[str, object]
_PROFILES = {
    "GUEST": "invités",
    "PUPIL": "élèves",
    "GUARDIAN": "familles",
    "TEACHER": "enseignants",
    "DIRECTION": "direction",
    "SCHOOL_LIFE": "vie scolaire",
    "LIBRARIAN": "professeurs documentalistes",
    "STAFF": "personnels",
    "INSPECTION": "inspection",
    "LOCAL_AUTHORITY": "collectivité",
}
_AGAIN = {
    "DAILY": "chaque jour",
    "WEEKLY": "chaque semaine",
    "MONTHLY": "chaque mois",
    "YEARLY": "chaque année",
}
_ONE_DAY = dt.timedelta(days=1)


def text_page(operation: str, fields: Fields, project: str) -> Media:
    """An HTML page (UTF-8, in French) of `HOMEWORK_PUT`, `NOTICE_PUT` or `CALENDAR_EVENT_PUT`.

    `fields` are those that may leave, in the forms of docs/en/outlets.md; what is not there is not
    said. `project` is its title, empty when it is not known.
    """
    said = [*_LINES[operation](fields), *([f"Projet\u00a0: {project}"] if project else [])]
    lines = [*said, "Donné dans un autre ENT du projet, et posé ici par Préau."]
    return text_lines_page(str(fields.get("title") or ""), lines)


def _homework(fields: Fields) -> Iterator[str]:
    due = fields.get("due")
    until = f" pour le {weekday_words(dt.date.fromisoformat(str(due)))}" if due else ""
    yield f"Travail à faire{until}."


def _notice(fields: Fields) -> Iterator[str]:
    said = fields.get("audience")
    audience = said if isinstance(said, list) else []
    known = [_PROFILES[each] for each in audience if each in _PROFILES]
    yield f"Information pour\u00a0: {', '.join(known)}." if known else "Information."
    if fields.get("needs_signature"):
        yield "La signature des familles est demandée dans l'ENT d'origine."


def _date(fields: Fields) -> Iterator[str]:
    start, end = (_paris(fields.get(name)) for name in ("start", "end"))
    if start is not None:
        yield (_days if fields.get("all_day") else _moments)(start, end)
    parts = dict(
        each.partition("=")[::2] for each in str(fields.get("recurrence") or "").split(";")
    )
    if parts.get("FREQ") in _AGAIN:
        times = f", {parts['COUNT']} fois en tout" if parts.get("COUNT") else ""
        yield f"Cette date revient {_AGAIN[parts['FREQ']]}{times}."


def _days(start: dt.datetime, end: dt.datetime | None) -> str:
    """Whole days; one that ends at midnight ended the day before."""
    first, last = start.date(), (end or start).date()
    if end is not None and end.time() == dt.time():
        last -= _ONE_DAY
    if last <= first:
        return f"Le {weekday_words(first)}, toute la journée."
    return f"Du {weekday_words(first)} au {weekday_words(last)}."


def _moments(start: dt.datetime, end: dt.datetime | None) -> str:
    day = weekday_words(start.date())
    if end is None or end <= start:
        return f"Le {day} à {hour_words(start)}."
    if end.date() == start.date():
        return f"Le {day}, de {hour_words(start)} à {hour_words(end)}."
    return f"Du {day} à {hour_words(start)} au {weekday_words(end.date())} à {hour_words(end)}."


def _paris(said: object) -> dt.datetime | None:
    """A moment in UTC, `2026-10-12T06:30:00Z`, by the clock of Paris; nothing stays nothing."""
    if not said:
        return None
    return paris(int(dt.datetime.fromisoformat(str(said)).timestamp() * 1000))


_LINES: Mapping[str, Callable[[Fields], Iterator[str]]] = {
    "HOMEWORK_PUT": _homework,
    "NOTICE_PUT": _notice,
    "CALENDAR_EVENT_PUT": _date,
}
