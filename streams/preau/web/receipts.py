"""`/v1/receipts`: what ENTs answered, for operators; an ENT's later answer, by its own key."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from preau.errors import Place, SetAside
from preau.outlets.reasons import REASONS
from preau.store.receipt_levels import Asked
from preau.web.auth import Doorkeeper
from preau.web.follow_up import LaterAnswer
from preau.web.forms import read_form
from preau.web.hub import Hub
from preau.web.limits import MAX_EVENT, read_body
from preau.web.needs import OPERATE, RECEIVE

Text = Annotated[str, msgspec.Meta(max_length=200)]


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    delivery: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    outcome: Literal["APPLIED", "REFUSED"]
    reason: Text = ""
    native_id: Text = ""


def receipts(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The two routes; times in milliseconds since 1970."""
    router = APIRouter(prefix="/v1/receipts", tags=["receipts"])

    @router.get("")
    async def lines(request: Request) -> dict[str, object]:
        """By `project`, `uai` or `event`; with `late=true` only what passed a deadline."""
        await door.caller(request, OPERATE)
        said = request.query_params
        asked = Asked(said.get("project", ""), said.get("uai", ""), said.get("event", ""))
        late = said.get("late", "") == "true"
        found = await run_in_threadpool(lambda: hub.receipts.lines(asked, only_late=late))
        return {"receipts": [each._asdict() for each in found]}

    @router.post("", status_code=202)
    async def answer(request: Request) -> JSONResponse:
        """What this ENT did with a delivery that it had accepted; again changes nothing."""
        key = await door.caller(request, RECEIVE)
        if not key.instance:
            fix, where = "use the key of the ENT that was told", Place(field="Authorization")
            raise SetAside("KEY_INSTANCE", "this key is no instance's", where=where, fix=fix)
        said = _read(await read_body(request, MAX_EVENT))
        records = await run_in_threadpool(hub.receipts.answer, key.instance, said)
        await hub.write(records)
        return JSONResponse({"delivery": said.delivery, "outcome": said.outcome}, 202)

    return router


def _read(body: bytes) -> LaterAnswer:
    said = read_form(body, _Answer, _form)
    if said.outcome == "APPLIED":
        return LaterAnswer(said.delivery, said.outcome, "", said.native_id)
    if said.reason and said.reason not in REASONS:
        raise _form("reason", "not a reason", tuple(REASONS))
    return LaterAnswer(said.delivery, said.outcome, said.reason or "REFUSED", said.native_id)


def _form(field: str | None, what: str, known: tuple[str, ...] = ()) -> SetAside:
    fix = "see docs/en/vendors.md, Receive"
    return SetAside("RECEIPT_FORM", what, where=Place(field=field), known=known, fix=fix)
