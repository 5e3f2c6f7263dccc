"""`/ims/oneroster/rostering/v1p2`: the rosters of projects, read by their consumers.

The rostering service of OneRoster 1.2 (1EdTech, REST/JSON binding, 2022), to read only. A consumer
is an instance, and sees what is its own. Answers hold names: nobody may store them on the way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from preau.errors import Place, SetAside
from preau.outlets.oneroster.collections import ONE
from preau.outlets.oneroster.queries import Page, Query, read_fields, read_query, select
from preau.outlets.oneroster.roster import Entity
from preau.web.access_tokens import CORE, FULL, AccessTokens
from preau.web.auth import Doorkeeper
from preau.web.consumer import consumer
from preau.web.hub import Hub
from preau.web.reached import reached
from preau.web.token_route import token_route

PREFIX = "/ims/oneroster/rostering/v1p2"
_AT = Place(field="Authorization")
_COLLECTION = {one: kind for kind, one in ONE.items()}


def rosters(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The token's route, and every address of the service."""
    router, tokens = APIRouter(tags=["rosters"]), AccessTokens(hub.rosters.secret, hub.clock)
    router.include_router(token_route(door, tokens))

    @router.get(PREFIX + "/{path:path}")
    async def read(request: Request, path: str) -> Response:
        """A collection or one entity: see the OneRoster standard, or docs/en/oneroster.md."""
        instance, scopes = await consumer(request, hub, door, tokens)
        return await run_in_threadpool(_answered, request, hub, (instance, scopes), path)

    return router


def _answered(
    request: Request, hub: Hub, consumer: tuple[str, frozenset[str]], path: str
) -> Response:
    instance, scopes = consumer
    reading = hub.rosters.read(instance)
    found = reading.found(path)
    if not (FULL in scopes or (found.core and CORE in scopes)):
        fix = f"ask for the scope {FULL if not found.core else CORE}"
        known = tuple(sorted(scopes))
        what = "this token does not allow this address"
        raise SetAside("TOKEN_SCOPE", what, where=_AT, known=known, fix=fix)
    said, base = request.query_params, reached(request) + PREFIX
    if found.single:
        only = select(_with_addresses(found.entities[0], base), read_fields(said, found.kind))
        return _json({ONE[found.kind]: only})
    query = read_query(said, found.kind)
    page = reading.page(path, query)
    headers = {"X-Total-Count": str(page.total)}
    links = _links(f"{base}/{path}", dict(said), query, page)
    entities = [_with_addresses(each, base) for each in page.entities]
    return _json({found.kind: entities}, headers | ({"Link": links} if links else {}))


def _json(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    told = {"Cache-Control": "no-store", **(headers or {})}
    return Response(orjson.dumps(body), 200, told, "application/json")


def _with_addresses(entity: Entity, base: str) -> Entity:
    return {name: _addressed(value, base) for name, value in entity.items()}


def _addressed(value: object, base: str) -> object:
    if isinstance(value, list):
        return [_addressed(each, base) for each in value]
    if not isinstance(value, Mapping):
        return value
    if set(value) == {"sourcedId", "type"}:
        return {"href": f"{base}/{_COLLECTION[value['type']]}/{value['sourcedId']}", **value}
    return {name: _addressed(each, base) for name, each in value.items()}


def _links(address: str, said: Mapping[str, str], query: Query, page: Page) -> str:
    """The Link header (RFC 8288): first, prev, next and last, when there is more than one page."""
    last = max(page.total - 1, 0) // query.limit * query.limit
    offsets = {
        "first": 0,
        "prev": max(min(query.offset - query.limit, last), 0) if query.offset > 0 else None,
        "next": query.offset + query.limit if query.offset + query.limit < page.total else None,
        "last": last,
    }
    if not page.total or (offsets["prev"] is None and offsets["next"] is None):
        return ""
    return ", ".join(_link(address, said, query, at, rel) for rel, at in _there(offsets))


def _there(offsets: Mapping[str, int | None]) -> Sequence[tuple[str, int]]:
    return [(rel, at) for rel, at in offsets.items() if at is not None]


def _link(address: str, said: Mapping[str, str], query: Query, offset: int, rel: str) -> str:
    asked = {**said, "limit": str(query.limit), "offset": str(offset)}
    return f'<{address}?{urlencode(asked)}>; rel="{rel}"'
