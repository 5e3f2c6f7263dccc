"""`/v1/projects`: an operator creates a project and records what each establishment decides."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, TypeVar

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from preau.errors import Place, SetAside
from preau.readers import json_guard
from preau.web.auth import Doorkeeper
from preau.web.hub import Hub
from preau.web.limits import MAX_EVENT, read_body
from preau.web.needs import OPERATE, Decision, Invited, NewProject
from preau.web.reading import ProjectPage

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Long = Annotated[str, msgspec.Meta(max_length=2_000)]
Uai = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{7}[A-Z]$")]
T = TypeVar("T")


class _Invited(msgspec.Struct, forbid_unknown_fields=True):
    uai: Uai
    instance: Text
    classes: Annotated[list[Text], msgspec.Meta(min_length=1, max_length=50)]


class _New(msgspec.Struct, forbid_unknown_fields=True, rename={"starts": "from", "ends": "until"}):
    title: Text
    starts: dt.date
    ends: dt.date
    participants: Annotated[list[_Invited], msgspec.Meta(min_length=2, max_length=100)]
    purpose: Long = ""


class _Decision(msgspec.Struct, forbid_unknown_fields=True):
    uai: Uai
    decision: Text
    by: Text


def projects(hub: Hub, door: Doorkeeper) -> APIRouter:
    """The three routes, for keys of scope `operate`."""
    router = APIRouter(prefix="/v1/projects", tags=["projects"])

    @router.post("", status_code=202)
    async def create(request: Request) -> JSONResponse:
        """A new project; its establishments are PROPOSED until each has decided."""
        await door.caller(request, OPERATE)
        new = _new(_read(await read_body(request, MAX_EVENT), _New))
        project, records = await run_in_threadpool(hub.projects.create, new)
        await hub.write(records)
        page = f"/projets/{project}"
        return JSONResponse(
            {"id": project, "page": page}, 202, {"Location": f"/v1/projects/{project}"}
        )

    @router.post("/{project}/decisions", status_code=202)
    async def decide(project: str, request: Request) -> JSONResponse:
        """What one establishment decides (PRINCIPAL, DIRECTOR or DASEN, each what is theirs)."""
        await door.caller(request, OPERATE)
        said = _read(await read_body(request, MAX_EVENT), _Decision)
        decision = Decision(said.uai, said.decision, said.by)
        records = await run_in_threadpool(hub.projects.decide, project, decision)
        await hub.write(records)
        return JSONResponse({"id": project}, 202)

    @router.get("/{project}")
    async def show(project: str, request: Request) -> dict[str, object]:
        """The project as its page shows it; a decision is seen a moment after its acceptance."""
        await door.caller(request, OPERATE)
        page = await run_in_threadpool(hub.projects.page, project)
        if page is None:
            raise unknown_project()
        return _plain(page)

    return router


def unknown_project() -> SetAside:
    """The refusal of a project's id that nobody has."""
    fix = "see the list of projects; a new one appears a moment after its acceptance"
    return SetAside("PROJECT_UNKNOWN", "no such project", where=Place(field="id"), fix=fix)


def _read(body: bytes, kind: type[T]) -> T:
    json_guard.check(body)
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        what, _, at = str(error).rpartition(" - at `$")
        field = at.rstrip("`").lstrip(".") if what else ""
        # msgspec tells types and field names, never values; its own words say what was expected
        shape = (what or str(error))[:200]
        fix = "see the example in docs/en/operators.md"
        raise SetAside("PROJECT_FORM", shape, where=Place(field=field or None), fix=fix) from None


def _new(said: _New) -> NewProject:
    if said.ends < said.starts:
        where, fix = Place(field="until"), "end the project after its beginning"
        raise SetAside("PROJECT_FORM", "until is before from", where=where, fix=fix)
    invited = tuple(
        Invited(each.uai, each.instance, tuple(each.classes)) for each in said.participants
    )
    return NewProject(
        said.title, said.purpose, said.starts.isoformat(), said.ends.isoformat(), invited
    )


def _plain(page: ProjectPage) -> dict[str, object]:
    said: dict[str, object] = page._asdict()
    said["establishments"] = [
        {**each._asdict(), "classes": [room._asdict() for room in each.classes]}
        for each in page.establishments
    ]
    said["documents"] = [each._asdict() for each in page.documents]
    said["answers"] = [each._asdict() for each in page.answers]
    return said
