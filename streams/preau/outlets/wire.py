"""One HTTP exchange, bounded: what leaves, and at most so many bytes of what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import aiohttp
import orjson
from yarl import URL

from preau.outlets.answer import Answer
from preau.outlets.filling import Sheet
from preau.outlets.operation import FORM, JSON, Call
from preau.outlets.outcome import Media

MAX_ANSWER = 1024 * 1024
"""Bytes of an ENT's answer that are read; more is an error of the ENT."""


class AnswerTooLarge(Exception):
    """The answer has more bytes than are read."""


async def send(
    session: aiohttp.ClientSession,
    base: URL,
    call: Call,
    sheet: Sheet,
    headers: Mapping[str, str],
    media: Media | None,
) -> Answer:
    """The ENT's answer to one call; aiohttp's errors go through."""
    url = URL(str(base).rstrip("/") + sheet.path(call), encoded=True)
    data, extra = _payload(call, sheet, media)
    async with session.request(
        call.method,
        url,
        params=sheet.query(call) or None,
        data=data,
        headers={
            "Accept": JSON if call.media_type == FORM else call.media_type,
            **headers,
            **extra,
        },
        allow_redirects=False,
    ) as answer:
        return Answer(answer.status, dict(answer.headers), _json(await read(answer, MAX_ANSWER)))


async def read(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    """The whole answer; raises `AnswerTooLarge` as soon as it passes the limit."""
    content = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        content += chunk
        if len(content) > limit:
            raise AnswerTooLarge
    return bytes(content)


def _payload(
    call: Call, sheet: Sheet, media: Media | None
) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    if media is not None:
        form = aiohttp.FormData()
        for name, text in sheet.parts(call).items():
            form.add_field(name, text)
        form.add_field(call.part, media.content, filename=media.name, content_type=media.media_type)
        return form, {}
    if call.method == "GET" or (call.method == "DELETE" and not call.body):
        return None, {}
    headers = {"Content-Type": call.media_type}
    if call.media_type == FORM:
        return urlencode(sheet.pairs(call)).encode(), headers
    return orjson.dumps(sheet.json(call)), headers


def _json(content: bytes) -> object:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
