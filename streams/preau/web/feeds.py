"""`/flux/<address>`: what a teacher's calendar and feed programs read of a project.

The address is the key, as these programs can send no other: it stands in no answer, no log and no
link, and whoever asks too often waits like any other caller.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from preau.outlets import atom, icalendar
from preau.web.auth import Doorkeeper
from preau.web.hub import Hub

CALENDAR, DOCUMENTS = "agenda.ics", "ressources.atom"
HEADERS = {
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "none",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_METHODS = ["GET", "HEAD"]


def feeds(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The two files of an address."""
    router = APIRouter(prefix="/flux", tags=["feeds"])

    @router.api_route(f"/{{address}}/{CALENDAR}", methods=_METHODS, include_in_schema=False)
    async def calendar(address: str, request: Request) -> Response:
        """The dates and homework of the project, as iCalendar."""
        body = await _read(door, address, hub.feeds.calendar)
        return unless_known(request, body, icalendar.MEDIA_TYPE)

    @router.api_route(f"/{{address}}/{DOCUMENTS}", methods=_METHODS, include_in_schema=False)
    async def documents(address: str, request: Request) -> Response:
        """The documents of the project, as Atom."""
        body = await _read(door, address, hub.feeds.documents)
        return unless_known(request, body, atom.MEDIA_TYPE)

    return router


async def _read(door: Doorkeeper, address: str, read: Callable[[str], bytes]) -> bytes:
    door.pace(sha256(address.encode()).hexdigest())
    return await run_in_threadpool(read, address)


def unless_known(request: Request, body: bytes, media_type: str) -> Response:
    """The body, or 304 for whoever has it already (RFC 9110 §13.1.2)."""
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {**HEADERS, "ETag": tag}
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    if "*" in known or tag in {each.removeprefix("W/") for each in known}:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
