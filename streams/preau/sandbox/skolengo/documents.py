"""JSON:API documents (version 1.0) as a fictional Skolengo reads, writes and refuses them.

Of the standard: the media type, one resource object or a list of links under `data`, 409 for a type
that the address does not have, 415 for another media type, errors as a list with a code. Seen in
unofficial clients: BLOCKED_ACCOUNT, SUSPENDED_ACCOUNT, SKO_APP_NOT_SUBSCRIBED. All other codes are
assumed [A].
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from preau.sandbox.surface import Call, Refused

MEDIA_TYPE = "application/vnd.api+json"


def refusal(status: int, code: str) -> dict[str, object]:
    """The document that says no."""
    return {"errors": [{"status": str(status), "code": code}]}


def refused(status: int, code: str) -> Refused:
    """The ENT says no with one code."""
    return Refused(status, refusal(status, code))


def resource(kind: str, identity: str, /, **attributes: object) -> dict[str, Any]:
    """One resource object."""
    return {"type": kind, "id": identity, "attributes": attributes}


def attributes_of(call: Call, kind: str, allowed: Collection[str]) -> dict[str, Any]:
    """The attributes of the resource that a call sends; refused when it is not one of that type."""
    said = call.body.get("data")
    if not isinstance(said, dict) or not isinstance(said.get("attributes"), dict):
        raise refused(400, "INVALID_DOCUMENT")
    if said.get("type") != kind or ("id" in call.path and said.get("id") != call.path["id"]):
        raise refused(409, "TYPE_OR_ID_CONFLICT")
    found: dict[str, Any] = said["attributes"]
    if set(found) - set(allowed):
        raise refused(400, "UNKNOWN_ATTRIBUTE")
    return found


def links_of(body: Mapping[str, Any], kind: str) -> list[str]:
    """The ids that a list of links names; refused when one is of another type."""
    said = body.get("data")
    if not isinstance(said, list) or not said:
        raise refused(400, "INVALID_DOCUMENT")
    for link in said:
        if not isinstance(link, dict) or link.get("type") != kind:
            raise refused(409, "TYPE_OR_ID_CONFLICT")
    return [str(link.get("id", "")) for link in said]


def text_of(attributes: Mapping[str, Any], name: str) -> str:
    """A text that a resource must have."""
    value = attributes.get(name)
    if not isinstance(value, str) or not value.strip():
        raise refused(422, f"{name.upper()}_REQUIRED")
    return value
