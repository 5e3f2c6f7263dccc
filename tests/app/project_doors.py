"""The commands on projects and their routes."""

from __future__ import annotations

from preau.app.project_view import ProjectView
from preau.app.projects_desk import ProjectsDesk
from tests.app.door import act, read

PEOPLE = [{"uai": "0119001Z", "instance": "ent-ecole", "classes": ["5121"]}]
PROJECT = {
    "title": "Défi",
    "purpose": "RESEAU",
    "from": "2026-10-12",
    "until": "2027-07-02",
    "participants": [*PEOPLE, {"uai": "0119010J", "instance": "mon-ent"}],
}
GROUP = {"title": "Groupe A", "participants": PEOPLE}

PROJECTS = (
    act("project new FILE", "POST /v1/projects", (ProjectsDesk, "create"), PROJECT),
    act(
        "project decide p-1 0119010J AUTHORISED --by PRINCIPAL",
        "POST /v1/projects/{project}/decisions",
        (ProjectsDesk, "decide"),
        {"uai": "0119010J", "decision": "AUTHORISED", "by": "PRINCIPAL"},
        project="p-1",
    ),
    act(
        "project join p-1 FILE",
        "POST /v1/projects/{project}/participants",
        (ProjectsDesk, "join"),
        PEOPLE[0],
        project="p-1",
    ),
    act(
        "project group p-1 FILE",
        "POST /v1/projects/{project}/groups",
        (ProjectsDesk, "branch"),
        GROUP,
        project="p-1",
    ),
    act(
        "project renew p-1 2028-07-07",
        "POST /v1/projects/{project}/renewal",
        (ProjectsDesk, "renew"),
        {"until": "2028-07-07"},
        project="p-1",
    ),
    act(
        "project leaving p-1 0119001Z --until 2027-06-30",
        "POST /v1/projects/{project}/leaving",
        (ProjectsDesk, "leave"),
        {"uai": "0119001Z", "until": "2027-06-30"},
        project="p-1",
    ),
    act(
        "project move p-1 FILE",
        "POST /v1/projects/{project}/move",
        (ProjectsDesk, "move"),
        PEOPLE[0],
        project="p-1",
    ),
    act(
        "project release p-1 FILE",
        "POST /v1/projects/{project}/release",
        (ProjectsDesk, "release"),
        {"uai": "0119001Z", "classes": ["5121"], "members": ["t-1"]},
        project="p-1",
    ),
    act(
        "project close p-1",
        "POST /v1/projects/{project}/close",
        (ProjectsDesk, "close"),
        {},
        project="p-1",
    ),
    read("project list", "GET /v1/projects", (ProjectView, "rows")),
    read("project show p-1", "GET /v1/projects/{project}", (ProjectView, "page"), project="p-1"),
)
