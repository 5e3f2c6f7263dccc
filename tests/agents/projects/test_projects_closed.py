"""What is not known is not allowed: a hub that cannot read a right gives nothing, and says why."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from preau.errors import Stop
from preau.store.leave import Leave
from tests.agents.projects.conftest import GROUP, PROJECT

SUB = "project-2"


def run(hub: Any, statement: str) -> None:
    with hub.engine.begin() as connection:
        connection.execute(sa.text(statement))


def may(hub: Any, project: str = PROJECT) -> bool:
    """Whether a group may be delivered there now."""
    leave = Leave(hub.engine)
    return leave.listed(project, "college", "GROUP_PUT", hub.clock.now_ms()) is not None


def again(hub: Any) -> list[dict[str, Any]]:
    """What a fresh process tells ENTs."""
    told: list[dict[str, Any]] = hub.deliveries(hub.restarted().opening())
    hub.step.acknowledged()
    return told


def test_without_mandates_that_can_be_read_nothing_is_routed_or_delivered(opened: Any) -> None:
    assert may(opened)
    run(opened, "alter table mandate rename to lost")
    for work in (lambda: may(opened), lambda: again(opened)):
        with pytest.raises(Stop) as stopped:
            work()
        assert stopped.value.code == "DATABASE_TABLES"
        assert "nothing can be decided" in str(stopped.value)
    run(opened, "alter table lost rename to mandate")
    assert may(opened)
    assert again(opened) == []


def test_a_project_whose_terms_are_lost_is_for_nothing(opened: Any) -> None:
    run(opened, "delete from project_terms")
    assert not may(opened)
    assert {each["operation"].rpartition("_")[2] for each in again(opened)} == {"REMOVE"}
    assert opened.holds() == {}


def test_a_sub_group_whose_project_is_lost_is_for_nothing(
    opened: Any, ecole: Any, college: Any
) -> None:
    opened.hear(opened.project(ecole, college, id=SUB, group=f"{GROUP}b", version=2))
    run(opened, f"update project_terms set parent = '{PROJECT}' where project = '{SUB}'")
    again(opened)
    assert again(opened) == []
    assert may(opened, SUB)
    run(opened, f"delete from project where id = '{PROJECT}'")
    assert not may(opened, SUB)
    assert {each["operation"].rpartition("_")[2] for each in again(opened)} == {"REMOVE"}
    assert opened.holds(SUB) == {}


def test_a_purpose_that_is_not_in_the_list_allows_nothing(opened: Any) -> None:
    run(opened, "update project set purpose = 'AUTRE_CHOSE'")
    assert not may(opened)
    again(opened)
    assert opened.holds() == {}


def test_an_instance_without_a_card_gets_nothing_and_is_not_asked(opened: Any) -> None:
    del opened.cards["college"]
    assert {each["destination"] for each in again(opened)} <= {"ecole"}
    assert {to for to, _ in opened.holds()} == {"college", "ecole"}
