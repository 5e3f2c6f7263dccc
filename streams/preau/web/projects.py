"""`/v1/projects`: an operator creates a project and records what each establishment decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from preau.broker.records import Output
from preau.errors import Place, SetAside
from preau.web.auth import Doorkeeper
from preau.web.forms import Long, Text, Uai, read_project_form
from preau.web.hub import Hub
from preau.web.idempotency import idempotency_key
from preau.web.limits import MAX_EVENT, read_body
from preau.web.needs import OPERATE
from preau.web.project_needs import (
    Convention,
    Decision,
    Invited,
    Leaving,
    NewGroup,
    NewProject,
    Picked,
    Released,
)
from preau.web.reading import ProjectPage


class _Picked(msgspec.Struct, forbid_unknown_fields=True):
    id: Text
    role: Text


class _Invited(msgspec.Struct, forbid_unknown_fields=True):
    uai: Uai
    instance: Text
    classes: Annotated[list[Text], msgspec.Meta(max_length=50)] = []
    members: Annotated[list[_Picked], msgspec.Meta(max_length=500)] = []
    directories: Annotated[list[Text], msgspec.Meta(max_length=10)] = []


class _Moving(msgspec.Struct, forbid_unknown_fields=True):
    uai: Uai
    instance: Text
    classes: Annotated[list[Text], msgspec.Meta(max_length=50)] = []
    members: Annotated[list[_Picked], msgspec.Meta(max_length=500)] = []


class _Released(msgspec.Struct, forbid_unknown_fields=True):
    uai: Uai
    classes: Annotated[list[Text], msgspec.Meta(max_length=50)] = []
    members: Annotated[list[Text], msgspec.Meta(max_length=500)] = []


class _Convention(msgspec.Struct, forbid_unknown_fields=True):
    reference: Text
    signed_by: Text
    signed_on: dt.date
    levels: Annotated[list[Text], msgspec.Meta(max_length=20)] = []


class _New(msgspec.Struct, forbid_unknown_fields=True, rename={"starts": "from", "ends": "until"}):
    title: Text
    purpose: Text
    starts: dt.date
    ends: dt.date
    participants: Annotated[list[_Invited], msgspec.Meta(min_length=2, max_length=100)]
    description: Long = ""
    convention: _Convention | None = None


class _Group(msgspec.Struct, forbid_unknown_fields=True):
    title: Text
    participants: Annotated[list[_Invited], msgspec.Meta(min_length=1, max_length=100)]


class _Decision(msgspec.Struct, forbid_unknown_fields=True):
    uai: Uai
    decision: Text
    by: Text


class _Leaving(msgspec.Struct, forbid_unknown_fields=True):
    uai: Uai
    until: dt.date


class _Renewal(msgspec.Struct, forbid_unknown_fields=True):
    until: dt.date


def projects(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The routes, for keys of scope `operate`."""
    router = APIRouter(prefix="/v1/projects", tags=["projects"])

    @router.post("", status_code=202)
    async def create(request: Request) -> JSONResponse:
        """A new project, its establishments PROPOSED; sent again with its key, the same one."""
        key = await door.caller(request, OPERATE)
        once = idempotency_key(request.headers.get("idempotency-key"))
        new = new_project(await read_body(request, MAX_EVENT))
        project, records = await run_in_threadpool(hub.projects.create, new, key.actor, once)
        await hub.write(records)
        page = f"/projets/{project}"
        return JSONResponse(
            {"id": project, "page": page}, 202, {"Location": f"/v1/projects/{project}"}
        )

    @router.post("/{project}/decisions", status_code=202)
    async def decide(project: str, request: Request) -> JSONResponse:
        """What one establishment decides (PRINCIPAL, DIRECTOR or DASEN, each what is theirs)."""
        key = await door.caller(request, OPERATE)
        said = read_project_form(await read_body(request, MAX_EVENT), _Decision)
        decision = Decision(said.uai, said.decision, said.by)
        return await _done(hub, project, hub.projects.decide, decision, key.actor)

    _told(router, hub, door)
    _life(router, hub, door)
    _places(router, hub, door)
    return router


def _told(router: APIRouter, hub: Hub, door: Doorkeeper) -> None:
    """What is shown of projects."""

    @router.get("")
    async def listed(request: Request) -> dict[str, object]:
        """Every project, the youngest first."""
        await door.caller(request, OPERATE)
        rows = await run_in_threadpool(hub.projects.rows)
        return {"projects": [each._asdict() for each in rows]}

    @router.get("/{project}")
    async def show(project: str, request: Request) -> dict[str, object]:
        """The project as its page shows it; a decision is seen a moment after its acceptance."""
        await door.caller(request, OPERATE)
        page = await run_in_threadpool(hub.projects.page, project)
        if page is None:
            raise unknown_project()
        return plain(page)


