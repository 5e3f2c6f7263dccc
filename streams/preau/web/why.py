"""`/v1/why`: why a person, a school, a group or a document is as it is, and in which ENT."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from preau.web.auth import Doorkeeper
from preau.web.hub import Hub
from preau.web.needs import OPERATE


def why(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The four routes, for keys of scope `operate`; an id of a source has a slash in it."""
    router = APIRouter(prefix="/v1/why", tags=["why"])

    @router.get("/person/{wanted:path}")
    async def person(wanted: str, request: Request) -> dict[str, object]:
        """Sources, rules, rulings, where each word came from; personal values are masked."""
        await door.caller(request, OPERATE)
        return await run_in_threadpool(hub.why.person, wanted)

    @router.get("/group/{wanted:path}")
    async def group(wanted: str, request: Request) -> dict[str, object]:
        """Decisions, mandates, classes; what each ENT may receive, was told and answered."""
        await door.caller(request, OPERATE)
        return await run_in_threadpool(hub.why.group, wanted)

    @router.get("/share/{wanted:path}")
    async def share(wanted: str, request: Request) -> dict[str, object]:
        """For each ENT what was sent and the answer, or why it was not sent."""
        await door.caller(request, OPERATE)
        return await run_in_threadpool(hub.why.share, wanted)

    @router.get("/school/{uai}")
    async def school(uai: str, request: Request) -> dict[str, object]:
        """What ENTs say of it otherwise than the State's files; personal values are left out."""
        await door.caller(request, OPERATE)
        return {"advice": await run_in_threadpool(hub.why.school, uai)}

    return router
