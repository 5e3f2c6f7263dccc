"""`/v1/mandates` and `/v1/sectors`: what is decided on paper, as an operator records it."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from preau.web.auth import Doorkeeper
from preau.web.forms import Text, Uai, read_project_form
from preau.web.hub import Hub
from preau.web.limits import MAX_EVENT, read_body
from preau.web.needs import OPERATE
from preau.web.project_needs import NewMandate

Where = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{7}[A-Z]|\*)$")]
_List = Annotated[list[Text], msgspec.Meta(max_length=100)]


class _New(msgspec.Struct, forbid_unknown_fields=True, rename={"starts": "from"}):
    establishment: Where
    instance: Text
    direction: Text
    purpose: Text
    legal_basis: Text
    granted_by: Text
    records: _List = []
    fields: _List = []
    starts: dt.date | None = None
    until: dt.date | None = None


class _Sector(msgspec.Struct, forbid_unknown_fields=True):
    college: Uai
    ecoles: Annotated[list[Uai], msgspec.Meta(max_length=500)]


def mandates(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The routes, for keys of scope `operate`."""
    router = APIRouter(prefix="/v1/mandates", tags=["mandates"])

    @router.get("")
    async def given(request: Request, instance: str = "") -> dict[str, object]:
        """All that were ever given; times in milliseconds since 1970."""
        await door.caller(request, OPERATE)
        found = await run_in_threadpool(hub.mandates.given, instance)
        return {"mandates": [each._asdict() for each in found]}

    @router.post("", status_code=201)
    async def grant(request: Request) -> JSONResponse:
        """A standing mandate, by convention."""
        key = await door.caller(request, OPERATE)
        said = read_project_form(await read_body(request, MAX_EVENT), _New)
        made = await run_in_threadpool(hub.mandates.grant, _new(said), key.actor)
        return JSONResponse({"id": made}, 201)

    @router.post("/{id_}/revoke")
    async def revoke(id_: str, request: Request) -> dict[str, object]:
        """Revokes it: effective at once, everywhere."""
        key = await door.caller(request, OPERATE)
        found = await run_in_threadpool(hub.mandates.revoke, id_, key.actor)
        return {"id": id_, "revoked_at": found.revoked_at}

    return router


def sectors(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The three routes, for keys of scope `operate`."""
    router = APIRouter(prefix="/v1/sectors", tags=["sectors"])

    @router.get("")
    async def declared(request: Request) -> dict[str, object]:
        """Every école whose collège was declared."""
        await door.caller(request, OPERATE)
        found = await run_in_threadpool(hub.sectors.declared)
        return {"sectors": [each._asdict() for each in found]}

    @router.put("")
    async def declare(request: Request) -> dict[str, object]:
        """The écoles of a collège, in the place of those that it had."""
        key = await door.caller(request, OPERATE)
        said = read_project_form(await read_body(request, MAX_EVENT), _Sector)
        await run_in_threadpool(hub.sectors.declare, said.college, said.ecoles, key.actor)
        return {"college": said.college, "ecoles": len(said.ecoles)}

    @router.post("/import")
    async def take(request: Request, complete: bool = False) -> dict[str, int]:  # noqa: FBT001, FBT002 - a query parameter
        """The sectors of a CSV file (`college;ecole;…`), whole or not at all."""
        key = await door.caller(request, OPERATE)
        content = await read_body(request, MAX_EVENT)
        taken = partial(hub.sectors.take, content, complete=complete, by=key.actor)
        return (await run_in_threadpool(taken))._asdict()

    return router


def _new(said: _New) -> NewMandate:
    return NewMandate(
        *(said.establishment, said.instance, said.direction, said.purpose),
        legal_basis=said.legal_basis,
        granted_by=said.granted_by,
        records=tuple(said.records),
        fields=tuple(said.fields),
        starts="" if said.starts is None else said.starts.isoformat(),
        until="" if said.until is None else said.until.isoformat(),
    )
