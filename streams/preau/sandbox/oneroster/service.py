"""Reads a hub's rostering service as readers do: everything at first, then what has changed.

It knows OneRoster 1.2's REST binding and OAuth 2.0 client credentials, follows `Link`, and begins a
collection again when its `X-Total-Count` changes between two pages. All collections are read before
anything of them is believed; what was told last in each is where its next question begins.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
from aiohttp import web

from preau.sandbox.beside import beside
from preau.sandbox.ledger import Ledger, Trace
from preau.sandbox.oneroster.held import FIELDS, REST, Body, Held

SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
PATH = "/ims/oneroster/rostering/v1p2"
TROUBLE, READINGS = "service.trouble", "service.readings"
_TIMEOUT = aiohttp.ClientTimeout(total=60)
_OK, _NO_TOKEN, _TRIES = 200, 401, 5


class Unread(Exception):
    """The service did not answer as the standard has it; says how, and nothing of what it told."""


class Service:
    """Asks when it is wanted; one reading after the other."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._held = Held(ledger)
        self._wanted = asyncio.Event()
        self._token = ""

    def aim(self, said: Mapping[str, Any]) -> None:
        """`url` of the hub, `client`, `secret`, and `limit` of a page; it then begins anew."""
        for name in ("url", "client", "secret", "limit"):
            self._ledger.set(f"service.{name}", str(said.get(name, "")))
        for kind in FIELDS:
            self._ledger.set(f"since.{kind}", "")
        self._held.stand(REST, {})

    def want(self) -> None:
        """Says that it is to be read."""
        self._wanted.set()

    def context(self, _site: web.Application) -> AsyncIterator[None]:
        """Runs beside the server, from its start to its end."""
        return beside(self._run)

    async def _run(self) -> None:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                await self._reading(session)

    async def _reading(self, session: aiohttp.ClientSession) -> None:
        trouble, told = "", dict[str, list[Body]]()
        try:
            for kind in FIELDS:
                told[kind] = await self._changes(session, kind)
        except Unread as error:
            trouble, told = str(error), {}
        except (aiohttp.ClientError, TimeoutError) as error:
            trouble, told = type(error).__name__, {}
        with self._ledger.transaction():
            for kind, entities in told.items():
                self._keep(kind, entities)
            self._ledger.set(TROUBLE, trouble)
            self._ledger.set(READINGS, str(int(self._ledger.setting(READINGS) or 0) + 1))

    async def _changes(self, session: aiohttp.ClientSession, kind: str) -> list[Body]:
        asked = {"limit": self._ledger.setting("service.limit") or "100"}
        since = self._ledger.setting(f"since.{kind}")
        if since:
            asked["filter"] = f"dateLastModified>'{since}'"
        for _ in range(_TRIES):
            found = await self._pages(session, kind, asked)
            if found is not None:
                return found
        raise Unread(f"{kind}: no two pages of one reading")

    async def _pages(
        self, session: aiohttp.ClientSession, kind: str, asked: Mapping[str, str]
    ) -> list[Body] | None:
        """Every page; None when the list changed meanwhile."""
        found: list[Body] = []
        totals: set[str] = set()
        address = f"{self._ledger.setting('service.url')}{PATH}/{kind}"
        while address:
            answer, body = await self._get(session, address, asked)
            totals.add(answer.headers.get("X-Total-Count", ""))
            found += [_checked(each) for each in _list(body, kind)]
            following = answer.links.get("next")
            address, asked = str(following["url"]) if following else "", {}
        return found if totals == {str(len({e["sourcedId"] for e in found}))} else None

    async def _get(
        self, session: aiohttp.ClientSession, address: str, asked: Mapping[str, str]
    ) -> tuple[aiohttp.ClientResponse, Any]:
        for _ in range(2):
            self._token = self._token or await self._new_token(session)
            said = {"Authorization": f"Bearer {self._token}"}
            async with session.get(address, params=asked, headers=said) as answer:
                if answer.status == _OK:
                    return answer, await _json(answer)
                if answer.status != _NO_TOKEN:
                    break
                self._token = ""  # it has ended: once more with a new one
        raise Unread(f"the service answered {answer.status}")

    async def _new_token(self, session: aiohttp.ClientSession) -> str:
        client, secret, url = (
            self._ledger.setting(f"service.{name}") for name in ("client", "secret", "url")
        )
        form = {"grant_type": "client_credentials", "scope": SCOPE}
        door = aiohttp.BasicAuth(client, secret)
        async with session.post(f"{url}/token", data=form, auth=door) as answer:
            body = await _json(answer)
            if answer.status != _OK or not isinstance(body, dict) or "access_token" not in body:
                raise Unread(f"no token: {answer.status}")
            return str(body["access_token"])

    def _keep(self, kind: str, entities: list[Body]) -> None:
        for each in entities:
            if each["status"] == "tobedeleted":
                self._held.remove(REST, kind, each["sourcedId"])
            else:
                self._held.put(REST, kind, each["sourcedId"], values(kind, each))
        if entities:
            self._ledger.set(f"since.{kind}", max(each["dateLastModified"] for each in entities))
            self._ledger.effect(Trace(), f"{kind}.read", len(entities))


def values(kind: str, entity: Body) -> Body:
    """What this reader keeps of an entity; a reference by its id, nothing said as nothing."""
    found = {name: _plain(entity.get(name, "")) for name in FIELDS[kind].values()}
    if kind == "users":
        found["roles"] = sorted([_plain(each["org"]), each["role"]] for each in entity["roles"])
    return found


def _plain(value: Any) -> Any:
    return value["sourcedId"] if isinstance(value, dict) else value


async def _json(answer: aiohttp.ClientResponse) -> Any:
    try:
        return await answer.json()
    except ValueError:
        raise Unread("no JSON") from None


def _list(body: Any, kind: str) -> list[Any]:
    found = body.get(kind) if isinstance(body, dict) else None
    if not isinstance(found, list):
        raise Unread(f"no list of {kind}")
    return found


def _checked(entity: Any) -> Body:
    wanted = ("sourcedId", "status", "dateLastModified")
    if not isinstance(entity, dict) or any(not entity.get(name) for name in wanted):
        raise Unread("an entity without its id, status or date")
    if entity["status"] not in {"active", "tobedeleted"}:
        raise Unread("a status that the standard does not know")
    return entity
