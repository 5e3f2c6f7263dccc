"""What the entities of OneRoster 1.2's REST binding may hold, by kind: what a query may name.

Source: 1EdTech, "OneRoster Rostering Service Model" 1.2, the classes of its data model. Attributes
that Préau never fills may be asked for all the same: nothing has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_REF = ("href", "sourcedId", "type")
_OWN = ("sourcedId", "status", "dateLastModified", "metadata")


def _refs(*names: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(names, _REF)


_PLAIN: Mapping[str, str] = {
    "academicSessions": "title type startDate endDate schoolYear",
    "orgs": "name type identifier",
    "courses": "title courseCode grades subjects subjectCodes",
    "classes": "title classCode classType location grades subjects subjectCodes periods",
    "users": (
        "userMasterIdentifier username enabledUser givenName familyName middleName"
        " preferredFirstName preferredMiddleName preferredLastName pronouns identifier email sms"
        " phone grades password"
    ),
    "enrollments": "role primary beginDate endDate",
}
_INNER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "academicSessions": _refs("parent", "children"),
    "orgs": _refs("parent", "children"),
    "courses": _refs("schoolYear", "org", "resources"),
    "classes": _refs("course", "school", "terms", "resources"),
    "users": {
        **_refs("primaryOrg", "agents", "resources"),
        "userIds": ("type", "identifier"),
        "roles": (
            *("roleType", "role", "userProfile", "beginDate", "endDate"),
            *(f"org.{name}" for name in _REF),
        ),
        "userProfiles": (
            *("profileId", "profileType", "vendorId", "applicationId", "description"),
            *(f"credentials.{name}" for name in ("type", "username", "password")),
        ),
    },
    "enrollments": _refs("user", "class", "school"),
}


_AS_BEFORE: Mapping[tuple[str, str], str] = {
    ("users", "role"): "roles.role",
    ("users", "orgs.sourcedId"): "roles.org.sourcedId",
}
"""What a user had in OneRoster 1.1, and is still asked about; where it stands in 1.2."""


def attributes(kind: str) -> tuple[str, ...]:
    """The attributes of an entity: what `fields` may name."""
    return (*_OWN, *_PLAIN[kind].split(), *_INNER[kind])


def paths(kind: str) -> tuple[str, ...]:
    """The values in it: what `filter` and `sort` may name, as in `school.sourcedId`."""
    inner = (f"{name}.{part}" for name, parts in _INNER[kind].items() for part in parts)
    return (*_OWN[:3], *_PLAIN[kind].split(), *inner)


def named(kind: str, path: str) -> str:
    """The path that a query means: the same, or where 1.2 has what 1.1 called so."""
    return _AS_BEFORE.get((kind, path), path)


def values(entity: Mapping[str, Any], path: str) -> list[str]:
    """Every value that stands at a path of an entity; none when nothing does."""
    found: list[Any] = [entity]
    for name in path.split("."):
        found = [each[name] for each in found if isinstance(each, Mapping) and name in each]
        found = [one for each in found for one in _each(each)]
    return [str(each) for each in found if not isinstance(each, Mapping)]


def _each(found: object) -> Sequence[object]:
    return found if isinstance(found, list) else [found]
