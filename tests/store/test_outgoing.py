"""What each ENT is to hold: versions that grow, withdrawals, what Kafka lacks, what is answered."""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.store import outgoing
from preau.store.outgoing import WAIT, Answer, Row, Wanted
from tests.store.plans import Explained

NOW = 1_791_793_800_000
PROJECT = "p"


def group(name: str = "Défi", destination: str = "ecole") -> Wanted:
    return Wanted(destination, "group:g", PROJECT, "GROUP_PUT", {"name": name}, (), "c")


def share(title: str = "Conte", number: int = 1) -> Wanted:
    body = {"title": title}
    return Wanted("ecole", f"share:{number}", PROJECT, "SHARE_PUT", body, ("group:g",), "c")


def member(operation: str = "MEMBER_PUT", local: str = "7") -> Wanted:
    return Wanted("ecole", f"member:{local}", PROJECT, operation, {}, (), "c", local)


def anything(wanted: Wanted) -> tuple[Wanted, bool]:
    return wanted, True


def bring(connection: sa.Connection, *wanted: Wanted, now: int = NOW) -> list[Row]:
    """Brings the whole project there; what was not handed over yet."""
    held = outgoing.of_project(connection, PROJECT)
    last = max((row.seq for row in held), default=0)
    outgoing.change(connection, held, wanted, now, anything)
    return outgoing.unsent(connection, last)


def said_again(connection: sa.Connection, *wanted: Wanted) -> list[Row]:
    """The source says the same of these once more; what was not handed over yet."""
    held = outgoing.of_project(connection, PROJECT)
    again = {each.entity for each in wanted}
    outgoing.change(connection, held, wanted, NOW + 9, anything, again)
    return outgoing.unsent(connection, max(row.seq for row in held))


def answered(connection: sa.Connection, *answers: Answer) -> None:
    outgoing.answer(connection, answers, NOW + 7)


def test_what_is_wanted_waits_to_be_sent(connection: sa.Connection) -> None:
    first, second = bring(connection, group(), share())
    assert first == Row(*group(), version=1, occurred_at=NOW, seq=1)
    assert second == Row(*share(), version=1, occurred_at=NOW, seq=2)


def test_what_is_wanted_already_changes_nothing(connection: sa.Connection) -> None:
    bring(connection, group(), share())
    again = [group()._replace(cause="later"), share()]
    assert bring(connection, *again, now=NOW + 5) == []
    assert outgoing.of_project(connection, PROJECT)[0].cause == "c"


def test_a_change_is_a_new_version_with_its_own_time(connection: sa.Connection) -> None:
    bring(connection, group(), share())
    (row,) = bring(connection, group("Autre"), share(), now=NOW + 5)
    assert (row.entity, row.version, row.occurred_at, row.seq) == ("group:g", 2, NOW + 5, 3)


def test_what_is_not_wanted_any_more_is_withdrawn_once(connection: sa.Connection) -> None:
    bring(connection, group(), share())
    (row,) = bring(connection, group())
    assert (row.operation, row.version, row.body) == ("SHARE_REMOVE", 2, {"title": "Conte"})
    assert row.parents == ()
    assert bring(connection, group()) == []
    (back,) = bring(connection, group(), share())
    assert (back.operation, back.version) == ("SHARE_PUT", 3)


def test_a_withdrawal_says_only_what_it_may(connection: sa.Connection) -> None:
    bring(connection, share())

    def nothing(wanted: Wanted) -> tuple[Wanted, bool]:
        return wanted._replace(body={}), False

    held = outgoing.of_project(connection, PROJECT)
    assert outgoing.change(connection, held, [], NOW, nothing) == 1
    (row,) = outgoing.of_project(connection, PROJECT)
    assert (row.operation, row.body) == ("SHARE_REMOVE", {})
    assert outgoing.unsent(connection, 1) == []


def test_who_waits_for_an_account_is_kept_and_never_sent(connection: sa.Connection) -> None:
    assert bring(connection, member(WAIT)) == []
    assert [row.operation for row in outgoing.of_people(connection, PROJECT)] == [WAIT]
    assert bring(connection) == []
    assert [row.operation for row in outgoing.of_people(connection, PROJECT)] == [
        "MEMBER_WAIT_REMOVE"
    ]
    (row,) = bring(connection, member())
    assert (row.operation, row.version) == ("MEMBER_PUT", 3)


def test_what_kafka_has_is_not_sent_again(connection: sa.Connection) -> None:
    bring(connection, group(), share())
    outgoing.mark_sent(connection, 1)
    assert [row.seq for row in outgoing.unsent(connection, 0)] == [2]
    outgoing.mark_sent(connection, 2)
    assert outgoing.unsent(connection, 0) == []
    bring(connection, group("Autre"), share())
    assert [row.seq for row in outgoing.unsent(connection, 0)] == [3]


def test_destinations_do_not_share_versions(connection: sa.Connection) -> None:
    bring(connection, group(), group(destination="college"))
    (row,) = bring(connection, group(), group("Autre", "college"))
    assert (row.destination, row.version) == ("college", 2)


def test_rows_are_found_by_project_entity_and_member(connection: sa.Connection) -> None:
    bring(connection, group(), member(), share(number=1), share(number=2))
    other = Wanted("ecole", "member:7", "q", "MEMBER_PUT", {}, (), "c", "8")
    outgoing.change(connection, [], [other._replace(entity="member:q:8")], NOW, anything)
    found = outgoing.of_entities(connection, PROJECT, ["share:2", "share:3", "member:q:8"])
    assert [row.entity for row in found] == ["share:2"]
    assert [row.entity for row in outgoing.of_people(connection, PROJECT)] == [
        "group:g",
        "member:7",
    ]
    assert outgoing.projects_with(connection, "ecole", ["7", "9"]) == {PROJECT}
    assert outgoing.projects_with(connection, "ecole", ["7", "8"]) == {PROJECT, "q"}
    assert outgoing.projects_with(connection, "college", ["7"]) == set()


