"""`/v1/imports`: an operator sees the imports of file sets, and decides of those that wait."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from preau.web.auth import Doorkeeper
from preau.web.hub import Hub
from preau.web.needs import OPERATE
from preau.web.reading import ImportShown


def imports(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The three routes, for keys of scope `operate`."""
    router = APIRouter(prefix="/v1/imports", tags=["imports"])

    @router.get("")
    async def last(request: Request) -> dict[str, object]:
        """The last imports, newest first; times in milliseconds since 1970."""
        await door.caller(request, OPERATE)
        shown = await run_in_threadpool(hub.imports.last)
        return {"imports": [_plain(each) for each in shown]}

    @router.post("/{id_}/confirm", status_code=202)
    async def confirm(id_: str, request: Request) -> JSONResponse:
        """Begins to send a held import; it is DONE once Kafka has everything."""
        key = await door.caller(request, OPERATE)
        await run_in_threadpool(hub.imports.confirm, id_, key.actor)
        return JSONResponse({"id": id_}, 202)

    @router.post("/{id_}/drop")
    async def drop(id_: str, request: Request) -> dict[str, str]:
        """Gives a held import up."""
        key = await door.caller(request, OPERATE)
        await run_in_threadpool(hub.imports.drop, id_, key.actor)
        return {"id": id_}

    return router


def _plain(shown: ImportShown) -> dict[str, object]:
    said: dict[str, object] = shown._asdict()
    said["aside"] = dict(shown.aside)
    said["categories"] = [each._asdict() for each in shown.categories]
    return said
