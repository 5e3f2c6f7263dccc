"""Projects in SQL: as decided, by class, by the names that ENTs gave; who may receive, and when."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from preau.store import projects
from preau.store.projects import AUTHORISED, OPEN, Alias, Mandates, Place, Project

DAY_MS = 86_400_000
LAST_DAY = 1_814_486_400_000  # 2 July 2027 at midnight, UTC
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
    assert found.destinations() == ["college", "ecole"]


def test_only_who_authorised_is_a_destination() -> None:
    assert project("p", ECOLE, OTHER, COLLEGE).destinations() == ["ecole"]


def test_projects_are_listed_the_youngest_first(engine: sa.Engine) -> None:
    put(engine, project("p", version=1), project("q", version=3), project("r", version=2))
    with engine.connect() as connection:
        assert projects.all_ids(connection) == ["q", "r", "p"]


def test_a_class_leads_to_its_projects(engine: sa.Engine) -> None:
    put(engine, project("p", ECOLE, COLLEGE), project("q", COLLEGE), project("r", OTHER))
    with engine.connect() as connection:
        assert projects.with_classes(connection, ["aaf/6A"]) == {"p", "q"}
        assert projects.with_classes(connection, ["ecole/5121", "x/y"]) == {"p"}
        assert projects.with_classes(connection, []) == set()


def test_the_names_that_ents_gave_lead_to_the_project(engine: sa.Engine) -> None:
    names = [Alias("ecole/G7", "p"), Alias("college/g-8", "p"), Alias("ecole/G9", "q")]
    with engine.begin() as connection:
        projects.put_aliases(connection, names)
        projects.put_aliases(connection, [Alias("ecole/G9", "r")])
        assert projects.aliases(connection, ["ecole/G7", "ecole/G9", "ecole/G1"]) == {
            "ecole/G7": "p",
            "ecole/G9": "r",
        }
        assert projects.aliases_of(connection, "p") == ["college/g-8", "ecole/G7"]


def test_our_own_copies_are_known_each_as_what_it_is(engine: sa.Engine) -> None:
    """A document and a homework of one ENT may have the same number."""
    with engine.begin() as connection:
        projects.put_copies(connection, "resource", {"ecole/7"})
        projects.put_copies(connection, "resource", {"ecole/7", "ecole/8"})
        projects.put_copies(connection, "homework", {"ecole/9"})
        keys = ["ecole/7", "ecole/8", "ecole/9"]
        assert projects.copies(connection, "resource", keys) == {"ecole/7", "ecole/8"}
        assert projects.copies(connection, "homework", keys) == {"ecole/9"}


@pytest.mark.parametrize("operation", ["GROUP_PUT", "MEMBER_PUT", "SHARE_PUT"])
def test_an_instance_may_receive_while_one_of_its_establishments_agrees(
    engine: sa.Engine, operation: str
) -> None:
    put(engine, project("p", OTHER, ECOLE, COLLEGE))
    mandates = Mandates(engine)
    assert mandates.may_receive("p", "ecole", operation, LAST_DAY)
    assert not mandates.may_receive("p", "college", operation, LAST_DAY)
    assert not mandates.may_receive("p", "elsewhere", operation, LAST_DAY)
    assert not mandates.may_receive("q", "ecole", operation, LAST_DAY)


@pytest.mark.parametrize("state", ["DRAFT", "CLOSED"])
def test_nothing_is_received_for_a_project_that_is_not_open(engine: sa.Engine, state: str) -> None:
    put(engine, project("p", ECOLE, state=state))
    assert not Mandates(engine).may_receive("p", "ecole", "SHARE_PUT", LAST_DAY)


def test_nothing_is_received_after_the_last_day(engine: sa.Engine) -> None:
    put(engine, project("p", ECOLE))
    mandates = Mandates(engine)
    assert mandates.may_receive("p", "ecole", "SHARE_PUT", LAST_DAY + DAY_MS - 1)
    assert not mandates.may_receive("p", "ecole", "SHARE_PUT", LAST_DAY + DAY_MS)


def test_a_withdrawal_is_always_received(engine: sa.Engine) -> None:
    put(engine, project("p", COLLEGE, state="CLOSED"))
    mandates = Mandates(engine)
    for destination in ("college", "elsewhere"):
        assert mandates.may_receive("p", destination, "SHARE_REMOVE", LAST_DAY + 9 * DAY_MS)
