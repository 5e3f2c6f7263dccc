"""What the page of a project shows follows from the store, and names no pupil."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from preau.agents.wanted import share_entity
from preau.app.project_view import ONE_BY_ONE, ProjectView
from preau.store import made_there, outgoing, projects, said
from preau.store.database import open_database, prepare
from preau.store.made_there import Alias
from preau.store.outgoing import WAIT, Wanted
from preau.store.projects import Place, Project
from preau.store.receipts import Receipt, Receipts
from preau.store.said import SaidState
from preau.web.reading import Answer

AT = 1_791_793_800_000
ECOLE, COLLEGE = "0119001Z", "0119010J"
PLACES = (
    Place(ECOLE, "ent-ecole", "AUTHORISED", "DASEN", AT, ("ent-ecole/5121",)),
    Place(COLLEGE, "mon-ent", "PROPOSED", "", None, ("aaf/43$6A",)),
)
PROJECT = Project(
    *("p1", "g1", "Défi lecture", "Lire", "2026-10-12", "2027-07-02", "OPEN"),
    version=3,
    event_id="e3",
    created_at=AT,
    places=PLACES,
)
SHARED_POINTS = (("group", "ent-ecole/g"), ("resource", "ent-ecole/m1"))


class Card(NamedTuple):
    """A product as a recipient; it cannot take homework back."""

    product: str = "essai"
    members: frozenset[str] = frozenset({"PERSON"})
    needs: Mapping[str, tuple[str, ...]] = {"SHARE_REMOVE": (), "MEMBER_REMOVE": ()}
    adults_only: bool = False


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    engine = open_database(database)
    prepare(engine)
    with engine.begin() as connection:
        projects.put(connection, PROJECT)
    yield engine
    engine.dispose()


@pytest.fixture
def view(engine: sa.Engine) -> ProjectView:
    return ProjectView(engine, lambda _instance: Card())


Want = Callable[..., None]
Points = tuple[tuple[str, str], ...]


@pytest.fixture
def want(engine: sa.Engine) -> Want:
    """The step `projects` wants this, and nothing else any more."""

    def bring(*wanted: Wanted) -> None:
        with engine.begin() as connection:
            held = outgoing.of_project(connection, "p1")
            outgoing.change(connection, held, wanted, AT, lambda each: (each, True))

    return bring


def member(number: int, operation: str = "MEMBER_PUT", kind: str = "PERSON") -> Wanted:
    body = {} if operation == WAIT else {"group": "g1", "member_kind": kind, "local_id": number}
    return Wanted("mon-ent", f"member:g1:{number}", "p1", operation, body)


def share(key: str = "ent-ecole/m1:g", title: str = "Règles", to: str = "mon-ent") -> Wanted:
    return Wanted(to, share_entity(key, "g1"), "p1", "SHARE_PUT", {"title": title}, (), "s1")


def answer(
    engine: sa.Engine,
    wanted: Wanted,
    outcome: str,
    reason: str = "",
    version: int = 1,
    at: int = AT,
) -> None:
    event = f"{wanted.entity}:{version}:{outcome}"
    told = (event, "d", wanted.destination, "p1", wanted.entity, wanted.operation)
    Receipts(engine).put([Receipt(*told, version, outcome, reason, "", "c", at)])


def answers(view: ProjectView) -> list[tuple[Any, ...]]:
    page = view.page("p1")
    assert page is not None
    return [tuple(each)[1:6] for each in page.answers]


def state(record: str, key: str, event: str, fields: Any, points: Points = ()) -> SaidState:
    return SaidState(record, key, 1, deleted=False, event_id=event, fields=fields, points=points)


def put(engine: sa.Engine, *states: SaidState) -> None:
    with engine.begin() as connection:
        said.put(connection, states)


def test_an_unknown_project_has_no_page(view: ProjectView) -> None:
    assert view.page("p2") is None


def test_a_project_of_which_nothing_is_known_yet_has_a_page_all_the_same(view: ProjectView) -> None:
    page = view.page("p1")
    assert page is not None
    assert [(each.name, each.classes) for each in page.establishments] == [
        (ECOLE, ()),
        (COLLEGE, ()),
    ]
    assert [(each.decision, each.by, each.at) for each in page.establishments] == [
        ("AUTHORISED", "DASEN", AT),
        ("PROPOSED", "", None),
    ]
    assert (page.documents, page.answers) == ((), ())


def test_establishments_and_classes_have_their_names_and_count_their_people(
    view: ProjectView, engine: sa.Engine
) -> None:
    place = {"uai": ECOLE, "kind": "ECOLE_PRIMAIRE", "name": "École de la Blanquette"}
    room = {"kind": "CLASS", "name": "CM2 A", "levels": ["CM2"], "establishments": [ECOLE]}
    group = "ent-ecole/5121"
    roles = {"a": "PUPIL", "b": "PUPIL", "c": "TEACHER", "d": "GUARDIAN"}
    enrolled = [
        state("membership", f"m-{who}", "e", _enrolled(group, who, role), points)
        for who, role in roles.items()
        for points in [(("group", group), ("member", who))]
    ]
    listed = {"group": "aaf/43$6A", "members": [_enrolled("", "x", "PUPIL")]}
    roster = state("roster", "r", "e", listed, (("group", "aaf/43$6A"),))
    college: dict[str, Any] = {"kind": "CLASS", "name": None, "levels": [], "establishments": []}
    put(engine, state("establishment", "s", "e", place, (("uai", ECOLE),)))
    put(engine, state("group", group, "e", room), *enrolled, roster)
    put(engine, state("group", "aaf/43$6A", "e", college))
    page = view.page("p1")
    assert page is not None
    assert page.establishments[0].name == "École de la Blanquette"
    assert page.establishments[0].classes == (("CM2 A", 3),)
    assert page.establishments[1].classes == (("43$6A", 1),)


def _enrolled(group: str, member: str, role: str) -> dict[str, str]:
    return {"group": group, "member": member, "member_kind": "PERSON", "role": role}


def test_equal_answers_on_members_are_one_line_with_the_latest_moment(
    view: ProjectView, engine: sa.Engine, want: Want
) -> None:
    members = [member(1), member(2), member(3)]
    want(*members)
    answer(engine, members[0], "APPLIED", at=AT)
    answer(engine, members[1], "APPLIED", at=AT + 5)
    page = view.page("p1")
    assert page is not None
    assert page.answers == (
        Answer("mon-ent", "MEMBER", "", "APPLIED", "", 2, AT + 5),
        Answer("mon-ent", "MEMBER", "", "", "", 1, None),
    )


def test_a_pupil_without_account_is_pending_and_then_is_a_member(
    view: ProjectView, engine: sa.Engine, want: Want
) -> None:
    want(member(1, WAIT))
    assert answers(view) == [("MEMBER", "", "PENDING", "NO_ACCOUNT", 1)]
    joined = member(2)
    want(joined)
    answer(engine, joined, "APPLIED")
    assert answers(view) == [("MEMBER", "", "APPLIED", "", 1)]


def test_an_answer_to_what_was_wanted_before_is_not_the_answer_to_what_is_wanted_now(
    view: ProjectView, engine: sa.Engine, want: Want
) -> None:
    want(share())
    answer(engine, share(), "REFUSED", "MEDIA_GONE")
    assert answers(view) == [("SHARE", "Règles", "REFUSED", "MEDIA_GONE", 1)]
    want(share(title="Règles du défi"))
    assert answers(view) == [("SHARE", "Règles du défi", "", "", 1)]
    answer(engine, share(), "APPLIED", version=2)
    assert answers(view) == [("SHARE", "Règles du défi", "APPLIED", "", 1)]


def test_a_withdrawal_is_told_as_one_and_so_is_its_end(
    view: ProjectView, engine: sa.Engine, want: Want
) -> None:
    want(share(), member(1))
    want()
    assert answers(view) == [
        ("SHARE_REMOVE", "Règles", "", "", 1),
        ("MEMBER_REMOVE", "", "", "", 1),
    ]
    answer(engine, share(), "APPLIED", version=2)
    answer(engine, member(1), "PENDING", "UNREACHABLE", version=2)
    assert answers(view) == [
        ("SHARE_REMOVE", "Règles", "APPLIED", "", 1),
        ("MEMBER_REMOVE", "", "PENDING", "UNREACHABLE", 1),
    ]


def test_a_withdrawal_that_the_product_cannot_do_does_not_wait_for_ever(
    view: ProjectView, want: Want
) -> None:
    want(Wanted("mon-ent", "homework:h", "p1", "HOMEWORK_PUT", {"title": "Lire"}))
    want()
    assert answers(view) == [("HOMEWORK_REMOVE", "Lire", "REFUSED", "NOT_SUPPORTED", 1)]


def test_many_documents_with_one_answer_are_counted_and_few_are_named(
    view: ProjectView, want: Want
) -> None:
    shares = [share(f"ent-ecole/m{n}:g", f"Doc {n}") for n in range(ONE_BY_ONE + 1)]
    want(*shares[:-1])
    assert len(answers(view)) == ONE_BY_ONE
    want(*shares)
    assert answers(view) == [("SHARE", "", "", "", ONE_BY_ONE + 1)]


def test_classes_and_pupils_are_told_apart(view: ProjectView, want: Want) -> None:
    want(member(1, kind="GROUP"), member(2))
    assert [what for what, *_ in answers(view)] == ["CLASS", "MEMBER"]


@pytest.fixture
def shared(engine: sa.Engine) -> str:
    """A share said by the école's ENT in the project's group; its key."""
    key = "ent-ecole/m1:g"
    fields = {"group": "ent-ecole/g", "resource": "ent-ecole/m1", "mode": "COPY", "permission": "R"}
    document = {"title": "Règles", "kind": "DOCUMENT", "instance": "ent-ecole", "media_id": "m1"}
    put(engine, state("share", key, "s1", fields, SHARED_POINTS))
    put(engine, state("resource", "ent-ecole/m1", "r1", document))
    with engine.begin() as connection:
        made_there.put(connection, [Alias("ent-ecole/g", "p1")])
    return key


def documents(view: ProjectView) -> list[tuple[str, str]]:
    page = view.page("p1")
    assert page is not None
    return [(each.title, each.ent) for each in page.documents]


def test_a_document_is_shown_once_however_many_ents_received_it(
    view: ProjectView, want: Want, shared: str
) -> None:
    want(share(shared), share(shared, to="third"))
    assert documents(view) == [("Règles", "ent-ecole")]


def test_a_document_that_its_ent_says_again_stays_on_the_page(
    view: ProjectView, engine: sa.Engine, want: Want, shared: str
) -> None:
    want(share(shared))
    with engine.connect() as connection:
        (told,) = said.pointing(connection, "share", "group", ["ent-ecole/g"])
    again = state("share", shared, "s2", told.fields, SHARED_POINTS)
    put(engine, again._replace(version=2))
    assert documents(view) == [("Règles", "ent-ecole")]


def test_a_document_that_was_withdrawn_is_no_longer_shown_as_shared(
    view: ProjectView, want: Want, shared: str
) -> None:
    want(share(shared))
    want()
    assert documents(view) == []


def test_the_list_has_the_youngest_project_first(view: ProjectView, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        projects.put(connection, PROJECT._replace(id="p2", title="Rallye", created_at=AT + 1))
    assert [(row.title, row.establishments) for row in view.rows()] == [
        ("Rallye", 2),
        ("Défi lecture", 2),
    ]


def test_nothing_on_the_page_tells_an_account(view: ProjectView, want: Want) -> None:
    want(member(7_654_321), member(7_654_322, WAIT))
    assert "765432" not in repr(view.page("p1"))
