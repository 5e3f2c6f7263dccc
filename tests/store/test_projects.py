"""Projects in SQL: as decided, by class, by the names that ENTs gave."""

from __future__ import annotations

import sqlalchemy as sa

from preau.store import made_there, projects, taking_part
from preau.store.made_there import Alias
from preau.store.projects import AUTHORISED, OPEN, Pick, Place, Project

ECOLE = Place("0119001Z", "ecole", AUTHORISED, "DASEN", 5, ("ecole/5122", "ecole/5121"))
OTHER = Place("0119002A", "ecole", "PROPOSED", "", None, ())
COLLEGE = Place("0119010J", "college", "TRANSMITTED", "", None, ("aaf/6A",))


def project(name: str = "p", *places: Place, state: str = OPEN, version: int = 1) -> Project:
    titles = (name, f"group of {name}", "Défi lecture", "Lire", "2026-10-12", "2027-07-02")
    return Project(*titles, state, version, f"e{version}", version, places)


def put(engine: sa.Engine, *rows: Project) -> None:
    with engine.begin() as connection:
        for row in rows:
            projects.put(connection, row)


def test_a_project_comes_back_as_it_was_decided(engine: sa.Engine) -> None:
    first = project("p", ECOLE, OTHER, COLLEGE)
    put(engine, first, project("q"))
    with engine.connect() as connection:
        assert projects.get(connection, "p") == first
        assert projects.get(connection, "r") is None
        found = projects.several(connection, ["p", "q", "r"])
    assert sorted(found) == [first, project("q")]


def test_a_decision_is_written_over_the_last(engine: sa.Engine) -> None:
    put(engine, project("p", ECOLE, COLLEGE))
    agreed = COLLEGE._replace(decision=AUTHORISED, by="PRINCIPAL", at=9)
    put(engine, project("p", ECOLE, agreed, version=2))
    with engine.connect() as connection:
        found = projects.get(connection, "p")
    assert found is not None
    assert found.places == (ECOLE, agreed)
    assert (found.version, found.event_id) == (2, "e2")


def test_projects_are_listed_the_youngest_first(engine: sa.Engine) -> None:
    put(engine, project("p", version=1), project("q", version=3), project("r", version=2))
    with engine.connect() as connection:
        assert projects.all_ids(connection) == ["q", "r", "p"]


def test_a_class_leads_to_its_projects(engine: sa.Engine) -> None:
    put(engine, project("p", ECOLE, COLLEGE), project("q", COLLEGE), project("r", OTHER))
    with engine.connect() as connection:
        assert taking_part.with_classes(connection, ["aaf/6A"]) == {"p", "q"}
        assert taking_part.with_classes(connection, ["ecole/5121", "x/y"]) == {"p"}
        assert taking_part.with_classes(connection, []) == set()


def test_the_names_that_ents_gave_lead_to_the_project(engine: sa.Engine) -> None:
    names = [Alias("ecole/G7", "p"), Alias("college/g-8", "p"), Alias("ecole/G9", "q")]
    with engine.begin() as connection:
        made_there.put(connection, names)
        made_there.put(connection, [Alias("ecole/G9", "r")])
        assert made_there.groups(connection, ["ecole/G7", "ecole/G9", "ecole/G1"]) == {
            "ecole/G7": "p",
            "ecole/G9": "r",
        }
        assert made_there.of_project(connection, "p") == ["college/g-8", "ecole/G7"]


def test_our_own_copies_are_known_each_as_what_it_is(engine: sa.Engine) -> None:
    """A document and a homework of one ENT may have the same number."""
    with engine.begin() as connection:
        made_there.put_copies(connection, "resource", {"ecole/7"})
        made_there.put_copies(connection, "resource", {"ecole/7", "ecole/8"})
        made_there.put_copies(connection, "homework", {"ecole/9"})
        keys = ["ecole/7", "ecole/8", "ecole/9"]
        assert made_there.copies(connection, "resource", keys) == {"ecole/7", "ecole/8"}
        assert made_there.copies(connection, "homework", keys) == {"ecole/9"}


def test_terms_and_picked_members_come_back(engine: sa.Engine) -> None:
    picks = (Pick("college/t-1", "LEADER"), Pick("college/u-2", "PUPIL"))
    place = COLLEGE._replace(picks=picks, until="2027-09-30")
    made = project("p", ECOLE, place)._replace(
        description="Lire", convention="C-7", convention_by="DASEN", convention_on="2026-10-01"
    )
    put(engine, made)
    with engine.connect() as connection:
        assert projects.get(connection, "p") == made
        assert taking_part.with_picks(connection, ["college/u-2"]) == {"p"}
    put(engine, made._replace(places=(ECOLE, place._replace(picks=picks[:1]))))
    with engine.connect() as connection:
        assert taking_part.with_picks(connection, ["college/u-2"]) == set()


def test_a_sub_group_has_the_state_the_days_and_the_decisions_of_its_project(
    engine: sa.Engine,
) -> None:
    asked = COLLEGE._replace(decision="PROPOSED", groups=(), picks=(Pick("college/u-2", "PUPIL"),))
    branch = project("b", asked, OTHER._replace(uai="0119009H"), state="DRAFT")
    put(engine, project("p", ECOLE, COLLEGE), branch._replace(parent="p", ends="2026-10-13"))
    with engine.connect() as connection:
        found = projects.get(connection, "b")
        assert taking_part.branches(connection, ["p"]) == {"b"}
    assert found is not None
    assert (found.root, found.state, found.ends) == ("p", OPEN, "2027-07-02")
    assert [(p.uai, p.decision, p.picks) for p in found.places] == [
        (COLLEGE.uai, "TRANSMITTED", asked.picks)
    ]


def test_a_turn_is_taken_once_and_brings_the_sub_groups(engine: sa.Engine) -> None:
    put(engine, project("p", ECOLE), project("b", ECOLE)._replace(parent="p"))
    with engine.begin() as connection:
        assert not taking_part.turn_waits(connection)
        taking_part.leave_turns(connection, {"p"})
        taking_part.leave_turns(connection, {"p"})
        assert taking_part.turn_waits(connection)
        assert taking_part.take_turns(connection) == {"p", "b"}
        assert taking_part.take_turns(connection) == set()


def test_projects_are_found_by_instance_and_by_the_days_between(engine: sa.Engine) -> None:
    put(engine, project("p", ECOLE, COLLEGE), project("q", COLLEGE))
    with engine.connect() as connection:
        assert taking_part.with_instance(connection, "aaf") == {"p", "q"}
        assert taking_part.with_instance(connection, "ecole") == {"p"}
        assert taking_part.with_instance(connection, "e_ole") == set()
        found = [
            taking_part.with_edges(connection, *days)
            for days in (
                ("2026-10-11", "2026-10-12"),
                ("2026-10-12", "2026-10-13"),
                ("2027-07-02", "2027-07-03"),
            )
        ]
    assert found == [{"p", "q"}, set(), {"p", "q"}]
