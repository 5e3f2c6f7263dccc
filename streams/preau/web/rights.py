"""`/v1/persons`, `/v1/breach`, `/v1/register`: the rights of people, for operators."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from preau.errors import Place, SetAside
from preau.rights.breach import Window
from preau.rights.moments import moment_ms
from preau.web.auth import Doorkeeper
from preau.web.forms import read_form
from preau.web.hub import Hub
from preau.web.limits import MAX_EVENT, read_body
from preau.web.needs import OPERATE

MOST = 1_000
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Role = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class _Erase(msgspec.Struct, forbid_unknown_fields=True):
    people: Annotated[list[Text], msgspec.Meta(min_length=1, max_length=MOST)]
    by: Role
    keep_out: bool = False


class _LetIn(msgspec.Struct, forbid_unknown_fields=True):
    account: Text


class _Export(msgspec.Struct, forbid_unknown_fields=True):
    person: Text
    by: Role


def rights(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/v1", tags=["rights"])
    router.include_router(_people(hub, door))
    router.include_router(_reports(hub, door))
    return router


def _people(hub: Hub, door: Doorkeeper) -> APIRouter:
    """What is done for one person."""
    router = APIRouter()

    @router.post("/persons/erasures", status_code=202)
    async def erase(request: Request) -> JSONResponse:
        """Erases people; what is under way ends by itself: ask for each id how far it is."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, MAX_EVENT), _Erase, _form)
        call = hub.rights.begin
        ids = await run_in_threadpool(
            lambda: call(said.people, said.by, key.actor, keep_out=said.keep_out)
        )
        return JSONResponse({"erasures": ids}, 202)

    @router.get("/persons/erasures/{id_}")
    async def erasure(id_: str, request: Request) -> dict[str, object]:
        """How far an erasure is, and what every ENT has answered; times in ms since 1970."""
        await door.caller(request, OPERATE)
        return dict(await run_in_threadpool(hub.rights.told, id_))

    @router.get("/persons/erasures")
    async def erasures(request: Request) -> dict[str, object]:
        """The last erasures, the youngest first, each as it is told alone."""
        await door.caller(request, OPERATE)
        return {"erasures": list(await run_in_threadpool(hub.rights.listed))}

    _access(router, hub, door)
    return router


def _access(router: APIRouter, hub: Hub, door: Doorkeeper) -> None:
    """What one person is given, and who is heard again."""

    @router.post("/persons/let-in")
    async def let_in(request: Request) -> dict[str, object]:
        """Hears an account (`<instance>/<its id>`) again that was kept out after an erasure."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, MAX_EVENT), _LetIn, _form)
        done = await run_in_threadpool(hub.rights.let_in, said.account, key.actor)
        return {"let_in": done}

    @router.post("/persons/export")
    async def export(request: Request) -> Response:
        """All that the hub holds of one person, opened, and to whom it was given."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, MAX_EVENT), _Export, _form)
        made = await run_in_threadpool(hub.rights.export, said.person, said.by, key.actor)
        return Response(made, media_type="application/json", headers={"Cache-Control": "no-store"})


def _reports(hub: Hub, door: Doorkeeper) -> APIRouter:
    """What is told of the hub as a whole."""
    router = APIRouter()

    @router.get("/breach")
    async def breach(request: Request) -> dict[str, object]:
        """What `instance` received between `from` and `to` (ISO 8601), by pseudonym and field."""
        key = await door.caller(request, OPERATE)
        asked = request.query_params
        window = Window(moment_ms(asked.get("from", "")), moment_ms(asked.get("to", "")))
        instance = asked.get("instance", "")
        return dict(await run_in_threadpool(hub.rights.breach, instance, window, key.actor))

    @router.get("/register")
    async def register(request: Request) -> dict[str, object]:
        """The register of processing (RGPD, article 30), from what the hub does now."""
        await door.caller(request, OPERATE)
        return dict(await run_in_threadpool(hub.rights.register))

    return router


def _form(field: str | None, what: str) -> SetAside:
    return SetAside("RIGHTS_FORM", what, where=Place(field=field), fix="see docs/en/privacy.md")
