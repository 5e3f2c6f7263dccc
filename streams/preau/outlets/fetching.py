"""Asks the ENT that has a document for its bytes, at the moment another ENT needs them.

The product's own `outlet/fetch-media.yaml` says how: the last step's answer is the document. Its
address may be absolute (`GET {step.url}`, pre-signed): then no token goes with it, and it passes
the same address guard. Nothing is kept: neither the address nor the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import aiohttp
import orjson
from yarl import URL

from preau.clock import Clock
from preau.errors import Stop
from preau.outlets.address import check_url
from preau.outlets.answer import Answer, judge, kept
from preau.outlets.filling import Missing, Sheet
from preau.outlets.operation import FETCH, JSON, LATER, Call, Operation
from preau.outlets.outcome import Media, Outcome, Parcel, Target
from preau.outlets.wire import MAX_ANSWER, AnswerTooLarge, read

MAX_MEDIA = 20 * 1024 * 1024
"""Bytes of one document that are carried from ENT to ENT."""
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,80}/[\w.+-]{1,80}")
_UNREACHABLE = Outcome(LATER, "SOURCE_UNREACHABLE", sent=False)
_GONE = Outcome("REFUSED", "MEDIA_GONE", sent=False)
_NO_BYTES = Outcome("REFUSED", "NOT_SUPPORTED", sent=False)


class Source(NamedTuple):
    """An instance that documents come from, and how its product gives them: no step, not at all."""

    target: Target
    operation: Operation
    session: aiohttp.ClientSession


class Fetching:
    """`Fetch` for every instance; `source` gives None for one that gives no documents."""

    def __init__(self, source: Callable[[str], Source | None], clock: Clock) -> None:
        self._source = source
        self._clock = clock

    async def __call__(self, instance: str, media: str) -> Media | Outcome:
        """The bytes, or the outcome of the delivery that wanted them."""
        source = self._source(instance)
        if source is None or source.operation.name != FETCH:
            return _GONE
        if not source.operation.steps:
            return _NO_BYTES
        body = {"media": media}
        parcel = Parcel("", instance, FETCH, f"media:{media}", 0, "", 0, body)
        sheet = Sheet(parcel, ("media",), {})
        try:
            return await self._steps(source, sheet)
        except AnswerTooLarge:
            return Outcome("REFUSED", "MEDIA_TOO_LARGE", sent=False)
        except (aiohttp.ClientError, TimeoutError, OSError, Stop, Missing):
            return _UNREACHABLE

    async def _steps(self, source: Source, sheet: Sheet) -> Media | Outcome:
        base = check_url(source.target.url, loopback=source.target.loopback)
        *before, last = source.operation.steps
        for step in before:
            answer, _content, _type = await self._get(source, base, step, sheet)
            if (refused := self._refused(source, step, answer)) is not None:
                return refused
            sheet.learn(kept(step, answer))
        answer, content, media_type = await self._get(source, base, last, sheet)
        if (refused := self._refused(source, last, answer)) is not None:
            return refused
        return Media(content, media_type, "document")

    def _refused(self, source: Source, step: Call, answer: Answer) -> Outcome | None:
        outcome = judge(step, answer, source.operation.retry_unit_ms, self._clock)
        if outcome is None:
            return None
        return _GONE if outcome.state == "REFUSED" else _UNREACHABLE

    async def _get(
        self, source: Source, base: URL, step: Call, sheet: Sheet
    ) -> tuple[Answer, bytes, str]:
        path = sheet.path(step)
        absolute = not path.startswith("/")
        headers = {} if absolute else _asking(source, step)
        text = path if absolute else str(base).rstrip("/") + path
        url = URL(text, encoded=True)
        if absolute:
            check_url(text, loopback=source.target.loopback)
        async with source.session.request(
            step.method, url, headers=headers, allow_redirects=False
        ) as answer:
            content = await read(answer, MAX_MEDIA)
            said = answer.content_type if _MEDIA_TYPE.fullmatch(answer.content_type) else ""
            body = _small_json(content) if said == JSON or said.endswith("+json") else None
            read_answer = Answer(answer.status, dict(answer.headers), body)
        return read_answer, content, said or "application/octet-stream"


def _asking(source: Source, step: Call) -> dict[str, str]:
    return {"Authorization": f"Bearer {source.target.secret}", "Accept": step.media_type}


def _small_json(content: bytes) -> object:
    try:
        return orjson.loads(content) if len(content) <= MAX_ANSWER else None
    except orjson.JSONDecodeError:
        return None
