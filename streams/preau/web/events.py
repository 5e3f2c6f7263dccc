"""`POST /v1/events` and `POST /v1/intake/<instance>`: 202 only when Kafka has the event on disk."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from preau.errors import PreauError, TryAgain
from preau.inlets import cloudevents, http
from preau.inlets.http import Batch
from preau.inlets.intake import Accepted, Speaker
from preau.web.auth import Doorkeeper
from preau.web.hub import Hub
from preau.web.limits import MAX_BATCH, MAX_EVENT, read_body
from preau.web.needs import PUBLISH
from preau.web.problem import answer, problem
from preau.web.tally import Tally

_ANY_JSON = {"content": {"application/json": {"schema": {"type": "object"}}}, "required": True}
_CLOUD_EVENTS = {
    "content": {
        cloudevents.ONE: {"schema": {"type": "object"}},
        cloudevents.BATCH: {"schema": {"type": "array", "items": {"type": "object"}}},
    },
    "required": True,
}


def events(hub: Hub, door: Doorkeeper, tally: Tally) -> APIRouter:
    """The two routes by which vendors speak."""
    router = APIRouter(prefix="/v1", tags=["events"])

    @router.post("/events", status_code=202, openapi_extra={"requestBody": _CLOUD_EVENTS})
    async def say(request: Request) -> JSONResponse:
        """One CloudEvent, or a batch of them; each id that is accepted is in the answer."""
        speaker = await door.speaker(request, PUBLISH)
        many = _kind(request) == cloudevents.BATCH
        heard = await _request(request, MAX_BATCH if many else MAX_EVENT)
        if many:
            batch = http.events(speaker, heard, hub.clock.now_ms())
            return await _write_batch(hub, tally, speaker, batch)
        return await _write_one(hub, tally, speaker, _one(speaker, heard, hub))

    @router.post("/intake/{instance}", status_code=202, openapi_extra={"requestBody": _ANY_JSON})
    async def take(instance: str, request: Request) -> JSONResponse:
        """One event in the vendor's own form, kept byte for byte."""
        speaker = await door.speaker(request, PUBLISH, instance)
        heard = await _request(request, MAX_EVENT)
        made = http.own_body(speaker, heard, hub.clock.now_ms())
        return await _write_one(hub, tally, speaker, made)

    return router


def _one(speaker: Speaker, heard: http.Request, hub: Hub) -> Accepted:
    return http.one_event(speaker, heard, hub.clock.now_ms())


async def _write_one(hub: Hub, tally: Tally, speaker: Speaker, made: Accepted) -> JSONResponse:
    await hub.write(await hub.sealed([made.intake]))
    tally.accepted(speaker.connector, 1)
    return JSONResponse({"accepted": [{"id": made.id}]}, 202)


async def _write_batch(hub: Hub, tally: Tally, speaker: Speaker, batch: Batch) -> JSONResponse:
    """Sends every event in the batch's order; says of each what became of it."""
    letters = await hub.sealed([made.intake for _, made in batch.accepted])
    sent = await asyncio.gather(
        *(hub.write([letter]) for letter in letters), return_exceptions=True
    )
    accepted: list[dict[str, object]] = []
    refused = [_refusal(each.place, each.id, each.why) for each in batch.refused]
    late: TryAgain | None = None
    for (place, made), outcome in zip(batch.accepted, sent, strict=True):
        if outcome is None:
            accepted.append({"index": place, "id": made.id})
        elif isinstance(outcome, TryAgain):
            late = outcome
            refused.append(_refusal(place, made.id, outcome))
        else:
            raise outcome
    tally.accepted(speaker.connector, len(accepted))
    for each in refused:
        tally.refused(str(each["code"]))
    if late is not None and not accepted:
        return answer(problem(late))
    said = {"accepted": accepted, "refused": sorted(refused, key=_place)}
    return JSONResponse(said, _status(len(accepted), len(refused)))


def _refusal(place: int, event_id: str | None, why: PreauError) -> dict[str, object]:
    told = why.complaint
    said = {"index": place, "id": event_id, "code": told.code, "detail": told.what}
    extra = {"field": told.where.field, "known": list(told.known), "fix": told.fix}
    return said | {name: value for name, value in extra.items() if value}


def _place(refusal: dict[str, object]) -> int:
    return int(str(refusal["index"]))


def _status(accepted: int, refused: int) -> int:
    """202 all, 207 some (read the answer), 422 none."""
    if not refused:
        return 202
    return 207 if accepted else 422


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _request(request: Request, limit: int) -> http.Request:
    body = await read_body(request, limit)
    return http.Request(body, request.headers.get("content-type", ""), request.headers)
