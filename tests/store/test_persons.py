"""What is kept of people: entries, the keys that tell them, and decisions still owed to Kafka."""

from __future__ import annotations

import sqlalchemy as sa

from preau.store import persons
from preau.store.persons import CHUNK, NAME_BIRTH, Entry, MatchKey

MANY = 2 * CHUNK + 1


def entry(source: str, person: str, *, deleted: bool = False) -> Entry:
    return Entry(source, 1, deleted, person, "alone", 1, 5)


def test_an_entry_comes_back_as_it_was_written(connection: sa.Connection) -> None:
    first, second = entry("ent/1", "p"), entry("ent/2", "p", deleted=True)
    persons.put_entries(connection, [first, second])
    assert persons.entries(connection, ["ent/1", "ent/2", "ent/3"]) == {
        "ent/1": first,
        "ent/2": second,
    }
    assert persons.living(connection, ["p", "q"]) == {"ent/1": first}


def test_an_entry_is_written_over(connection: sa.Connection) -> None:
    persons.put_entries(connection, [entry("ent/1", "p")])
    newer = Entry("ent/1", 2, True, "q", "national_ref", 3, 9)  # noqa: FBT003
    persons.put_entries(connection, [newer])
    assert persons.entries(connection, ["ent/1"]) == {"ent/1": newer}
    assert persons.living(connection, ["p", "q"]) == {}


def test_more_than_one_statement_can_bind_are_found(connection: sa.Connection) -> None:
    rows = [entry(f"ent/{n}", f"p{n}") for n in range(MANY)]
    keys = [MatchKey(row.source, "national_ref", row.person) for row in rows]
    persons.put_entries(connection, rows)
    persons.put_keys(connection, [], keys)
    assert len(persons.entries(connection, {row.source for row in rows})) == MANY
    assert len(persons.living(connection, {row.person for row in rows})) == MANY
    assert sorted(persons.keys_of(connection, {row.source for row in rows})) == sorted(keys)
    assert persons.sources_with(connection, keys) == {row.source for row in rows}


def test_keys_take_the_place_of_those_held(connection: sa.Connection) -> None:
    kept, old, new = (MatchKey("ent/1", "ine_digest", value) for value in "abc")
    other = MatchKey("ent/2", "ine_digest", "b")
    persons.put_keys(connection, [], [kept, old, other])
    persons.put_keys(connection, [kept, old], [kept, new])
    assert set(persons.keys_of(connection, ["ent/1", "ent/2"])) == {kept, new, other}


def test_a_key_belongs_to_its_kind(connection: sa.Connection) -> None:
    persons.put_keys(connection, [], [MatchKey("ent/1", "ine_digest", "a")])
    assert persons.sources_with(connection, [MatchKey("?", "national_ref", "a")]) == set()
    assert persons.sources_with(connection, [MatchKey("?", "ine_digest", "a")]) == {"ent/1"}


def test_a_decision_is_owed_once_until_it_is_dropped(connection: sa.Connection) -> None:
    persons.put_moves(connection, {"ent/1", "ent/2"})
    persons.put_moves(connection, {"ent/2"})
    assert persons.moves(connection) == {"ent/1", "ent/2"}
    persons.drop_moves(connection, {"ent/2"})
    assert persons.moves(connection) == {"ent/1"}


def test_nothing_asked_is_nothing_done(connection: sa.Connection) -> None:
    persons.put_entries(connection, [])
    persons.put_keys(connection, [], [])
    persons.put_moves(connection, set())
    persons.drop_moves(connection, set())
    assert persons.entries(connection, []) == {}
    assert persons.sources_with(connection, []) == set()


def test_several_people_of_one_name_and_birth_date_are_alike(connection: sa.Connection) -> None:
    people = {"a/1": "p", "a/2": "p", "b/1": "q", "b/2": "r", "c/1": "s"}
    persons.put_entries(connection, [entry(source, who) for source, who in people.items()])
    alike = {"a/1": "x", "a/2": "x", "b/1": "x", "b/2": "y", "c/1": "z"}
    keys = [MatchKey(source, NAME_BIRTH, value) for source, value in alike.items()]
    keys += [MatchKey(source, "national_ref", "same") for source in ("b/2", "c/1")]
    persons.put_keys(connection, [], keys)
    assert list(persons.alike(connection)) == [{"p": ["a/1", "a/2"], "q": ["b/1"]}]


def test_nobody_is_alike_whose_entry_is_gone(connection: sa.Connection) -> None:
    persons.put_entries(connection, [entry("a/1", "p"), entry("b/1", "q", deleted=True)])
    keys = [MatchKey(source, NAME_BIRTH, "x") for source in ("a/1", "b/1")]
    persons.put_keys(connection, [], keys)
    assert list(persons.alike(connection)) == []


def test_the_holders_of_a_key_are_those_of_its_kind(connection: sa.Connection) -> None:
    keys = [MatchKey(f"ent/{n}", "ine_digest", f"{n:05}") for n in range(MANY)]
    persons.put_keys(connection, [], [*keys, MatchKey("ent/x", "national_ref", "00000")])
    values = [key.value for key in keys]
    assert sorted(persons.holders(connection, "ine_digest", values)) == sorted(keys)
    assert persons.holders(connection, "ine_digest", []) == []
