"""What people rule is believed before keys and likeness, told with who ruled, and can be undone."""

from __future__ import annotations

from typing import Any

import pytest

from preau.agents.ruled import key_digest
from preau.agents.ruling_record import told as record
from preau.broker.records import Arrival
from preau.broker.topics import DAY_MS
from preau.store import rulings
from preau.store.persons import MatchKey
from preau.store.rulings import APART, DIFFERENT, SAME, Ruling

ECOLE, COLLEGE, ENT, OTHER = "ecoles/1", "colleges/2", "ent/3", "ent/4"
INE, OTHER_INE = "a" * 64, "b" * 64
NOW = 1_791_793_800_000


def ruling(kind: str, left: str, *right: str, id_: str = "r1", **more: Any) -> Ruling:
    rule = "" if kind == APART else "cm2_to_6e"
    keys = tuple(key_digest(key) for key in more.pop("keys", ()))
    return Ruling(id_, kind, (left,), right, rule, keys, "PRINCIPAL", NOW, **more)


def undone(held: Ruling) -> Ruling:
    return held._replace(undone_by="DIRECTOR", undone_at=NOW + 1, version=2)


def heard(ruled: Ruling) -> Arrival:
    """The ruling as Kafka brings it."""
    output = record(ruled)
    return Arrival(output.topic, 0, 0, output.key, output.value, {})


def apart(source: str, *others: str, ine: str = INE, id_: str = "r1") -> Ruling:
    return ruling(APART, source, *others, keys=[MatchKey(source, "ine_digest", ine)], id_=id_)


@pytest.fixture
def two(registry: Any) -> Any:
    """A hub that knows two pupils without anything certain."""
    registry.step().handle([registry.person(ECOLE), registry.person(COLLEGE)])
    return registry


@pytest.fixture
def one(registry: Any) -> Any:
    """A hub where a wrong INE makes three sources one person."""
    registry.step().handle([registry.person(s, ine=INE) for s in (ECOLE, COLLEGE, ENT)])
    return registry


def test_two_who_are_confirmed_are_one_and_the_link_tells_by_whom(two: Any, told: Any) -> None:
    links = told(two.step().handle([heard(ruling(SAME, ECOLE, COLLEGE))]))
    assert two.people() == {frozenset({ECOLE, COLLEGE})}
    assert links[ECOLE]["person"] == links[COLLEGE]["person"]
    assert {each["confirmed_by"] for each in links.values()} == {"PRINCIPAL"}
    assert {each["assurance"] for each in links.values()} == {"PROBABLE"}
    assert links[ECOLE]["evidence"][-1] == "group.levels"


def test_a_confirmation_that_comes_before_the_people_waits_for_them(registry: Any) -> None:
    step = registry.step()
    assert step.handle([heard(ruling(SAME, ECOLE, COLLEGE))]) == []
    step.handle([registry.person(ECOLE)])
    step.handle([registry.person(COLLEGE)])
    assert registry.people() == {frozenset({ECOLE, COLLEGE})}


def test_what_was_confirmed_and_is_undone_is_as_it_was_before(two: Any) -> None:
    before = entries(two)
    confirmed = ruling(SAME, ECOLE, COLLEGE)
    two.step().handle([heard(confirmed)])
    two.step().handle([heard(undone(confirmed))])
    assert entries(two) == before


def entries(registry: Any) -> dict[str, str]:
    """Source → person, the hub's own ids."""
    with registry.engine.connect() as connection:
        rows = connection.exec_driver_sql("select source, person from person_entry").all()
    return dict(map(tuple, rows))


def test_a_confirmation_goes_over_to_the_next_entry_of_the_same_child(registry: Any) -> None:
    """The école's file forgets the pupil; its account in the ENT stays."""
    step = registry.step()
    step.handle([registry.person(s, ine=INE) for s in (ECOLE, ENT)])
    both = ruling(SAME, ECOLE, COLLEGE)._replace(left=(ECOLE, ENT))
    step.handle([registry.person(COLLEGE), heard(both)])
    step.handle([registry.person(ECOLE, 2, deleted=True)])
    assert registry.people() == {frozenset({ENT, COLLEGE})}


def test_what_is_certain_anyway_needs_no_word(two: Any, told: Any) -> None:
    step = two.step()
    step.handle([heard(ruling(SAME, ECOLE, COLLEGE))])
    said = [two.person(s, 2, ine=INE) for s in (ECOLE, COLLEGE)]
    links = told(step.handle(said))
    assert {each["rule"] for each in links.values()} == {"ine_digest"}
    assert {each["confirmed_by"] for each in links.values()} == {None}


def test_who_is_set_apart_stands_alone_whatever_the_key_says(one: Any, told: Any) -> None:
    links = told(one.step().handle([heard(apart(ENT, ECOLE, COLLEGE))]))
    assert one.people() == {frozenset({ECOLE, COLLEGE}), frozenset({ENT})}
    assert (links[ENT]["rule"], links[ENT]["confirmed_by"]) == ("set_apart", "PRINCIPAL")
    assert links[ENT]["person"] != links[ECOLE]["person"]


def test_who_comes_later_with_the_same_key_joins_the_others(one: Any) -> None:
    step = one.step()
    step.handle([heard(apart(ENT, ECOLE, COLLEGE))])
    gone = [one.person(s, 2, deleted=True) for s in (ECOLE, COLLEGE)]
    step.handle([one.person(OTHER, ine=INE), *gone])
    assert one.people() == {frozenset({OTHER}), frozenset({ENT})}


