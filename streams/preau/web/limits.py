"""What a request may cost: bytes counted while they come, seconds, headers, requests per key."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from fastapi import Request
from starlette.requests import ClientDisconnect

from preau.clock import Clock
from preau.errors import Place, SetAside
from preau.inlets.http import MAX_BATCH, MAX_EVENT

BODY_S = 10.0
MAX_HEADERS = 16_384
_KEYS_WATCHED = 10_000
__all__ = ["BODY_S", "MAX_BATCH", "MAX_EVENT", "MAX_HEADERS", "Buckets", "read_body"]


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, never more than `limit` bytes of it; raises `SetAside` with the reason."""
    _check_headers(request, limit)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                chunks.append(chunk)
    except TimeoutError:
        what = f"the body did not come within {BODY_S:.0f} s"
        raise SetAside("BODY_SLOW", what, fix="send it again, faster or in parts") from None
    except ClientDisconnect:
        raise SetAside("BODY_CUT", "the sender left", fix="send it again") from None
    return b"".join(chunks)


def _check_headers(request: Request, limit: int) -> None:
    if sum(len(name) + len(value) for name, value in request.headers.raw) > MAX_HEADERS:
        known = (f"at most {MAX_HEADERS} bytes",)
        raise SetAside("HEADER_SIZE", "too many bytes of headers", known=known, fix="send fewer")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        where = Place(field="Content-Encoding")
        fix = "send the body as it is: a small one may unpack to a huge one"
        raise SetAside("CONTENT_ENCODING", "an encoded body", where=where, fix=fix)
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared[:20]) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> SetAside:
    known = (f"at most {limit} bytes",)
    return SetAside("BODY_SIZE", "the body is too large", known=known, fix="send less at once")


class Buckets:
    """One token bucket per key: `rate` requests a second on average, `burst` at once.

    A rate of 0 lets everything through.
    """

    def __init__(self, rate: float, burst: int, clock: Clock) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, key: str) -> None:
        """Takes one token; raises `SetAside` (TOO_MANY_REQUESTS) when there is none."""
        if self._rate <= 0:
            return
        now = self._clock.now_ms()
        left, since = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate / 1000)
        self._left[key] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if len(self._left) > _KEYS_WATCHED:
            self._left.popitem(last=False)
        if left < 1:
            known = (f"{self._rate:g} requests a second",)
            fix = "wait as long as Retry-After says, or send batches"
            raise SetAside("TOO_MANY_REQUESTS", "too many requests", known=known, fix=fix)
