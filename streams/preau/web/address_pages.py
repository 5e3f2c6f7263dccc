"""The page of a project's secret addresses: who has one, a button to make one, one to revoke it.

An address is shown in the answer to the button, and never again.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from preau.web.feeds import CALENDAR, DOCUMENTS
from preau.web.hub import Hub
from preau.web.page_forms import meant
from preau.web.pages import Pages, enter
from preau.web.reached import reached
from preau.web.reading import ProjectPage
from preau.web.sessions import Sessions

AUTHORISED = "AUTHORISED"
UAI, ADDRESS = "uai", "adresse"
_WAY = "/projets/{project}/adresses"


class _Page:
    """Fills the page of one project."""

    def __init__(self, hub: Hub, sessions: Sessions, pages: Pages) -> None:
        self._hub = hub
        self._sessions = sessions
        self._pages = pages

    async def of(self, project: str) -> ProjectPage | None:
        """What is known of the project; None when nobody knows it."""
        return await run_in_threadpool(self._hub.projects.page, project)

    async def show(self, request: Request, page: ProjectPage | None, made: str = "") -> Response:
        """The page, with the address that was made just now, if one was."""
        if page is None:
            return self._pages.trouble(404)
        held = await run_in_threadpool(self._hub.feeds.addresses, page.id)
        return self._pages.form(
            "addresses",
            page=page,
            names={each.uai: each.name for each in page.establishments},
            able=[each for each in page.establishments if each.decision == AUTHORISED],
            held=held,
            files=[f"{reached(request)}/flux/{made}/{f}" for f in (CALENDAR, DOCUMENTS) if made],
            token=self._sessions.token(request),
        )


def address_pages(hub: Hub, sessions: Sessions, pages: Pages) -> APIRouter:
    """The page, and the two forms on it."""
    router, page = APIRouter(include_in_schema=False), _Page(hub, sessions, pages)

    @router.get(_WAY)
    async def addresses(project: str, request: Request, cle: str = "") -> Response:
        if cle:
            return await enter(sessions, pages, request, cle)
        if not await sessions.may_see(request):
            return pages.trouble(401)
        return await page.show(request, await page.of(project))

    @router.post(_WAY)
    async def make(project: str, request: Request) -> Response:
        said, found = await meant(sessions, request), await page.of(project)
        if found is None:
            return pages.trouble(404)
        uai = said.fields.get(UAI, "")
        by = next((each.by for each in found.establishments if each.uai == uai), "")
        made = await run_in_threadpool(hub.feeds.make, project, uai, by, said.actor)
        return await page.show(request, found, made)

    @router.post(f"{_WAY}/revocation")
    async def revoke(project: str, request: Request) -> Response:
        said = await meant(sessions, request)
        await run_in_threadpool(hub.feeds.revoke, said.fields.get(ADDRESS, ""), said.actor)
        return RedirectResponse(f"/projets/{project}/adresses", 303)

    return router
