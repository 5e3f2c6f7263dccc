"""Whoever leaves one directory and comes in another keeps the person it was, in either order."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.agents.matching import named
from preau.broker.topics import PERSONAL_MS

ECOLE, COLLEGE, ENT = "ecoles/1", "colleges/2", "ent/3"
FIRST, SECOND = ("11", "FIRST", "1"), ("11", "SECOND", "2")
INE, OTHER_INE = "a" * 64, "b" * 64


def arrives(registry: Any, ine: str = INE) -> Any:
    return registry.person(COLLEGE, ref=SECOND, ine=ine)


def leaves(registry: Any) -> Any:
    return registry.person(ECOLE, 2, deleted=True)


@pytest.fixture
def ecole(registry: Any, told: Any) -> str:
    """A pupil of CM2; the person it is."""
    (link,) = told(registry.step().handle([registry.person(ECOLE, ref=FIRST, ine=INE)])).values()
    return str(link["person"])


def traces(registry: Any) -> int:
    with registry.engine.connect() as connection:
        return int(connection.execute(sa.text("select count(*) from person_trace")).scalar_one())


def test_a_pupil_who_left_before_it_came_is_the_same_person(
    registry: Any, told: Any, ecole: str
) -> None:
    registry.step().handle([leaves(registry)])
    link = told(registry.step().handle([arrives(registry)]))[COLLEGE]
    assert link["person"] == ecole
    assert (link["rule"], link["evidence"]) == ("ine_digest", ["pii.ine_digest"])


def test_also_when_both_are_said_at_once(registry: Any, told: Any, ecole: str) -> None:
    links = told(registry.step().handle([arrives(registry), leaves(registry)]))
    assert links[COLLEGE]["person"] == ecole
    assert links[ECOLE]["decision"] == "UNLINKED"


def test_a_repeat_tells_the_same_bytes(registry: Any, ecole: str) -> None:
    assert ecole
    registry.step().handle([leaves(registry)])
    first = registry.step().handle([arrives(registry)])
    assert registry.step().handle([arrives(registry)]) == first


def test_another_ine_is_somebody_else(registry: Any, told: Any, ecole: str) -> None:
    registry.step().handle([leaves(registry)])
    link = told(registry.step().handle([arrives(registry, OTHER_INE)]))[COLLEGE]
    assert link["person"] != ecole
    assert link["rule"] == "alone"


def test_names_and_a_birth_date_lead_to_nobody(registry: Any, told: Any) -> None:
    who = {"family_name": "Abadie", "given_names": ["Zoé"], "birth_date": 16_500}
    step = registry.step()
    before = told(step.handle([registry.person(ECOLE, who=who)]))[ECOLE]["person"]
    step.handle([leaves(registry)])
    assert told(step.handle([registry.person(COLLEGE, who=who)]))[COLLEGE]["person"] != before
    assert traces(registry) == 0


def test_a_person_of_whom_something_is_left_is_not_given_twice(registry: Any) -> None:
    """The one that linked them is gone: without it, two are two."""
    step = registry.step()
    step.handle([registry.person(ECOLE, ref=FIRST, ine=INE), registry.person(ENT, ref=FIRST)])
    step.handle([leaves(registry)])
    step.handle([arrives(registry)])
    assert registry.people() == {frozenset({ENT}), frozenset({COLLEGE})}


def test_a_trace_is_followed_for_83_days(registry: Any, told: Any, ecole: str) -> None:
    registry.step().handle([leaves(registry)])
    registry.clock.advance(PERSONAL_MS)
    assert told(registry.step().handle([arrives(registry)]))[COLLEGE]["person"] != ecole


def test_a_trace_is_forgotten_when_the_next_one_leaves(registry: Any, ecole: str) -> None:
    assert ecole
    registry.step().handle([leaves(registry), arrives(registry, OTHER_INE)])
    assert traces(registry) == 2
    registry.clock.advance(PERSONAL_MS)
    registry.step().handle([registry.person(COLLEGE, 2, deleted=True)])
    with registry.engine.connect() as connection:
        left = connection.execute(sa.text("select distinct source from person_trace")).scalars()
        assert list(left) == [COLLEGE]


def test_whoever_is_back_leaves_no_trace(registry: Any, told: Any, ecole: str) -> None:
    registry.step().handle([leaves(registry)])
    again = told(registry.step().handle([registry.person(ECOLE, 3, ref=FIRST, ine=INE)]))
    assert again[ECOLE]["person"] == ecole
    assert traces(registry) == 0


def test_only_one_of_two_who_are_not_one_takes_the_person(registry: Any, ecole: str) -> None:
    """Both share a key with whoever left, and none with each other."""
    registry.step().handle([leaves(registry)])
    other = registry.person(ENT, ref=FIRST)
    registry.step().handle([arrives(registry), other])
    assert registry.people() == {frozenset({ENT}), frozenset({COLLEGE})}
    with registry.engine.connect() as connection:
        sql = sa.text("select count(*) from person_entry where person = :p and not deleted")
        assert connection.execute(sql, {"p": ecole}).scalar() == 1


def test_a_family_that_is_someone_already_takes_nobodys_place() -> None:
    found = named([["a/1", "b/1"]], {"a/1": "p"}, lambda: "new", {"b/1": {"ine_digest": "q"}})
    assert found == {"a/1": "p", "b/1": "p"}


pupils = st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(numbers=pupils, data=st.data())
def test_in_any_order_each_pupil_goes_up_as_itself(
    registry: Any, told: Any, numbers: list[int], data: st.DataObject
) -> None:
    registry.forget_everything()
    step = registry.step()
    june = [
        registry.person(f"ecoles/{n}", ref=("11", "FIRST", str(n)), ine=f"{n:064}") for n in numbers
    ]
    before = told(step.handle(june))
    words = [registry.person(f"ecoles/{n}", 2, deleted=True) for n in numbers]
    words += [
        registry.person(f"colleges/{n}", ref=("11", "SECOND", f"9{n}"), ine=f"{n:064}")
        for n in numbers
    ]
    september = data.draw(st.permutations(words))
    after: dict[str, Any] = {}
    while september:
        size = data.draw(st.integers(1, len(september)))
        after |= told(step.handle(september[:size]))
        september = september[size:]
    for n in numbers:
        assert after[f"colleges/{n}"]["person"] == before[f"ecoles/{n}"]["person"]
