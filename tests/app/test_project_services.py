"""A directory service has no place for documents, and a project's page says so once for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from preau.app.project_view import ProjectView
from preau.store import made_there, outgoing, projects
from preau.store.database import open_database, prepare
from preau.store.made_there import Alias
from preau.store.outgoing import Wanted
from tests.app.test_project_view import AT, PROJECT, SHARED_POINTS, Card, answers, put, share, state

IN_SERVICE = Wanted("annuaire", "group:g1", "p1", "GROUP_PUT", {"name": "Défi lecture"})


class Service(NamedTuple):
    """It takes the group, and people under their pseudonyms."""

    product: str = "annuaire"
    members: frozenset[str] = frozenset({"PSEUDONYM"})
    needs: Mapping[str, tuple[str, ...]] = {"GROUP_PUT": ("group", "name")}
    adults_only: bool = False


@pytest.fixture
def store(database: str) -> Iterator[sa.Engine]:
    """The project, and a document that the école's ENT shares with its group."""
    engine = open_database(database)
    prepare(engine)
    fields = {"group": "ent-ecole/g", "resource": "ent-ecole/m1", "mode": "COPY", "permission": "R"}
    document = {"title": "Règles", "kind": "DOCUMENT", "instance": "ent-ecole", "media_id": "m1"}
    put(engine, state("share", "ent-ecole/m1:g", "s1", fields, SHARED_POINTS))
    put(engine, state("resource", "ent-ecole/m1", "r1", document))
    with engine.begin() as connection:
        projects.put(connection, PROJECT)
        made_there.put(connection, [Alias("ent-ecole/g", "p1")])
    yield engine
    engine.dispose()


@pytest.fixture
def page(store: sa.Engine) -> ProjectView:
    return ProjectView(store, lambda name: Service() if name == "annuaire" else Card())


def want(store: sa.Engine, *wanted: Wanted) -> None:
    with store.begin() as connection:
        held = outgoing.of_project(connection, "p1")
        outgoing.change(connection, held, wanted, AT, lambda each: (each, True))


def test_it_is_said_to_have_no_place_for_a_document_once(
    page: ProjectView, store: sa.Engine
) -> None:
    want(store, IN_SERVICE, share(), share(to="third"))
    unplaced = [told for told in answers(page) if told[3] == "NO_DOCUMENTS"]
    assert unplaced == [("SHARE", "Règles", "REFUSED", "NO_DOCUMENTS", 1)]


def test_nothing_is_said_where_it_has_no_group_or_there_is_no_document(
    page: ProjectView, store: sa.Engine
) -> None:
    want(store, share())
    assert "NO_DOCUMENTS" not in repr(answers(page))
    want(store, IN_SERVICE)
    assert "NO_DOCUMENTS" not in repr(answers(page))
