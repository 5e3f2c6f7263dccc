"""A September set is rehearsed on June: classes, pupils, thresholds, projects; nothing changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from preau.imports.rehearsal_pupils import degree_of
from preau.imports.rehearsed import CONTINUED, CREATED, ENDED, REUSED, Passage, ToConfirm
from preau.store import said
from preau.store.enrolments import School
from preau.store.said import SaidState
from tests.imports.conftest import Row, pupil, structure
from tests.imports.rentree import (
    COLLEGE,
    ECOLE,
    JUNE_COLLEGE,
    JUNE_ECOLE,
    SEPTEMBER_COLLEGE,
    SEPTEMBER_ECOLE,
    Rentree,
    child,
    only,
    sixth,
)


@pytest.fixture
def hub(tmp_path: Path, database: str) -> Iterator[Rentree]:
    """A hub to which nothing was said."""
    made = Rentree(tmp_path, database)
    yield made
    made.hub.engine.dispose()


@pytest.fixture
def june(hub: Rentree) -> Rentree:
    """Both directories as they are in June."""
    hub.imported("ecoles", JUNE_ECOLE)
    hub.imported("colleges", JUNE_COLLEGE)
    return hub


def test_each_class_goes_on_begins_or_ends(june: Rentree) -> None:
    school = only(june.september("colleges", SEPTEMBER_COLLEGE))
    told = {room.name: (room.fate, room.pupils, room.come, room.leave) for room in school.classes}
    assert told == {
        "6A de l'année": (REUSED, 6, 9, 6),
        "6B de l'année": (ENDED, 4, 0, 4),
        "6C de l'année": (CREATED, 0, 3, 0),
    }


def test_a_class_of_which_enough_pupils_stay_goes_on(june: Rentree) -> None:
    rows = (structure("43", "6A"), pupil(100, "6A"), pupil(101, "6A"), sixth(1))
    room, _ended = only(june.september("colleges", rows)).classes
    assert (room.fate, room.come, room.leave) == (CONTINUED, 1, 4)


def test_a_class_under_a_new_number_stands_beside_the_old_one(june: Rentree) -> None:
    school = only(june.september("ecoles", SEPTEMBER_ECOLE))
    told = {(room.name, room.fate): room.like for room in school.classes}
    assert told == {
        ("CM1 ORMES", CREATED): "CM1 ORMES",
        ("CM1 ORMES", ENDED): "CM1 ORMES",
        ("CM2 TILLEULS", ENDED): "",
    }


def test_pupils_of_the_ecole_are_recognised_by_rule(june: Rentree) -> None:
    school = only(june.september("colleges", SEPTEMBER_COLLEGE))
    assert set(school.arrivals) == {
        Passage(ECOLE, "CERTAIN", "ine_digest", 7, degrees=True),
        Passage(ECOLE, "PROBABLE", "cm2_to_6e", 1, degrees=True),
        Passage("", "UNKNOWN", "", 1, degrees=False),
    }
    assert school.to_confirm == (ToConfirm("700008", "PROBABLE", "cm2_to_6e", ECOLE),)
    assert (school.pupils, school.come, school.leave) == (10, 9, 7)


def test_a_homonym_is_only_possible(june: Rentree) -> None:
    june.imported("ecoles", (*JUNE_ECOLE, child(18, ine=False)), "02/06/2026")
    school = only(june.september("colleges", SEPTEMBER_COLLEGE))
    assert [(each.number, each.assurance) for each in school.to_confirm] == [("700008", "POSSIBLE")]


def test_another_ine_is_another_child(june: Rentree) -> None:
    rows = [row for row in SEPTEMBER_COLLEGE if row.id != "700003"]
    stranger = sixth(3)
    stranger = stranger._replace(values={**stranger.values, "ENTEleveINE": "999999999ZZ"})
    school = only(june.september("colleges", [*rows, stranger]))
    assert Passage("", "UNKNOWN", "", 2, degrees=False) in school.arrivals


def test_those_who_leave_an_ecole_are_found_at_the_college(june: Rentree) -> None:
    june.imported("colleges", SEPTEMBER_COLLEGE, "15/09/2026")
    school = only(june.september("ecoles", SEPTEMBER_ECOLE))
    assert set(school.departures) == {
        Passage(COLLEGE, "CERTAIN", "ine_digest", 7, degrees=True),
        Passage("", "UNKNOWN", "", 2, degrees=False),
    }


def test_pupils_who_left_the_ecoles_files_already_are_recognised_too(june: Rentree) -> None:
    june.imported("ecoles", SEPTEMBER_ECOLE, "15/09/2026")
    school = only(june.september("colleges", SEPTEMBER_COLLEGE))
    assert set(school.arrivals) == {
        Passage("", "CERTAIN", "ine_digest", 7, degrees=True),
        Passage("", "UNKNOWN", "", 2, degrees=False),
    }


def test_what_would_hold_the_import_is_told_with_its_school(june: Rentree) -> None:
    found = june.september("colleges", SEPTEMBER_COLLEGE)
    told = {(uai, alarm.category, alarm.many, alarm.of) for uai, alarm in found.alarms}
    assert (COLLEGE, "Eleve", 7, 10) in told


def test_a_project_is_told_who_comes_and_who_leaves(june: Rentree) -> None:
    june.project("colleges/43$6A", "colleges/43$6B")
    (project,) = june.september("colleges", SEPTEMBER_COLLEGE).projects
    assert project.title == "Défi lecture"
    assert [room.fate for room in project.classes] == [REUSED, ENDED]
    assert (project.members, project.come, project.leave) == (10, 9, 10)


def test_a_pupil_who_changes_class_inside_a_project_stays_in_it(june: Rentree) -> None:
    june.project("colleges/43$6A", "colleges/43$6B")
    moved = [pupil(number, "6A" if number == 106 else "6B") for number in range(106, 110)]
    (project,) = june.september("colleges", (*JUNE_COLLEGE[:7], *moved)).projects
    assert (project.come, project.leave) == (0, 0)


@pytest.mark.parametrize(
    ("groups", "state"), [(["other/1"], "OPEN"), (["colleges/43$6A"], "CLOSED")]
)
def test_a_project_that_is_elsewhere_or_closed_is_not_touched(
    june: Rentree, groups: list[str], state: str
) -> None:
    june.project(*groups, state=state)
    assert june.september("colleges", SEPTEMBER_COLLEGE).projects == ()


def test_a_member_by_the_ents_word_who_leaves_the_school_is_counted(june: Rentree) -> None:
    june.project("ent/77")
    (gone,) = [row for row in JUNE_COLLEGE if row.id == "700100"]
    member = {"group": "ent/77", "member": "ent/a", "member_kind": "PERSON", "role": "PUPIL"}
    june.known_as("ent/a", f"colleges/{gone.id}")
    with june.hub.engine.begin() as connection:
        points = (("group", "ent/77"), ("member", "ent/a"))
        state = SaidState("membership", "ent/1", 1, deleted=False, event_id="e", fields=member)
        said.put(connection, [state._replace(points=points)])
    (project,) = june.september("colleges", SEPTEMBER_COLLEGE).projects
    assert (project.classes, project.away) == ((), 1)


def test_nothing_is_changed(june: Rentree) -> None:
    june.project("colleges/43$6A")
    files = june.files("colleges", SEPTEMBER_COLLEGE, "15/09/2026")
    before = june.everything()
    assert june.rehearsed("colleges", files).schools
    assert june.everything() == before


def test_what_was_rehearsed_is_what_comes_true(june: Rentree) -> None:
    school = only(june.september("colleges", SEPTEMBER_COLLEGE))
    june.imported("colleges", SEPTEMBER_COLLEGE, "15/09/2026")
    now = only(june.rehearsed("colleges", june.files("colleges", SEPTEMBER_COLLEGE, "16/09/2026")))
    assert now.pupils == school.pupils + school.come - school.leave
    expected = {r.name: r.pupils + r.come - r.leave for r in school.classes if r.fate != ENDED}
    assert {room.name: room.pupils for room in now.classes} == expected
    assert {room.fate for room in now.classes} == {CONTINUED}
    assert (now.come, now.leave, now.arrivals, now.departures) == (0, 0, (), ())


def test_a_set_that_is_refused_says_why(june: Rentree) -> None:
    found = june.rehearsed("colleges", june.files("colleges", SEPTEMBER_COLLEGE, "01/05/2026"))
    assert "IMPORT_OLDER" in found.refused
    assert found.schools == ()


def test_a_first_import_is_all_new(hub: Rentree) -> None:
    school = only(hub.september("ecoles", JUNE_ECOLE))
    assert {room.fate for room in school.classes} == {CREATED}
    assert school.arrivals == (Passage("", "UNKNOWN", "", 10, degrees=False),)


def test_schools_whose_kind_nobody_says_have_the_degree_of_their_classes(hub: Rentree) -> None:
    kind = "ENTStructureTypeStruct"

    def unsaid(rows: Sequence[Row]) -> list[Row]:
        return [r._replace(values={k: v for k, v in r.values.items() if k != kind}) for r in rows]

    hub.imported("ecoles", unsaid(JUNE_ECOLE))
    hub.imported("colleges", unsaid(JUNE_COLLEGE))
    school = only(hub.september("colleges", unsaid(SEPTEMBER_COLLEGE)))
    assert Passage(ECOLE, "CERTAIN", "ine_digest", 7, degrees=True) in school.arrivals


@pytest.mark.parametrize(
    ("kind", "levels", "degree"),
    [
        ("ECOLE_PRIMAIRE", (), "FIRST"),
        ("COLLEGE", (), "SECOND"),
        ("OTHER", ("CM1", "CM2"), "FIRST"),
        ("OTHER", ("SIXIEME",), "SECOND"),
        ("OTHER", ("ULIS",), ""),
        ("LYCEE", ("SECONDE",), ""),
    ],
)
def test_the_degree_of_a_school(kind: str, levels: Sequence[str], degree: str) -> None:
    assert degree_of(School("0990001N", kind, "", ""), levels) == degree
