"""Who calls: a Bearer key, what it allows, and for which instance. Everything else is refused."""

from __future__ import annotations

import time
from collections import OrderedDict
from hashlib import sha256
from typing import TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from preau.errors import Place, SetAside
from preau.inlets.intake import Speaker
from preau.web.hub import Hub
from preau.web.limits import Buckets
from preau.web.needs import ApiKey

#: A revoked key is refused at most this long after its revocation.
TRUST_S = 1.0
_REMEMBERED = 1_000
_LONGEST_KEY = 512
K = TypeVar("K")
V = TypeVar("V")


class Doorkeeper:
    """Checks keys; remembers good ones for a second, by their SHA-256 only."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._known: OrderedDict[bytes, tuple[float, ApiKey]] = OrderedDict()
        self._speakers: OrderedDict[str, tuple[float, Speaker]] = OrderedDict()
        self._buckets = Buckets(hub.rate, hub.burst, hub.clock)

    async def caller(self, request: Request, scope: str) -> ApiKey:
        """The key of this request; raises `SetAside` (401, 403, 429) when it may not do this."""
        scheme, _, clear = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not clear.strip():
            fix = "send Authorization: Bearer <the key shown when it was made>"
            raise SetAside("KEY_MISSING", "no API key", where=_AT, fix=fix)
        key = await self.check(clear.strip())
        if key is None:
            fix = "ask the operator for a new key: this one is unknown or revoked"
            raise SetAside("KEY_REFUSED", "the API key is not valid", where=_AT, fix=fix)
        if scope not in key.scopes:
            known = tuple(sorted(key.scopes))
            what = f"this key does not allow {scope}"
            raise SetAside("KEY_SCOPE", what, where=_AT, known=known, fix="use another key")
        self._buckets.take(sha256(clear.strip().encode()).hexdigest())
        return key

    def pace(self, key: str) -> None:
        """Counts a request of a key; raises `SetAside` when it asks too often."""
        self._buckets.take(key)

    async def check(self, clear: str) -> ApiKey | None:
        """The key that these characters open, None when they open nothing."""
        if len(clear) > _LONGEST_KEY:
            return None
        name, now = sha256(clear.encode()).digest(), time.monotonic()
        found = self._known.get(name)
        if found is not None and now - found[0] < TRUST_S:
            return found[1]
        key = await run_in_threadpool(self._hub.keys.check, clear)
        if key is None:
            self._known.pop(name, None)
            return None
        _remember(self._known, name, (now, key))
        return key

    async def speaker(self, request: Request, scope: str, instance: str | None = None) -> Speaker:
        """The instance in whose name this request speaks: the key's own, and no other."""
        key = await self.caller(request, scope)
        if not key.instance or instance not in (None, key.instance):
            fix = "use the key of that instance"
            raise SetAside("KEY_INSTANCE", "this key is another instance's", where=_AT, fix=fix)
        speaker = await self._speaker(key.instance)
        if "http" not in speaker.ways_in:
            where = Place(connector=speaker.connector, file="connector.yaml", field="ways_in")
            fix = "drop files instead, or add `http` to the card"
            what = "this connector does not speak by HTTP"
            raise SetAside("WAY_IN", what, where=where, known=speaker.ways_in, fix=fix)
        return speaker

    async def _speaker(self, name: str) -> Speaker:
        now, found = time.monotonic(), self._speakers.get(name)
        if found is not None and now - found[0] < TRUST_S:
            return found[1]
        speaker = await run_in_threadpool(self._hub.speakers.speaker, name)
        if speaker is None:
            where, fix = Place(field="instance"), "ask the operator to declare it"
            raise SetAside("INSTANCE_UNKNOWN", "no such instance", where=where, fix=fix)
        _remember(self._speakers, name, (now, speaker))
        return speaker


_AT = Place(field="Authorization")


def _remember(memory: OrderedDict[K, V], name: K, value: V) -> None:
    memory[name] = value
    memory.move_to_end(name)
    if len(memory) > _REMEMBERED:
        memory.popitem(last=False)