def test_an_answer_holds_for_its_version_and_those_before(connection: sa.Connection) -> None:
    def open_ones() -> list[str]:
        found = outgoing.unanswered(connection, PROJECT, "ecole", "SHARE_PUT")
        return sorted(row.entity for row in found)

    bring(connection, group(), share(number=1), share(number=2), member(WAIT))
    assert open_ones() == ["share:1", "share:2"]
    answered(connection, Answer("ecole", "share:1", 1), Answer("college", "share:2", 1))
    assert open_ones() == ["share:2"]
    bring(connection, group(), share("Autre", 1), share(number=2), member(WAIT))
    answered(connection, Answer("ecole", "share:1", 1))  # the answer to what was there before
    assert open_ones() == ["share:1", "share:2"]
    answered(connection, Answer("ecole", "share:1", 2), Answer("ecole", "share:2", 9))
    assert open_ones() == []
    assert outgoing.unanswered(connection, PROJECT, "ecole", WAIT) == []


def test_a_refusal_is_forgotten_when_the_source_speaks_again(connection: sa.Connection) -> None:
    bring(connection, share())
    answered(connection, Answer("ecole", "share:1", 1, refused=True))
    assert bring(connection, share()) == []  # looked at again, but nobody spoke
    (row,) = said_again(connection, share())
    assert (row.operation, row.version, row.occurred_at) == ("SHARE_PUT", 2, NOW + 9)
    assert row[:8] == share()
    assert said_again(connection, share()) == []  # under way


def test_who_spoke_again_before_the_refusal_came_is_heard(connection: sa.Connection) -> None:
    bring(connection, share())
    assert said_again(connection, share()) == []
    answered(connection, Answer("ecole", "share:1", 1, refused=True))
    (row,) = outgoing.unsent(connection, 1)
    assert (row.version, row.occurred_at) == (2, NOW + 7)
    answered(connection, Answer("ecole", "share:1", 1, refused=True))  # Kafka says it twice
    answered(connection, Answer("ecole", "share:1", 2, refused=True))
    assert outgoing.unsent(connection, 2) == []


def test_what_was_applied_is_not_told_again_whoever_speaks(connection: sa.Connection) -> None:
    bring(connection, share())
    said_again(connection, share())
    answered(connection, Answer("ecole", "share:1", 1))
    assert said_again(connection, share()) == []
    assert outgoing.unsent(connection, 1) == []


def test_what_was_applied_leaves_no_mark_that_its_source_spoke_meanwhile(
    connection: sa.Connection,
) -> None:
    bring(connection, share())
    said_again(connection, share())
    marks = sa.text("select again from outgoing")
    assert [bool(each) for each in connection.execute(marks).scalars()] == [True]
    answered(connection, Answer("ecole", "share:1", 1, applied=True))
    assert [bool(each) for each in connection.execute(marks).scalars()] == [False]


def test_a_change_after_a_refusal_is_one_new_version(connection: sa.Connection) -> None:
    bring(connection, share())
    answered(connection, Answer("ecole", "share:1", 1, refused=True))
    (row,) = said_again(connection, share("Autre"))
    assert (row.version, row.body) == (2, {"title": "Autre"})
    answered(connection, Answer("ecole", "share:1", 2, refused=True))
    assert outgoing.unsent(connection, 2) == []


def test_a_member_who_waits_for_an_account_is_not_sent_however_often_it_is_said(
    connection: sa.Connection,
) -> None:
    bring(connection, member(WAIT))
    assert said_again(connection, member(WAIT)) == []


states = st.dictionaries(st.integers(1, 3), st.sampled_from("ab"), max_size=3)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(states, min_size=1, max_size=6), crashes=st.sets(st.integers(0, 5)))
def test_kafka_hears_of_each_thing_in_growing_versions_and_ends_with_what_is_wanted(
    connection: sa.Connection, wishes: list[dict[int, str]], crashes: set[int]
) -> None:
    connection.execute(sa.text("delete from outgoing"))
    heard: dict[str, Row] = {}
    handed = 0
    for turn, wish in enumerate(wishes):
        held = outgoing.of_project(connection, PROJECT)
        wanted = [share(title, number) for number, title in wish.items()]
        outgoing.change(connection, held, wanted, NOW, anything)
        rows = outgoing.unsent(connection, handed)
        if turn in crashes and turn < len(wishes) - 1:
            handed = 0  # it died before Kafka heard of these; the next process begins anew
            continue
        for row in rows:
            before = heard.get(row.entity)
            assert before is None or row.version > before.version or row == before
            heard[row.entity] = row
            handed = row.seq
        outgoing.mark_sent(connection, handed)
    there = {r.entity: r.body["title"] for r in heard.values() if r.operation == "SHARE_PUT"}
    assert there == {f"share:{number}": title for number, title in wishes[-1].items()}


def test_what_was_said_again_is_found_without_reading_every_row(explained: Explained) -> None:
    with explained.engine.begin() as connection:
        outgoing.answer(connection, [Answer("ent", "share:1", 1, refused=True)], 5)
    assert explained.plans[-1] == "SCAN outgoing USING INDEX outgoing_again"
    assert "SCAN outgoing" not in explained.plans
