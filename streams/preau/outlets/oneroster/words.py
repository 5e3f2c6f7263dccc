"""How the words of Préau are said in OneRoster: roles, levels, school years; and plain texts."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping

from preau.clock import paris

_NAMESPACE = uuid.UUID("8d1f5c0a-3f2b-5e64-9a3e-0c7b1d2e4f60")
_OWN = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-_]{0,254}")
_LONGEST = 255
NAMELESS = "?"
"""In the place of a name that is not known: the standard wants one."""
ROLE: Mapping[str, str] = {
    "PUPIL": "student",
    "TEACHER": "teacher",
    "HEAD_TEACHER": "teacher",
    "LEADER": "teacher",
    "GUARDIAN": "guardian",
}
"""Word of membership.v1 → role in an organisation (roles.csv)."""
ENROLLED: Mapping[str, str] = {
    "PUPIL": "student",
    "TEACHER": "teacher",
    "HEAD_TEACHER": "teacher",
    "LEADER": "teacher",
}
"""Word of membership.v1 → role in a class (enrollments.csv); others are `ext:` and the word."""
GRADE: Mapping[str, str] = {
    **dict(zip(("1110", "1111", "1112", "1113"), ("IT", "PR", "PK", "KG"), strict=True)),
    **{f"112{n}": f"0{n}" for n in range(1, 6)},
    **dict(zip(("2111", "2112", "2115", "2116"), ("06", "07", "08", "09"), strict=True)),
    "2431": "06",
}
"""MEFSTAT4 → grade as CEDS writes it, by the pupil's usual age."""
AT_THE_HEAD = ("LEADER", "HEAD_TEACHER")


def role(word: str) -> str:
    """The role of a person in an establishment."""
    return ROLE.get(word) or f"ext:{_plain_word(word)}"


def enrolled(word: str) -> str:
    """The role of a person in a class."""
    return ENROLLED.get(word) or f"ext:{_plain_word(word)}"


def grades(stage: str) -> list[str]:
    """The grade of a MEFSTAT4: nothing for none, `ext:mefstat4.…` for one that CEDS has not."""
    if not stage:
        return []
    return [GRADE.get(stage) or f"ext:mefstat4.{_plain_word(stage)}"]


def made_id(*parts: str) -> str:
    """A sourcedId that the same parts always give: UUIDv5 (RFC 9562 §5.5)."""
    return str(uuid.uuid5(_NAMESPACE, "\x00".join(parts).encode("utf-8", "replace").decode()))


def own_id(found: str) -> str:
    """An id of ours as a sourcedId: itself if neither a file nor an address makes more of it."""
    return found if _OWN.fullmatch(found) else made_id("id", found)


def text(found: str) -> str:
    """A text on one line, without what no reader can show, 255 characters at most."""
    shown = "".join(each if each.isprintable() else " " for each in found)
    return " ".join(shown.split())[:_LONGEST].rstrip() or NAMELESS


def first_year(as_of_ms: int) -> int:
    """The calendar year in which the French school year of that moment began, on 1 September."""
    day = paris(as_of_ms).date()
    return day.year if day >= dt.date(day.year, 9, 1) else day.year - 1


def _plain_word(found: str) -> str:
    return re.sub(r"[^0-9a-z]", "", found.lower()) or "other"
