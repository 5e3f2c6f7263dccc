"""The page of imports: what came of each, and two buttons for one that waits for a person."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from preau.web.hub import Hub
from preau.web.page_forms import meant
from preau.web.pages import Pages, enter
from preau.web.sessions import Sessions

_WAY = "/imports"


def import_pages(hub: Hub, sessions: Sessions, pages: Pages) -> APIRouter:
    """The page, and the two forms on it; after a form the page is asked for anew."""
    router = APIRouter(include_in_schema=False)

    @router.get(_WAY)
    async def all_imports(request: Request, cle: str = "") -> Response:
        if cle:
            return await enter(sessions, pages, request, cle)
        if not await sessions.may_see(request):
            return pages.trouble(401)
        shown = await run_in_threadpool(hub.imports.last)
        waiting = [each for each in shown if each.undecided]
        others = [each for each in shown if not each.undecided]
        token, seen = sessions.token(request), hub.clock.now_ms()
        return pages.form("imports", waiting=waiting, others=others, token=token, seen=seen)

    @router.post(f"{_WAY}/{{id_}}/confirm")
    async def confirm(id_: str, request: Request) -> Response:
        actor = (await meant(sessions, request)).actor
        await run_in_threadpool(hub.imports.confirm, id_, actor)
        return RedirectResponse(_WAY, 303)

    @router.post(f"{_WAY}/{{id_}}/drop")
    async def drop(id_: str, request: Request) -> Response:
        actor = (await meant(sessions, request)).actor
        await run_in_threadpool(hub.imports.drop, id_, actor)
        return RedirectResponse(_WAY, 303)

    return router
