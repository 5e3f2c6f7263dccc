"""`/v1/audit`: who did what, entry by entry, and the signed roots that establishments keep."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from preau.web.auth import Doorkeeper
from preau.web.hub import Hub
from preau.web.needs import OPERATE

MOST = 500
"""Entries on one page."""


def audit(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The two routes, for keys of scope `operate`."""
    router = APIRouter(prefix="/v1/audit", tags=["audit"])

    @router.get("")
    async def page(
        request: Request,
        after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
    ) -> dict[str, Any]:
        """The entries that follow number `after`; `next` is the next page's `after`."""
        await door.caller(request, OPERATE)
        found = await run_in_threadpool(hub.audit.entries, after, limit)
        more = found[-1]["entry"]["seq"] if len(found) == limit else None
        return {"entries": found, "next": more}

    @router.get("/roots")
    async def roots(request: Request) -> dict[str, Any]:
        """The public key, the root of every day that is over, and of today so far."""
        await door.caller(request, OPERATE)
        return await run_in_threadpool(hub.audit.roots)

    return router
