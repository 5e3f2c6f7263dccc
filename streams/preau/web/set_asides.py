"""`/v1/setasides`: an operator sees what was set aside by cause, sends it again, or gives it up."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from preau.agents.redrive import Preview
from preau.errors import Place, SetAside
from preau.store.set_asides import Chosen, Kept
from preau.web.auth import Doorkeeper
from preau.web.follow_up import CauseShown, SetAsideOrder
from preau.web.forms import read_form
from preau.web.hub import Hub
from preau.web.limits import MAX_EVENT, read_body
from preau.web.needs import OPERATE

MOST = 10_000
"""Refusals decided of in one call."""
Text = Annotated[str, msgspec.Meta(max_length=200)]
_MS = 9_999_999_999_999


class _Order(msgspec.Struct, forbid_unknown_fields=True):
    ids: Annotated[list[Text], msgspec.Meta(max_length=MOST)] = []
    connector: Text = ""
    instance: Text = ""
    code: Text = ""
    since: Annotated[int, msgspec.Meta(ge=0, le=_MS)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = 1_000
    dry_run: bool = False


def set_asides(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The four routes, for keys of scope `operate`; times in milliseconds since 1970."""
    router = APIRouter(prefix="/v1/setasides", tags=["set aside"])

    @router.get("")
    async def causes(request: Request) -> dict[str, object]:
        """By cause, the most frequent first; `connector`, `instance`, `code`, `since`, `state`."""
        await door.caller(request, OPERATE)
        shown = await run_in_threadpool(hub.set_asides.causes, _chosen(request))
        return {"causes": [_cause(each) for each in shown]}

    @router.get("/{id_}")
    async def show(id_: str, request: Request) -> dict[str, object]:
        """One refusal: what was found, what would be taken, where the bytes lie."""
        await door.caller(request, OPERATE)
        return _plain(await run_in_threadpool(hub.set_asides.show, id_))

    @router.post("/redrive")
    async def redrive(request: Request) -> dict[str, object]:
        """Sends again what would come through today; with `dry_run`, only tells."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, MAX_EVENT), _Order, _form)
        call, order = hub.set_asides.redrive, _order(said)
        return told(await run_in_threadpool(lambda: call(order, key.actor, dry_run=said.dry_run)))

    @router.post("/drop")
    async def drop(request: Request) -> dict[str, int]:
        """Gives the chosen ones up; with `dry_run`, only counts them."""
        key = await door.caller(request, OPERATE)
        said = read_form(await read_body(request, MAX_EVENT), _Order, _form)
        call, order = hub.set_asides.drop, _order(said)
        count = await run_in_threadpool(lambda: call(order, key.actor, dry_run=said.dry_run))
        return {"records": count}

    return router


def told(found: Preview) -> dict[str, object]:
    """A preview, or what a redrive did, as plain values."""
    return {
        **found._asdict(),
        "verdicts": dict(found.verdicts),
        "canonical": dict(found.canonical),
        "refused": dict(found.refused),
    }


def _chosen(request: Request) -> Chosen:
    said = request.query_params
    since = said.get("since", "")
    if since and not (since.isascii() and since.isdigit() and len(since) <= len(str(_MS))):
        raise _form("since", "not a whole number of milliseconds since 1970")
    texts = {name: said.get(name, "") for name in ("connector", "instance", "code", "state")}
    return Chosen(**texts, since=int(since) if since else None)


def _form(field: str | None, what: str) -> SetAside:
    fix = "see the example in docs/en/operators.md"
    return SetAside("SETASIDE_FORM", what, where=Place(field=field), fix=fix)


def _order(said: _Order) -> SetAsideOrder:
    chosen = Chosen(said.connector, said.instance, said.code, said.since or None)
    return SetAsideOrder(tuple(said.ids), chosen, said.limit)


def _cause(shown: CauseShown) -> dict[str, object]:
    return {**shown.cause._asdict(), "examples": [_plain(each) for each in shown.examples]}


def _plain(kept: Kept) -> dict[str, object]:
    return {**kept.row._asdict(), "state": kept.state}
