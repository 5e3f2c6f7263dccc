"""`/v1/identity`: an operator sees who may be whom, and records what a school rules of it."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from preau.agents.likely import Pair
from preau.broker.records import Output
from preau.errors import Place, SetAside
from preau.web.auth import Doorkeeper
from preau.web.forms import Uai, read_form
from preau.web.hub import Hub
from preau.web.limits import MAX_EVENT, read_body
from preau.web.moves import Move, plain
from preau.web.needs import OPERATE

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class _By(msgspec.Struct, forbid_unknown_fields=True):
    by: Text


class _Split(msgspec.Struct, forbid_unknown_fields=True):
    source: Text
    by: Text


class _Move(msgspec.Struct, forbid_unknown_fields=True, rename={"before": "from", "after": "to"}):
    uai: Uai
    before: Text
    after: Text
    by: Text


def identity(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The routes of rulings, for keys of scope `operate`."""
    router = APIRouter(prefix="/v1/identity", tags=["identity"])
    _tell(router, hub, door)
    _take(router, hub, door)
    _moves(router, hub, door)
    return router


def _tell(router: APIRouter, hub: Hub, door: Doorkeeper) -> None:
    @router.get("/review")
    async def review(request: Request, *, possible: bool = False) -> dict[str, object]:
        """The pairs that wait for a person: ids, schools, rules and names of fields, no values."""
        await door.caller(request, OPERATE)
        found = await run_in_threadpool(lambda: hub.identity.review(possible=possible))
        return {"pairs": [_pair(each) for each in found]}

    @router.get("/people/{wanted:path}")
    async def why(wanted: str, request: Request) -> dict[str, object]:
        """Why a person (its id, or a source) is who it is; personal values are masked."""
        await door.caller(request, OPERATE)
        return await run_in_threadpool(hub.why.person, wanted)

    @router.get("/rulings")
    async def rulings(request: Request) -> dict[str, object]:
        """What people ruled, the youngest first; times in milliseconds since 1970."""
        await door.caller(request, OPERATE)
        found = await run_in_threadpool(hub.identity.rulings)
        return {"rulings": [each._asdict() for each in found]}


def _take(router: APIRouter, hub: Hub, door: Doorkeeper) -> None:
    @router.post("/pairs/{pair}/confirm", status_code=202)
    async def confirm(pair: str, request: Request) -> JSONResponse:
        """Rules that a PROBABLE pair is one person; heard a moment after its acceptance."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, MAX_EVENT), _By, _form)
        ruled = await run_in_threadpool(hub.identity.confirm, pair, said.by, key.actor)
        return await _accepted(hub, *ruled)

    @router.post("/pairs/{pair}/refuse", status_code=202)
    async def refuse(pair: str, request: Request) -> JSONResponse:
        """Rules that a pair is two people."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, MAX_EVENT), _By, _form)
        ruled = await run_in_threadpool(hub.identity.refuse, pair, said.by, key.actor)
        return await _accepted(hub, *ruled)

    @router.post("/split", status_code=202)
    async def split(request: Request) -> JSONResponse:
        """Rules that a source is not the person it was taken for."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, MAX_EVENT), _Split, _form)
        ruled = await run_in_threadpool(hub.identity.split, said.source, said.by, key.actor)
        return await _accepted(hub, *ruled)

    @router.post("/rulings/{ruling}/undo", status_code=202)
    async def undo(ruling: str, request: Request) -> JSONResponse:
        """Takes a ruling back."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, MAX_EVENT), _By, _form)
        ruled = await run_in_threadpool(hub.identity.undo, ruling, said.by, key.actor)
        return await _accepted(hub, *ruled)


def _moves(router: APIRouter, hub: Hub, door: Doorkeeper) -> None:
    @router.get("/moves")
    async def tell(request: Request) -> dict[str, object]:
        """What it comes to that `uai` goes `from` one ENT `to` another; decides nothing."""
        await door.caller(request, OPERATE)
        asked = request.query_params
        move = Move(asked.get("uai", ""), asked.get("from", ""), asked.get("to", ""))
        return plain(await run_in_threadpool(hub.identity.moving, move))

    @router.post("/moves", status_code=202)
    async def confirm_move(request: Request) -> JSONResponse:
        """Rules every PROBABLE pair of this move one person; again rules nothing more."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, MAX_EVENT), _Move, _form)
        move = Move(said.uai, said.before, said.after)
        count, records = await run_in_threadpool(
            hub.identity.confirm_move, move, said.by, key.actor
        )
        await hub.write(records)
        return JSONResponse({"pairs": count}, 202)


async def _accepted(hub: Hub, ruling: str, records: list[Output]) -> JSONResponse:
    await hub.write(records)
    return JSONResponse({"ruling": ruling}, 202)


def _form(field: str | None, what: str) -> SetAside:
    fix = "see the example in docs/en/identity.md"
    return SetAside("RULING_FORM", what, where=Place(field=field), fix=fix)


def _pair(pair: Pair) -> dict[str, object]:
    said: dict[str, object] = {"id": pair.id, **pair._asdict()}
    return said | {"left": pair.left._asdict(), "right": pair.right._asdict()}
