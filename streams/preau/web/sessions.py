"""Who may see the pages: a key given once in the address becomes a cookie of this process only.

What a page changes, it changes by a form that holds a token made for that cookie: another site can
neither send the cookie (SameSite=Strict) nor know the token.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict

from fastapi import Request, Response

from preau.web.auth import Doorkeeper
from preau.web.needs import OPERATE, ApiKey

COOKIE = "preau_page"
LASTS_S = 12 * 3600
_MOST = 1_000


class Sessions:
    """Open page sessions; a revoked key closes its sessions within a second."""

    def __init__(self, door: Doorkeeper) -> None:
        self._door = door
        self._open: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._secret = secrets.token_bytes(32)

    async def begin(self, clear: str, response: Response, *, secure: bool) -> bool:
        """Sets the cookie when the key may see pages; the cookie is not the key."""
        if await self._allowed(clear) is None:
            return False
        name = secrets.token_urlsafe(32)
        self._open[name] = (time.monotonic() + LASTS_S, clear)
        if len(self._open) > _MOST:
            self._open.popitem(last=False)
        response.set_cookie(
            COOKIE, name, max_age=LASTS_S, secure=secure, httponly=True, samesite="strict"
        )
        return True

    async def may_see(self, request: Request) -> bool:
        """Whether this browser, or this Bearer key, may see the pages."""
        return await self._seer(request) is not None

    async def _seer(self, request: Request) -> ApiKey | None:
        found = self._open.get(request.cookies.get(COOKIE, ""))
        if found is not None and found[0] > time.monotonic():
            return await self._allowed(found[1])
        scheme, _, clear = request.headers.get("authorization", "").partition(" ")
        return await self._allowed(clear.strip()) if scheme.lower() == "bearer" else None

    def token(self, request: Request) -> str:
        """What the forms of a page hold for this browser's session."""
        name = request.cookies.get(COOKIE, "").encode()
        return hmac.new(self._secret, name, "sha256").hexdigest()

    async def meant(self, request: Request, token: str) -> ApiKey | None:
        """Whose form this is, when one of our pages, in an open session, sent it."""
        there = request.cookies.get(COOKIE, "") in self._open
        same = hmac.compare_digest(self.token(request).encode(), token.encode())
        return await self._seer(request) if there and same else None

    async def _allowed(self, clear: str) -> ApiKey | None:
        key = await self._door.check(clear)
        return key if key is not None and OPERATE in key.scopes else None
