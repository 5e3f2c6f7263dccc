"""What instances said: the newest word only, found again by what it points to or pointed to."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.store import said
from preau.store.persons import CHUNK
from preau.store.said import GROUP, MEMBER, RESOURCE, SaidState

MANY = 2 * CHUNK + 1


def member(key: str, version: int = 1, *, group: str = "g", deleted: bool = False) -> SaidState:
    points = ((GROUP, group), (MEMBER, f"of-{key}"))
    fields = {"group": group, "role": "PUPIL"}
    return SaidState("membership", key, version, deleted, f"e{version}", fields, points)


def bare(state: SaidState) -> SaidState:
    return state._replace(points=())


def test_a_state_comes_back_as_it_was_said(connection: sa.Connection) -> None:
    state = member("m1")._replace(fields={"title": "Où ?", "due": None, "groups": ["a"]})
    assert said.put(connection, [state]) == [state]
    assert said.states(connection, "membership", ["m1", "m2"]) == {"m1": bare(state)}
    assert said.states(connection, "roster", ["m1"]) == {}


def test_the_newest_word_stands_whatever_came_first(connection: sa.Connection) -> None:
    said.put(connection, [member("m1", 3), member("m1", 2)])
    assert said.put(connection, [member("m1", 3), member("m1", 1, deleted=True)]) == []
    assert said.states(connection, "membership", ["m1"])["m1"].version == 3
    (kept,) = said.put(connection, [member("m1", 4)])
    assert kept.version == 4


def test_one_key_may_belong_to_several_records(connection: sa.Connection) -> None:
    roster = member("m1")._replace(record="roster", version=9)
    assert len(said.put(connection, [member("m1"), roster])) == 2
    assert said.states(connection, "membership", ["m1"])["m1"].version == 1


def test_objects_are_found_by_what_they_point_to(connection: sa.Connection) -> None:
    said.put(connection, [member("m2"), member("m1"), member("m3", group="h")])
    assert [s.key for s in said.pointing(connection, "membership", GROUP, ["g"])] == ["m1", "m2"]
    assert said.pointing(connection, "membership", RESOURCE, ["g"]) == []
    assert said.pointing(connection, "roster", GROUP, ["g"]) == []
    assert said.groups_of(connection, ["of-m1", "of-m3", "of-m9"]) == {"g", "h"}


def test_what_moves_is_told_with_where_it_was(connection: sa.Connection) -> None:
    said.put(connection, [member("m1")])
    (kept,) = said.put(connection, [member("m1", 2, group="h")])
    assert set(kept.points) == {(GROUP, "g"), (GROUP, "h"), (MEMBER, "of-m1")}
    assert said.pointing(connection, "membership", GROUP, ["g"]) == []
    assert said.targets(connection, "membership", GROUP, ["m1"]) == {"m1": ["h"]}


def test_what_is_deleted_is_not_found_but_keeps_where_it_was(connection: sa.Connection) -> None:
    said.put(connection, [member("m1")])
    (kept,) = said.put(connection, [member("m1", 2, deleted=True)._replace(points=())])
    assert set(kept.points) == {(GROUP, "g"), (MEMBER, "of-m1")}
    assert said.pointing(connection, "membership", GROUP, ["g"]) == []
    assert said.groups_of(connection, ["of-m1"]) == set()
    assert said.targets(connection, "membership", GROUP, ["m1"]) == {"m1": ["g"]}


def test_what_comes_back_points_only_to_where_it_is(connection: sa.Connection) -> None:
    said.put(connection, [member("m1")])
    said.put(connection, [member("m1", 2, deleted=True)])
    said.put(connection, [member("m1", 3, group="h")])
    assert said.pointing(connection, "membership", GROUP, ["g"]) == []
    assert len(said.pointing(connection, "membership", GROUP, ["h"])) == 1


def test_more_than_one_statement_can_bind_are_kept_and_found(connection: sa.Connection) -> None:
    states = [member(f"m{n}", group=f"g{n}") for n in range(MANY)]
    assert len(said.put(connection, states)) == MANY
    assert said.put(connection, states) == []
    keys = [state.key for state in states]
    assert len(said.states(connection, "membership", keys)) == MANY
    groups = {f"g{n}" for n in range(MANY)}
    assert len(said.pointing(connection, "membership", GROUP, groups)) == MANY
    assert said.groups_of(connection, [f"of-{key}" for key in keys]) == groups
    assert len(said.targets(connection, "membership", GROUP, keys)) == MANY


words = st.builds(
    member,
    st.sampled_from(["m1", "m2"]),
    st.integers(1, 5),
    group=st.sampled_from("gh"),
    deleted=st.booleans(),
)
histories = st.lists(words, max_size=10, unique_by=lambda state: state[1:3])


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories, data=st.data())
def test_whatever_the_order_the_same_is_found(
    connection: sa.Connection, history: list[SaidState], data: st.DataObject
) -> None:
    for table in ("said", "said_point"):
        connection.execute(sa.text(f"delete from {table}"))
    left = data.draw(st.permutations([*history, *history[:3]]))
    while left:
        size = data.draw(st.integers(1, len(left)))
        said.put(connection, left[:size])
        left = left[size:]
    last = {state.key: state for state in sorted(history, key=lambda state: state.version)}
    assert said.states(connection, "membership", last.keys()) == {
        key: bare(state) for key, state in last.items()
    }
    for group in "gh":
        found = said.pointing(connection, "membership", GROUP, [group])
        wanted = [s for s in last.values() if not s.deleted and s.fields["group"] == group]
        assert found == sorted((bare(s) for s in wanted), key=lambda state: state.key)


@pytest.mark.parametrize("instance", ["ecoles", "ec_les", "ec%les", "ec!les"])
def test_what_one_instance_said_is_no_others(connection: sa.Connection, instance: str) -> None:
    others = {"ecoles", "ec_les", "ec%les", "ec!les", "ecoles-2", "e"}
    said.put(connection, [member(f"{name}/{n}") for name in others for n in range(2)])
    said.put(connection, [member(f"{instance}/2", 2, deleted=True)])
    found = list(said.of_instance(connection, "membership", instance))
    assert [state.key for state in found] == [f"{instance}/0", f"{instance}/1"]
    assert list(said.of_instance(connection, "group", instance)) == []
