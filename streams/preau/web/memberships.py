"""`/lti/nrps/<group>/memberships`: who is in a project's group, for a tool that speaks LTI 1.3.

Names and Role Provisioning Services 2.0. The reader is an instance whose product is a directory
service: it sees its own pseudonyms and nobody's names.
"""

from __future__ import annotations

import orjson
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from preau.errors import SetAside
from preau.outlets.nrps import MEDIA_TYPE, Group, answer, question
from preau.web.access_tokens import MEMBERS, AccessTokens
from preau.web.auth import Doorkeeper
from preau.web.consumer import AT, consumer
from preau.web.hub import Hub
from preau.web.needs import RECEIVE
from preau.web.reached import reached

_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "none"}


def memberships(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The one route, for access tokens of its scope and for keys of scope `receive`."""
    router = APIRouter(prefix="/lti/nrps", tags=["lti"])
    tokens = AccessTokens(hub.rosters.secret, hub.clock)

    @router.get("/{group}/memberships")
    async def members(group: str, request: Request) -> Response:
        """The members that the caller may see: `limit`, `role`, and a Link to the next page."""
        instance = await _reader(request, hub, door, tokens)
        asked = question(request.query_params)
        found: Group = await run_in_threadpool(hub.memberships.read, instance, group)
        told = answer(f"{reached(request)}/lti/nrps/{found.id}/memberships", found, asked)
        link = {"Link": f'<{told.following}>; rel="next"'} if told.following else {}
        return Response(orjson.dumps(told.body), 200, {**_HEADERS, **link}, MEDIA_TYPE)

    return router


async def _reader(request: Request, hub: Hub, door: Doorkeeper, tokens: AccessTokens) -> str:
    """The instance that reads; raises `SetAside` (KEY_…, TOKEN_…, TOO_MANY_REQUESTS)."""
    scheme, _, clear = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and tokens.read(clear.strip()) is not None:
        instance, scopes = await consumer(request, hub, door, tokens)
        if MEMBERS not in scopes:
            what, fix = "this token does not allow members", f"ask for the scope {MEMBERS}"
            raise SetAside("TOKEN_SCOPE", what, where=AT, known=tuple(sorted(scopes)), fix=fix)
        return instance
    key = await door.caller(request, RECEIVE)
    if not key.instance:
        fix = "use the key of the instance that reads"
        raise SetAside("KEY_INSTANCE", "this key is no instance's", where=AT, fix=fix)
    return key.instance
