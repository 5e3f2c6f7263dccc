"""After a change of ENT: answers, a second move, a rebuild, and who is in the project next."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from preau.agents.group_contents import contents, documents
from preau.clock import paris_day
from preau.store import projects
from preau.store.project_moves import Former
from preau.store.projects import Pick, Place
from preau.store.rights import rights_of
from tests.agents.projects.conftest import NOW, OF_CLASSES, OF_PEOPLE, PROJECT
from tests.agents.projects.life import Life
from tests.agents.projects.test_projects_moved import told

NEW, THIRD = "nouvel", "troisieme"
DATED = ("calendar_event", "homework")
SEATS = {NEW: "31", THIRD: "41"}


@pytest.fixture
def moving(opened: Any, say: Any) -> Any:
    """The école's ENT gave a document; two more ENTs are there, and say their class."""
    opened.cards |= dict.fromkeys(SEATS, OF_CLASSES)
    opened.hear(say.resource("ecole/51", "Conte"), say.share("ecole/51", "ecole/G7"))
    opened.hear(*(say.group(f"{ent}/{room}") for ent, room in SEATS.items()))
    return opened


def seat(ecole: Place, ent: str, *former: str) -> Place:
    before = tuple(Former(each, NOW) for each in former)
    return ecole._replace(instance=ent, groups=(f"{ent}/{SEATS[ent]}",), former=before)


def test_what_the_ent_before_answers_changes_nothing(
    moving: Any, say: Any, ecole: Place, college: Place
) -> None:
    gone = moving.hear(moving.project(seat(ecole, NEW, "ecole"), college, version=2))
    before = moving.holds()
    assert ("ecole", "GROUP_REMOVE") in told(gone)
    assert moving.hear(*(say.receipt(each, None) for each in gone)) == []
    moving.decided()
    assert moving.deliveries(moving.step.tick()) == []
    assert moving.holds() == before


def test_a_second_move_brings_what_was_given_from_the_first_ent_as_it_was_given(
    moving: Any, say: Any, ecole: Place, college: Place
) -> None:
    moving.hear(moving.project(seat(ecole, NEW, "ecole"), college, version=2))
    moving.hear(say.resource("ecole/51", "Dit après le départ", 2))
    there = moving.hear(moving.project(seat(ecole, THIRD, "ecole", NEW), college, version=3))
    (share,) = [
        e["body"] for e in there if (e["destination"], e["operation"]) == (THIRD, "SHARE_PUT")
    ]
    assert share["title"] == "Conte"


def test_a_school_that_joins_after_a_move_gets_what_was_given_before_it(
    moving: Any, ecole: Place, college: Place
) -> None:
    moving.hear(moving.project(seat(ecole, NEW, "ecole"), college, version=2))
    joins = Place("0119011K", THIRD, "AUTHORISED", "PRINCIPAL", NOW, (f"{THIRD}/41",))
    there = moving.hear(moving.project(seat(ecole, NEW, "ecole"), college, joins, version=3))
    assert (THIRD, "SHARE_PUT") in told(there)


def test_the_ent_before_stays_in_the_project_by_another_school(
    moving: Any, say: Any, ecole: Place, college: Place
) -> None:
    near = ecole._replace(uai="0119002A", groups=("ecole/5130",))
    moving.hear(moving.project(ecole, near, college, version=2), say.group("ecole/5130"))
    gone = moving.hear(moving.project(seat(ecole, NEW, "ecole"), near, college, version=3))
    mine = [e for e in gone if e["destination"] == "ecole"]
    assert [(e["operation"], e["body"]["local_id"]) for e in mine] == [("MEMBER_REMOVE", "5121")]
    fresh = moving.hear(say.resource("ecole/52", "Autre"), say.share("ecole/52", "ecole/G7"))
    assert told(fresh) == [("college", "SHARE_PUT"), (NEW, "SHARE_PUT")]


