"""Which instance a token speaks for: asked anew each time, so that a revoked key ends it."""

from __future__ import annotations

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from preau.errors import Place, SetAside
from preau.web.access_tokens import AccessTokens
from preau.web.auth import Doorkeeper
from preau.web.hub import Hub
from preau.web.needs import RECEIVE

AT = Place(field="Authorization")


async def consumer(
    request: Request, hub: Hub, door: Doorkeeper, tokens: AccessTokens
) -> tuple[str, frozenset[str]]:
    """Which instance asks, and what its token allows; raises `SetAside` (TOKEN_…, KEY_…)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    found = tokens.read(token.strip()) if scheme.lower() == "bearer" else None
    key = await run_in_threadpool(hub.rosters.holder, found[0]) if found else None
    if found is None or key is None or not key.instance or RECEIVE not in key.scopes:
        fix = "ask POST /token for a new one: it lasts an hour, and a revoked key opens nothing"
        raise SetAside("TOKEN_REFUSED", "no access token that is good", where=AT, fix=fix)
    door.pace(found[0])
    return key.instance, found[1]
