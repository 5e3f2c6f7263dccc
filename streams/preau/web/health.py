"""`GET /health`: is the hub well, in one look; `GET /health/live`: does this process answer."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from preau.errors import PreauError
from preau.web.hub import Hub
from preau.web.needs import FlowState


def health(hub: Hub) -> APIRouter:
    """Both routes; they name no instance and no school, so they need no key."""
    router = APIRouter(tags=["health"])

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        """Answers while the process does."""
        return {"status": "ok"}

    @router.get("/health")
    async def well() -> JSONResponse:
        """`ok`; `late` when a step has no process; `down` (503) without Kafka or database."""
        said = await run_in_threadpool(_look, hub)
        return JSONResponse(said, 503 if said["status"] == "down" else 200)

    return router


def _look(hub: Hub) -> dict[str, object]:
    flow, database = _flow(hub), _database(hub)
    status = "ok"
    if flow is None or not database:
        status = "down"
    elif any(step.workers == 0 for step in flow.steps):
        status = "late"
    steps = [] if flow is None else [step._asdict() for step in flow.steps]
    return {
        "status": status,
        "kafka": {"reachable": flow is not None},
        "database": {"reachable": database},
        "steps": steps,
        "cut": _cuts(hub) if database else {},
        "polls": _polls(hub) if database else {},
    }


def _cuts(hub: Hub) -> Mapping[str, int]:
    """How much an operator has cut, by kind: what is cut is well, and somebody must know of it."""
    try:
        return {kind: count for kind, count in hub.accounts.cuts_by_kind().items() if count}
    except (SQLAlchemyError, PreauError, OSError):
        return {}


def _polls(hub: Hub) -> Mapping[str, int]:
    """How many ways of asking are in each state; an instance in trouble is not the hub's."""
    try:
        return {state: count for state, count in hub.accounts.polls_by_state().items() if count}
    except (SQLAlchemyError, PreauError, OSError):
        return {}


def _flow(hub: Hub) -> FlowState | None:
    try:
        return hub.flow.read()
    except PreauError:
        return None


def _database(hub: Hub) -> bool:
    try:
        hub.accounts.ping()
    except (SQLAlchemyError, PreauError, OSError):
        return False
    return True
