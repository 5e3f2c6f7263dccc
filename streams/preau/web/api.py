"""The whole web side of the hub as one ASGI application: API, schemas, health, metrics, pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from fastapi import FastAPI, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from preau import __version__
from preau.errors import Complaint, PreauError, TryAgain
from preau.web.address_pages import address_pages
from preau.web.audit import audit
from preau.web.auth import Doorkeeper
from preau.web.events import events
from preau.web.feeds import feeds
from preau.web.health import health
from preau.web.hub import Hub
from preau.web.identity import identity
from preau.web.import_pages import import_pages
from preau.web.imports import imports
from preau.web.mandates import mandates, sectors
from preau.web.memberships import memberships
from preau.web.metrics import metrics
from preau.web.pages import Pages, routes
from preau.web.problem import RETRY_S, Problem, answer, from_http, problem
from preau.web.products import products
from preau.web.projects import projects
from preau.web.receipts import receipts
from preau.web.rights import rights
from preau.web.roster_status import told_as_status
from preau.web.rosters import PREFIX, rosters
from preau.web.schemas import schemas
from preau.web.sessions import Sessions
from preau.web.set_asides import set_asides
from preau.web.switches import switches
from preau.web.tally import Tally
from preau.web.why import why

log = structlog.get_logger()
Handler = Callable[[Request, Exception], Awaitable[Response]]


def create_api(hub: Hub) -> ASGIApp:
    """The application; it owns no thread and no connection, `hub` does."""
    door, tally, pages = Doorkeeper(hub), Tally(), Pages()
    app = FastAPI(
        title="Préau",
        version=__version__,
        summary="The event hub between French school workspaces (ENT)",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    handler = _handler(pages, tally)
    for kind in (PreauError, HTTPException, SQLAlchemyError, Exception):
        app.add_exception_handler(kind, handler)
    app.include_router(events(hub, door, tally))
    app.include_router(projects(hub, door))
    app.include_router(imports(hub, door))
    app.include_router(audit(hub, door))
    app.include_router(set_asides(hub, door))
    app.include_router(receipts(hub, door))
    app.include_router(identity(hub, door))
    app.include_router(why(hub, door))
    app.include_router(switches(hub, door))
    app.include_router(rights(hub, door))
    app.include_router(mandates(hub, door))
    app.include_router(sectors(hub, door))
    app.include_router(feeds(hub, door))
    app.include_router(memberships(hub, door))
    app.include_router(rosters(hub, door))
    app.include_router(health(hub))
    app.include_router(metrics(hub, tally))
    app.include_router(schemas(hub.schemas))
    app.include_router(products(hub.products, pages))
    sessions = Sessions(door)
    app.include_router(routes(hub, sessions, pages))
    app.include_router(import_pages(hub, sessions, pages))
    app.include_router(address_pages(hub, sessions, pages))
    return _Quiet(app)


def _handler(pages: Pages, tally: Tally) -> Handler:
    async def on_error(request: Request, error: Exception) -> Response:
        told = _problem(error)
        tally.refused(told.complaint.code)
        if told.status >= 500:  # noqa: PLR2004 - server errors
            log.error("request failed", code=told.complaint.code, path=_route(request))
        if request.url.path.startswith(PREFIX):
            return told_as_status(told)
        if "text/html" in request.headers.get("accept", ""):
            return pages.trouble(told.status)
        return answer(told)

    return on_error


def _problem(error: Exception) -> Problem:
    if isinstance(error, PreauError):
        return problem(error)
    if isinstance(error, HTTPException):
        return from_http(error)
    if isinstance(error, SQLAlchemyError):
        what, fix = "the database does not answer", "send it again later; nothing was accepted"
        return Problem(
            503, Complaint("DATABASE_AWAY", what, fix=fix), {"Retry-After": f"{RETRY_S}"}
        )
    return Problem(500, Complaint("INTERNAL", f"an unforeseen error ({type(error).__name__})"))


def _route(request: Request) -> str:
    """The route's pattern, never the address itself."""
    return getattr(request.scope.get("route"), "path", "")


class _Quiet:
    """Ends an error that has been answered: its text may quote what it met, so nobody prints it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            log.warning("unforeseen", kind=type(error).__name__)


__all__ = ["Hub", "TryAgain", "create_api"]