def test_a_rebuild_after_a_move_finds_what_was_there(
    hub: Any, say: Any, ecole: Place, college: Place
) -> None:
    hub.cards |= dict.fromkeys(SEATS, OF_CLASSES)
    life = Life(hub, say, ecole, college)
    life.begin()
    life.act("shares", 1)
    life.act("works", 1)
    life.hear(say.group(f"{NEW}/31"))
    life.hear(hub.project(seat(ecole, NEW, "ecole"), college, version=2))
    life.act("shares", 1)  # from the ENT before, and so not heard
    before, held = life.state(), hub.holds()
    assert any(ent == NEW and op == "SHARE_PUT" for (ent, _), (op, _) in held.items())
    life.rebuilt()
    assert life.state() == before
    assert hub.holds() == held
    assert hub.restarted().opening() == []


def test_who_was_picked_is_a_member_as_soon_as_the_new_ent_has_an_account(
    moving: Any, ecole: Place, college: Place
) -> None:
    """The ENT before has deleted its account meanwhile; the State's files say who it is."""
    moving.cards[NEW] = OF_PEOPLE
    moving.hear(*moving.recognise("teacher", "ecole/t-2", "aaf/9"))
    moved = seat(ecole, NEW, "ecole")._replace(picks=(Pick("ecole/t-2", "TEACHER"),))
    moving.hear(moving.project(moved, college, version=2))
    moving.hear(*moving.recognise("teacher", "ecole/t-2", deleted=True))
    there = moving.hear(*moving.recognise("teacher", f"{NEW}/t-9"))
    (member,) = [each["body"] for each in there if each["operation"] == "MEMBER_PUT"]
    assert (member["local_id"], told(there)) == ("t-9", [(NEW, "MEMBER_PUT")])


def test_a_move_asks_by_the_project_not_by_the_document(
    moving: Any, say: Any, ecole: Place, college: Place
) -> None:
    for number in range(40):
        ours = f"ecole/d{number}"
        moving.hear(say.resource(ours, f"Conte {number}"), say.share(ours, "ecole/G7"))
    asked = 0

    def note(*_: Any) -> None:
        nonlocal asked
        asked += 1

    event.listen(moving.engine, "before_cursor_execute", note)
    there = moving.hear(moving.project(seat(ecole, NEW, "ecole"), college, version=2))
    event.remove(moving.engine, "before_cursor_execute", note)
    assert told(there).count((NEW, "SHARE_PUT")) == 41
    assert asked <= 80


def test_feeds_show_what_the_ent_before_gave_in_the_words_of_then(
    moving: Any, say: Any, ecole: Place, college: Place
) -> None:
    date = {"start": NOW, "end": NOW + 1, "all_day": False, "recurrence": None}
    given = {"groups": ["ecole/G7"], "title": "Rencontre", **date}
    moving.hear(say.record("calendar_event", "ecole/8", **given))
    moving.hear(say.homework("ecole/h1", "ecole/G7"))
    before = shown(moving)
    moving.hear(moving.project(seat(ecole, NEW, "ecole"), college, version=2))
    later = {**given, "title": "Autre", "start": NOW + 3_600_000}
    moving.hear(say.record("calendar_event", "ecole/8", 2, **later))
    moving.hear(say.homework("ecole/h1", "ecole/G7", version=2, title="Autre", due=20_751))
    moving.hear(say.resource("ecole/51", "Autre", 2), say.homework("ecole/h2", "ecole/G7"))
    assert shown(moving) == before
    assert before == [
        ("calendar_event", "Rencontre", NOW),
        ("homework", "Lire le chapitre 2", 20_750),
        ("resource", "Conte", None),
    ]


def shown(hub: Any) -> list[tuple[str, str, Any]]:
    """What a feed of the project shows: dates, and documents."""
    day = paris_day(hub.clock.now_ms())
    with hub.engine.connect() as connection:
        project = projects.get(connection, PROJECT)
        assert project is not None
        seen = connection, project, rights_of(connection, project, day)
        dates = [each.said for record in DATED for each in contents(*seen, record)]
        found = [*dates, *(document for _, document in documents(*seen))]
    moments = (each.fields.get("start", each.fields.get("due")) for each in found)
    return [(s.record, s.fields["title"], at) for s, at in zip(found, moments, strict=True)]