def _life(router: APIRouter, hub: Hub, door: Doorkeeper) -> None:
    """What changes a project after its creation."""

    @router.post("/{project}/participants", status_code=202)
    async def join(project: str, request: Request) -> JSONResponse:
        """One more establishment, which decides then; or more classes and members of one."""
        key = await door.caller(request, OPERATE)
        said = new_participant(await read_body(request, MAX_EVENT))
        return await _done(hub, project, hub.projects.join, said, key.actor)

    @router.post("/{project}/groups", status_code=202)
    async def branch(project: str, request: Request) -> JSONResponse:
        """A sub-group, of classes and members that the project has."""
        key = await door.caller(request, OPERATE)
        new = new_group(await read_body(request, MAX_EVENT))
        made, _ = await run_in_threadpool(hub.projects.branch, project, new, key.actor)
        return JSONResponse({"id": made}, 202)

    @router.post("/{project}/renewal", status_code=202)
    async def renew(project: str, request: Request) -> JSONResponse:
        """A later last day; each establishment keeps the old one until it decides again."""
        key = await door.caller(request, OPERATE)
        until = read_project_form(await read_body(request, MAX_EVENT), _Renewal).until.isoformat()
        return await _done(hub, project, hub.projects.renew, until, key.actor)


def _places(router: APIRouter, hub: Hub, door: Doorkeeper) -> None:
    """What an establishment does that takes part; and the end of all."""

    @router.post("/{project}/leaving", status_code=202)
    async def leave(project: str, request: Request) -> JSONResponse:
        """The last day of one establishment; its pupils who go on follow their rights."""
        key = await door.caller(request, OPERATE)
        said = read_project_form(await read_body(request, MAX_EVENT), _Leaving)
        leaving = Leaving(said.uai, said.until.isoformat())
        return await _done(hub, project, hub.projects.leave, leaving, key.actor)

    @router.post("/{project}/move", status_code=202)
    async def move(project: str, request: Request) -> JSONResponse:
        """An establishment's new ENT, in which the group and its rights go on."""
        key = await door.caller(request, OPERATE)
        said = new_place(await read_body(request, MAX_EVENT))
        return await _done(hub, project, hub.projects.move, said, key.actor)

    @router.post("/{project}/release", status_code=202)
    async def release(project: str, request: Request) -> JSONResponse:
        """Classes and picked members who take part no more."""
        key = await door.caller(request, OPERATE)
        said = whom_to_release(await read_body(request, MAX_EVENT))
        return await _done(hub, project, hub.projects.release, said, key.actor)

    @router.post("/{project}/close", status_code=202)
    async def close(project: str, request: Request) -> JSONResponse:
        """The end: everything is withdrawn from every ENT."""
        key = await door.caller(request, OPERATE)
        return await _done(hub, project, hub.projects.close, key.actor)


async def _done(
    hub: Hub, project: str, command: Callable[..., list[Output]], *said: object
) -> JSONResponse:
    records = await run_in_threadpool(command, project, *said)
    await hub.write(records)
    return JSONResponse({"id": project}, 202)


def new_project(body: bytes) -> NewProject:
    """What a JSON text says of a new project; raises `SetAside` (PROJECT_FORM, JSON_…)."""
    return _new(read_project_form(body, _New))


def new_participant(body: bytes) -> Invited:
    """What a JSON text says of one participant; raises `SetAside` as `new_project` does."""
    return _invited(read_project_form(body, _Invited))


def new_place(body: bytes) -> Invited:
    """What a JSON text says of an establishment's new ENT; raises `SetAside` as `new_project`."""
    said = read_project_form(body, _Moving)
    return _invited(_Invited(said.uai, said.instance, said.classes, said.members))


def whom_to_release(body: bytes) -> Released:
    """What a JSON text says of who takes part no more; raises `SetAside` as `new_project`."""
    said = read_project_form(body, _Released)
    return Released(said.uai, tuple(said.classes), tuple(said.members))


def new_group(body: bytes) -> NewGroup:
    """What a JSON text says of a sub-group; raises `SetAside` as `new_project` does."""
    said = read_project_form(body, _Group)
    return NewGroup(said.title, tuple(map(_invited, said.participants)))


def _invited(said: _Invited) -> Invited:
    members = tuple(Picked(each.id, each.role) for each in said.members)
    seat = (said.uai, said.instance, tuple(said.classes), members)
    return Invited(*seat, tuple(said.directories))


def unknown_project() -> SetAside:
    """The refusal of a project's id that nobody has."""
    fix = "see the list of projects; a new one appears a moment after its acceptance"
    return SetAside("PROJECT_UNKNOWN", "no such project", where=Place(field="id"), fix=fix)


def _new(said: _New) -> NewProject:
    if said.ends < said.starts:
        where, fix = Place(field="until"), "end the project after its beginning"
        raise SetAside("PROJECT_FORM", "until is before from", where=where, fix=fix)
    return NewProject(
        *(said.title, said.purpose, said.starts.isoformat(), said.ends.isoformat()),
        participants=tuple(map(_invited, said.participants)),
        description=said.description,
        convention=None if said.convention is None else _terms(said.convention),
    )


def _terms(said: _Convention) -> Convention:
    signed = (said.reference, said.signed_by, said.signed_on.isoformat())
    return Convention(*signed, tuple(said.levels))


def plain(page: ProjectPage) -> dict[str, object]:
    """A project's page as plain values."""
    said: dict[str, object] = page._asdict()
    said["establishments"] = [
        {
            **each._asdict(),
            "classes": [room._asdict() for room in each.classes],
            "advice": [one._asdict() for one in each.advice],
        }
        for each in page.establishments
    ]
    said["documents"] = [each._asdict() for each in page.documents]
    said["answers"] = [each._asdict() for each in page.answers]
    said["gaps"] = [each._asdict() for each in page.gaps]
    return said
