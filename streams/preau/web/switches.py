"""`/v1/switches`: in an incident, an operator cuts an instance, a record type or a UAI."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from preau.errors import Place, SetAside
from preau.store.switches import Cut, Order
from preau.web.auth import Doorkeeper
from preau.web.forms import read_form
from preau.web.hub import Hub
from preau.web.limits import read_body
from preau.web.needs import OPERATE

_MOST = 4_096


class _Cut(msgspec.Struct, forbid_unknown_fields=True):
    kind: Literal["instance", "record", "uai"]
    target: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    let_withdrawals: bool = False
    reason: str = ""


def switches(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The three routes, for keys of scope `operate`."""
    router = APIRouter(prefix="/v1/switches", tags=["switches"])

    @router.get("")
    async def last(request: Request) -> dict[str, object]:
        """The last cuts, newest first; one without `resumed_at` holds."""
        await door.caller(request, OPERATE)
        return {"cuts": [_plain(each) for each in await run_in_threadpool(hub.switches.last)]}

    @router.post("", status_code=201)
    async def cut(request: Request) -> dict[str, object]:
        """Cuts it in every process at once; again for what is cut already changes nothing."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, _MOST), _Cut, _form)
        order = Order(said.kind, said.target, said.let_withdrawals, said.reason)
        return _plain(await run_in_threadpool(hub.switches.cut, order, key.actor))

    @router.post("/{number}/resume")
    async def resume(number: int, request: Request) -> dict[str, object]:
        """Lets it go on: what was kept goes first, in its order."""
        key = await door.caller(request, OPERATE)
        return _plain(await run_in_threadpool(hub.switches.resume, number, key.actor))

    return router


def _form(field: str | None, what: str) -> SetAside:
    fix = "see the example in docs/en/operators.md"
    return SetAside("SWITCH_FORM", what, where=Place(field=field), fix=fix)


def _plain(cut: Cut) -> dict[str, object]:
    said: dict[str, object] = cut._asdict()
    said["let_withdrawals"] = said.pop("withdrawals")
    return said
