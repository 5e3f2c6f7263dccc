"""What a person may rule of who is who, what each refusal says, and what is then known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from preau.canon.codec import decode
from preau.errors import SetAside
from preau.store.database import open_database, prepare
from tests.app.identity_house import House

ECOLE, COLLEGE, ENT, OTHER = "ecoles/1", "colleges/2", "ent/3", "ailleurs/4"
ACTOR = "key:0123"


@pytest.fixture
def house(database: str) -> Iterator[House]:
    engine = open_database(database)
    prepare(engine)
    yield House(engine)
    engine.dispose()


@pytest.fixture
def pair(house: House) -> str:
    """A PROBABLE pair: a CM2 and a 6e of one name; its id."""
    house.know(ECOLE, COLLEGE)
    house.enrol(ECOLE, "CM2")
    house.enrol(COLLEGE, "SIXIEME")
    (found,) = house.desk.review()
    return found.id


def test_a_confirmed_pair_is_one_person_and_waits_no_longer(house: House, pair: str) -> None:
    house.hear(house.desk.confirm(pair, "PRINCIPAL", ACTOR))
    assert house.people() == {frozenset({ECOLE, COLLEGE})}
    assert house.desk.review() == []
    assert house.acts() == [(ACTOR, "identity.confirmed", "PRINCIPAL")]


def test_the_record_says_the_role_and_the_evidence_and_no_value(house: House, pair: str) -> None:
    _, (record,) = house.desk.confirm(pair, "PRINCIPAL", ACTOR)
    value = decode(record.value or b"").value
    assert (record.topic, value["kind"], value["ruled_by"]) == ("preau.ruling", "SAME", "PRINCIPAL")
    assert value["evidence"][-1] == "group.levels"
    assert record.key == value["ruling"].encode()


def test_the_id_of_a_pair_stays_when_one_of_the_two_gets_another_account(
    house: House, pair: str
) -> None:
    house.know(ENT, person=f"p-{ECOLE}")
    assert [each.id for each in house.desk.review()] == [pair]


def test_a_refused_pair_is_shown_no_more(house: House, pair: str) -> None:
    house.hear(house.desk.refuse(pair, "DIRECTOR", ACTOR))
    assert house.desk.review(possible=True) == []
    assert len(house.people()) == 2
    assert house.acts() == [(ACTOR, "identity.refused", "DIRECTOR")]


def test_a_refusal_that_is_undone_shows_the_pair_again(house: House, pair: str) -> None:
    id_ = house.hear(house.desk.refuse(pair, "DIRECTOR", ACTOR))
    house.hear(house.desk.undo(id_, "PRINCIPAL", ACTOR))
    assert [each.id for each in house.desk.review()] == [pair]
    assert house.acts()[-1] == (ACTOR, "identity.undone", "PRINCIPAL")


def test_refusing_a_homonym_makes_the_other_probable(house: House, pair: str) -> None:
    house.know(OTHER)
    assert house.desk.review() == []
    for each in house.desk.review(possible=True):
        if OTHER in each.left.sources + each.right.sources:
            house.desk.refuse(each.id, "DIRECTOR", ACTOR)
    assert [each.id for each in house.desk.review()] == [pair]


def test_an_answer_that_was_lost_is_the_same_ruling(house: House, pair: str) -> None:
    first = house.desk.confirm(pair, "PRINCIPAL", ACTOR)
    house.clock.advance(5_000)
    assert house.desk.confirm(pair, "PRINCIPAL", ACTOR) == first
    assert len(house.acts()) == 1
    undone = house.desk.undo(first[0], "PRINCIPAL", ACTOR)
    assert house.desk.undo(first[0], "PRINCIPAL", ACTOR) == undone
    assert len(house.acts()) == 2


@pytest.fixture
def wrong(house: House) -> House:
    """Three sources that one INE makes one person."""
    house.know(ECOLE, COLLEGE, ENT, person="p", ine="i" * 64)
    return house


def test_a_source_that_is_split_is_alone_and_the_key_is_believed_of_the_others(
    wrong: House,
) -> None:
    id_ = wrong.hear(wrong.desk.split(ENT, "PRINCIPAL", ACTOR))
    assert wrong.people() == {frozenset({ECOLE, COLLEGE}), frozenset({ENT})}
    (ruling,) = wrong.desk.rulings()
    assert [key.partition(":")[0] for key in ruling.keys] == ["ine_digest"]
    assert wrong.desk.review(possible=True) == []
    wrong.hear(wrong.desk.undo(id_, "PRINCIPAL", ACTOR))
    assert wrong.people() == {frozenset({ECOLE, COLLEGE, ENT})}


def test_a_ruling_is_not_known_to_kafka_before_the_step_has_heard_it(wrong: House) -> None:
    """The process that ruled dies before it publishes: the next start of the step finds it."""
    wrong.desk.split(ENT, "PRINCIPAL", ACTOR)
    assert "preau.ruling" in {each.topic for each in wrong.step.opening()}
    assert wrong.people() == {frozenset({ECOLE, COLLEGE}), frozenset({ENT})}


def refusal(call: object, *arguments: str) -> str:
    with pytest.raises(SetAside) as refused:
        call(*arguments, ACTOR)  # type: ignore[operator] # a method of the desk
    return refused.value.code


def test_what_cannot_be_ruled_says_why_and_leaves_nothing(house: House, pair: str) -> None:
    desk = house.desk
    assert refusal(desk.confirm, "none", "PRINCIPAL") == "PAIR_UNKNOWN"
    assert refusal(desk.split, ECOLE, "PRINCIPAL") == "SOURCE_ALONE"
    assert refusal(desk.split, "x/y", "PRINCIPAL") == "SOURCE_UNKNOWN"
    assert refusal(desk.undo, "none", "PRINCIPAL") == "RULING_UNKNOWN"
    for call in (desk.confirm, desk.refuse, desk.split, desk.undo):
        assert refusal(call, pair, "Mme Martin") == "ROLE_REFUSED"
    house.know(OTHER)
    (first, *_) = desk.review(possible=True)
    assert refusal(desk.confirm, first.id, "PRINCIPAL") == "PAIR_POSSIBLE"
    assert house.acts() == []
    assert desk.rulings() == []