def test_a_key_that_is_put_right_is_believed(one: Any) -> None:
    step = one.step()
    step.handle([heard(apart(ENT, ECOLE, COLLEGE)), one.person(OTHER, ine=OTHER_INE)])
    step.handle([one.person(ENT, 2, ine=OTHER_INE)])
    assert one.people() == {frozenset({ECOLE, COLLEGE}), frozenset({ENT, OTHER})}


def test_nobody_leads_back_to_those_it_was_set_apart_from(one: Any) -> None:
    """A fourth entry shares a number with the one and the INE with the others."""
    step = one.step()
    step.handle([heard(apart(ENT, ECOLE, COLLEGE))])
    number = ("11", "FIRST", "7")
    step.handle([one.person(OTHER, ine=INE, ref=number), one.person(ENT, 2, ref=number)])
    assert one.people() == {frozenset({ECOLE, COLLEGE, OTHER}), frozenset({ENT})}
    step.handle([one.person(OTHER, 2, ref=number)])
    assert one.people() == {frozenset({ECOLE, COLLEGE}), frozenset({ENT, OTHER})}


def test_a_split_that_is_undone_believes_the_key_again(one: Any) -> None:
    before = entries(one)
    split = apart(ENT, ECOLE, COLLEGE)
    one.step().handle([heard(split)])
    one.step().handle([heard(undone(split))])
    assert entries(one) == before


def test_the_state_of_a_ruling_that_is_newer_counts_in_either_order(two: Any) -> None:
    confirmed = ruling(SAME, ECOLE, COLLEGE)
    two.step().handle([heard(undone(confirmed)), heard(confirmed)])
    assert two.people() == {frozenset({ECOLE}), frozenset({COLLEGE})}


def test_two_who_were_refused_are_not_made_one_by_way_of_a_third(registry: Any) -> None:
    step = registry.step()
    step.handle([registry.person(s) for s in (ECOLE, COLLEGE, ENT)])
    said = [
        ruling(DIFFERENT, ECOLE, ENT, id_="r1"),
        ruling(SAME, ECOLE, COLLEGE, id_="r2"),
        ruling(SAME, COLLEGE, ENT, id_="r3"),
    ]
    step.handle([heard(each) for each in said])
    assert registry.people() == {frozenset({ECOLE, COLLEGE}), frozenset({ENT})}


def test_what_is_certain_makes_one_of_two_who_were_refused(two: Any) -> None:
    step = two.step()
    step.handle([heard(ruling(DIFFERENT, ECOLE, COLLEGE))])
    step.handle([two.person(s, 2, ine=INE) for s in (ECOLE, COLLEGE)])
    assert two.people() == {frozenset({ECOLE, COLLEGE})}


def write(registry: Any, ruled: Ruling) -> None:
    """As the desk writes it, before Kafka knows."""
    with registry.engine.begin() as connection:
        rulings.put(connection, [ruled])


def topics(outputs: Any) -> list[str]:
    return sorted(each.topic for each in outputs)


def test_a_ruling_whose_record_never_left_is_told_by_the_next_process(two: Any) -> None:
    write(two, ruling(SAME, ECOLE, COLLEGE))
    step = two.step()
    first = step.opening()
    assert "preau.ruling" in topics(first)
    assert two.people() == {frozenset({ECOLE, COLLEGE})}
    assert two.step().opening() == first  # it died before Kafka had them
    step.acknowledged()
    assert two.step().opening() == []


def test_a_ruling_is_said_again_before_kafka_forgets_it(two: Any) -> None:
    step = two.step()
    step.handle([heard(ruling(SAME, ECOLE, COLLEGE))])
    step.acknowledged()
    two.clock.advance(29 * DAY_MS)
    assert topics(step.handle([two.person(ECOLE, 2)])) == ["preau.link"]
    two.clock.advance(2 * DAY_MS)
    assert topics(step.handle([two.person(ECOLE, 3)])).count("preau.ruling") == 1
    assert "preau.ruling" not in topics(step.handle([two.person(ECOLE, 4)]))


def test_a_ruling_on_whoever_is_gone_is_forgotten_with_them(two: Any) -> None:
    step = two.step()
    step.handle([heard(ruling(SAME, ECOLE, COLLEGE))])
    step.handle([two.person(s, 2, deleted=True) for s in (ECOLE, COLLEGE)])
    step.acknowledged()
    two.clock.advance(84 * DAY_MS)
    two.step().opening()
    with two.engine.connect() as connection:
        assert rulings.every(connection) == []


def test_a_hub_that_was_closed_all_summer_still_knows_what_was_ruled(two: Any) -> None:
    step = two.step()
    step.handle([heard(ruling(SAME, ECOLE, COLLEGE))])
    step.acknowledged()
    two.clock.advance(100 * DAY_MS)
    fresh = two.step()
    assert "preau.ruling" in topics(fresh.opening())
    fresh.handle([two.person(ECOLE, 2, ref=("11", "FIRST", "1"))])
    assert two.people() == {frozenset({ECOLE, COLLEGE})}


def test_a_repeat_tells_the_same_bytes(two: Any) -> None:
    batch = [heard(ruling(SAME, ECOLE, COLLEGE))]
    first = two.step().handle(batch)
    two.clock.advance(5_000)
    assert two.step().handle(batch) == first
