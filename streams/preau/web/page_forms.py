"""The forms of our pages: whether one of them, in an open session, sent this, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from fastapi import Request

from preau.errors import Place, SetAside
from preau.web.limits import read_body
from preau.web.sessions import Sessions

TOKEN = "jeton"  # noqa: S105 - the name of a form's field
_MAX_FORM = 1_024
_MAX_FIELDS = 10


class Meant(NamedTuple):
    """A form that somebody meant: who, as the audit chain says it, and its fields."""

    actor: str
    fields: Mapping[str, str]


async def meant(sessions: Sessions, request: Request) -> Meant:
    """Who sends what; `SetAside` (FORM_STRANGE) for what no page of ours, in this session, sent."""
    body = await read_body(request, _MAX_FORM)
    try:
        fields = dict(parse_qsl(body.decode(), max_num_fields=_MAX_FIELDS))
    except ValueError:
        fields = {}
    key = await sessions.meant(request, fields.get(TOKEN, ""))
    if key is None:
        where, fix = Place(field=TOKEN), "open the page again, and press its button"
        raise SetAside("FORM_STRANGE", "a form of another page or session", where=where, fix=fix)
    return Meant(key.actor, fields)
