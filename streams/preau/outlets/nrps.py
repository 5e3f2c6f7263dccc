"""Names and Role Provisioning Services 2.0 (1EdTech, LTI Advantage): who is in a group, as JSON.

Members are told by the pseudonym of whoever reads and by their roles; no name, no e-mail.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from preau.errors import Place, SetAside

MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
LIS = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
ROLES: Mapping[str, str] = {
    "PUPIL": "Learner",
    "TEACHER": "Instructor",
    "HEAD_TEACHER": "Instructor",
    "LEADER": "Administrator",
    "GUARDIAN": "Mentor",
}
"""Role of membership.v1 → context role of LIS; any other is a plain Member."""
LONGEST = 500
"""The most members of one answer, whatever is asked for."""
_AFTER = re.compile(r"[A-Za-z0-9._~-]{1,128}")


class Person(NamedTuple):
    """One member: the reader's pseudonym, and the roles of membership.v1."""

    user_id: str
    roles: frozenset[str]


class Group(NamedTuple):
    """A project's group as one consumer may see it."""

    id: str
    title: str
    members: tuple[Person, ...]


class Question(NamedTuple):
    """What is asked: only a role if one is named, so many, those after this pseudonym."""

    role: str = ""
    limit: int = LONGEST
    after: str = ""


class Answer(NamedTuple):
    """The container, and the address of what follows, empty at the end."""

    body: dict[str, Any]
    following: str


def question(said: Mapping[str, str]) -> Question:
    """What the query string asks for; raises `SetAside` (NRPS_QUERY)."""
    limit = said.get("limit", str(LONGEST))
    if not re.fullmatch(r"[1-9][0-9]{0,8}", limit, re.ASCII):
        raise _refused("limit", "not a number from 1 on")
    after = said.get("after", "")
    if after and not _AFTER.fullmatch(after):
        raise _refused("after", "not the mark of a page")
    if "rlid" in said:
        raise _refused("rlid", "no resource link is known here")
    return Question(said.get("role", "").removeprefix(LIS), min(int(limit), LONGEST), after)


def answer(address: str, group: Group, asked: Question) -> Answer:
    """The page of members that was asked for, ordered by their pseudonyms.

    Whoever comes or goes between two pages moves nobody from one to the other.
    """
    found = [
        each
        for each in sorted(group.members, key=lambda person: person.user_id)
        if each.user_id > asked.after and (not asked.role or asked.role in _words(each.roles))
    ]
    page = found[: asked.limit]
    body = {
        "id": address,
        "context": {"id": group.id, "title": group.title},
        "members": [_member(each) for each in page],
    }
    return Answer(body, _next(address, asked, page) if len(found) > len(page) else "")


def _member(person: Person) -> dict[str, Any]:
    roles = [LIS + word for word in sorted(_words(person.roles))]
    return {"status": "Active", "user_id": person.user_id, "roles": roles}


def _words(roles: Collection[str]) -> set[str]:
    return {ROLES.get(role, "Member") for role in roles}


def _next(address: str, asked: Question, page: Sequence[Person]) -> str:
    said = {"limit": str(asked.limit), "after": page[-1].user_id}
    said |= {"role": asked.role} if asked.role else {}
    return f"{address}?{urlencode(said)}"


def _refused(field: str, what: str) -> SetAside:
    fix = "ask with limit, role, or the address of rel=next as it is"
    return SetAside("NRPS_QUERY", what, where=Place(field=field), fix=fix)
