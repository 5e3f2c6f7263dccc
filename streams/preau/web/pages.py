"""The French pages: projects, one project, accessibility, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool

from preau.web import french, gap_words, import_words, product_words
from preau.web.hub import Hub
from preau.web.sessions import Sessions

_HERE = Path(__file__).resolve().parent
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Language": "fr",
}
log = structlog.get_logger()


class Pages:
    """Fills the templates; every value is escaped, a missing one is an error of ours."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(fr=french, words=import_words)
        self._templates.globals.update(products=product_words, gaps=gap_words)

    def show(self, name: str, status: int = 200, **values: object) -> HTMLResponse:
        """The page of that template."""
        text = self._templates.get_template(f"{name}.html").render(**values)
        return HTMLResponse(text, status, HEADERS)

    def form(self, name: str, **values: object) -> HTMLResponse:
        """The page of that template, whose forms may be sent, to this hub only."""
        page = self.show(name, 200, **values)
        page.headers["Content-Security-Policy"] = HEADERS["Content-Security-Policy"].replace(
            "form-action 'none'", "form-action 'self'"
        )
        return page

    def trouble(self, status: int) -> HTMLResponse:
        """The page that says what went wrong and the way out; stands on nothing else."""
        title, text, way_out = _TROUBLES.get(status, _TROUBLES[500])
        return self.show(
            "trouble", status, title=title, text=text, way_out=way_out, code=str(status)
        )


_TROUBLES: Mapping[int, tuple[str, str, str]] = {
    401: (
        "Cette page est réservée",
        "Pour la voir, ouvrez l'adresse complète que l'opérateur de Préau vous a donnée.",
        "Demander une nouvelle adresse à l'opérateur",
    ),
    403: (
        "Demande refusée",
        "Cette demande ne vient pas d'une page de Préau ouverte ici. Rien n'a changé.",
        "Revenir à la liste des projets, et recommencer",
    ),
    409: (
        "Cet import n'attend plus de décision",
        "Il a été envoyé, abandonné ou remplacé entre-temps. Rien n'a changé à l'instant.",
        "Revenir à la page des imports",
    ),
    404: (
        "Page introuvable",
        "Aucune page à cette adresse. Un projet nouveau n'apparaît qu'après quelques secondes.",
        "Revenir à la liste des projets",
    ),
    500: (
        "Une erreur s'est produite",
        "Préau n'a pas pu préparer cette page. Aucune donnée n'est perdue.",
        "Revenir à la liste des projets",
    ),
    503: (
        "Service momentanément indisponible",
        "Préau ne peut pas lire ses données pour l'instant. Aucune donnée n'est perdue.",
        "Essayer de nouveau",
    ),
}


def routes(hub: Hub, sessions: Sessions, pages: Pages) -> APIRouter:
    """The routes of the pages; none of them changes anything."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    @router.get("/projets")
    async def all_projects(request: Request, cle: str = "") -> Response:
        if cle:
            return await enter(sessions, pages, request, cle)
        if not await sessions.may_see(request):
            return pages.trouble(401)
        rows = await run_in_threadpool(hub.projects.rows)
        return pages.show("projects", rows=rows)

    @router.get("/projets/{project}")
    async def one_project(project: str, request: Request, cle: str = "") -> Response:
        if cle:
            return await enter(sessions, pages, request, cle)
        if not await sessions.may_see(request):
            return pages.trouble(401)
        page = await run_in_threadpool(hub.projects.page, project)
        if page is None:
            return pages.trouble(404)
        return pages.show("project", page=page, seen=hub.clock.now_ms())

    @router.get("/accessibilite")
    async def accessibility() -> Response:
        return pages.show("accessibility")

    @router.get("/preau.css")
    async def style() -> Response:
        return FileResponse(
            _HERE / "assets" / "preau.css",
            media_type="text/css",
            headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=3600"},
        )

    return router


async def enter(sessions: Sessions, pages: Pages, request: Request, clear: str) -> Response:
    """Exchanges the key of the address for a cookie, then goes on without the key.

    The way on is a page, not a redirection: a redirection that began on another site (a link in
    an e-mail) would not carry the SameSite=Strict cookie.
    """
    left = [(name, value) for name, value in request.query_params.multi_items() if name != "cle"]
    way = request.url.path + (f"?{urlencode(left)}" if left else "")
    response = pages.show("enter", way=way)
    if await sessions.begin(clear, response, secure=request.url.scheme == "https"):
        return response
    log.warning("page key refused")
    return pages.trouble(401)
