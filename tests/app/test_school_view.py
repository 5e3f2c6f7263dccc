"""What an ENT says otherwise than the State's files is shown as advice, and believed by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from preau.app.school_view import class_advice, school_advice
from preau.store import origins, persons, said
from preau.store.database import open_database, prepare
from preau.store.enrolments import schools
from preau.store.origins import Origin
from preau.store.persons import Entry
from preau.store.said import GROUP, MEMBER, SaidState
from preau.web.reading import Advice

UAI, OTHER = "0110001A", "0110002B"
KEY = "ent/3"


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    engine = open_database(database)
    prepare(engine)
    yield engine
    engine.dispose()


def say(engine: sa.Engine, *states: SaidState) -> None:
    with engine.begin() as connection:
        said.put(connection, states)


def state(record: str, key: str, fields: dict[str, Any], *points: tuple[str, str]) -> SaidState:
    return SaidState(record, key, 1, deleted=False, event_id="e", fields=fields, points=points)


def room(key: str, authority: str, levels: list[str], uai: str = UAI) -> SaidState:
    fields = {"kind": "CLASS", "name": "CM2 A", "levels": levels, "mefstat4": []}
    return state("group", key, {**fields, "establishments": [uai], "authority": authority, "at": 1})


def pupil(key: str, group: str) -> SaidState:
    fields = {"group": group, "member": key, "member_kind": "PERSON", "role": "PUPIL"}
    return state("membership", f"{group}:{key}", fields, (GROUP, group), (MEMBER, key))


def known(engine: sa.Engine, **sources: str) -> None:
    """Makes each account (a slash for each `_`) the person named."""
    entries = [
        Entry(name.replace("_", "/"), 1, deleted=False, person=who, rule="alone", decisions=1, at=0)
        for name, who in sources.items()
    ]
    with engine.begin() as connection:
        persons.put_entries(connection, entries)


def advice(engine: sa.Engine) -> list[Advice]:
    with engine.connect() as connection:
        return school_advice(connection, UAI)


def test_a_class_that_the_state_has_at_another_level_is_told_with_how_many_pupils(
    engine: sa.Engine,
) -> None:
    known(engine, ent_1="p", ent_2="q", ent_9="r", aaf_1="p", aaf_2="q", aaf_9="r")
    say(engine, room(KEY, "ENT", ["CM2"]), *(pupil(f"ent/{n}", KEY) for n in (1, 2, 9)))
    say(engine, room("aaf/a", "STATE", ["CM1"]), pupil("aaf/1", "aaf/a"), pupil("aaf/2", "aaf/a"))
    say(engine, room("aaf/b", "STATE", ["CM2"]), pupil("aaf/9", "aaf/b"))
    told = Advice("class", KEY, "group.levels", "CM2", "CM1", 2, "CM2 A")
    assert advice(engine) == [told]
    with engine.connect() as connection:
        assert class_advice(connection, [KEY, "aaf/a"]) == [told]


def test_a_class_that_the_state_has_in_another_school_is_told(engine: sa.Engine) -> None:
    known(engine, ent_1="p", aaf_1="p")
    say(engine, room(KEY, "ENT", ["CM2"]), pupil("ent/1", KEY))
    say(engine, room("aaf/a", "STATE", ["CM2"], OTHER), pupil("aaf/1", "aaf/a"))
    assert advice(engine) == [Advice("class", KEY, "group.establishments", UAI, OTHER, 1, "CM2 A")]


def test_a_class_of_several_levels_that_holds_the_states_is_no_advice(engine: sa.Engine) -> None:
    known(engine, ent_1="p", aaf_1="p")
    say(engine, room(KEY, "ENT", ["CM1", "CM2"]), pupil("ent/1", KEY))
    say(engine, room("aaf/a", "STATE", ["CM2"]), pupil("aaf/1", "aaf/a"))
    assert advice(engine) == []


def test_a_pupil_of_whom_no_file_speaks_is_no_advice(engine: sa.Engine) -> None:
    known(engine, ent_1="p")
    say(engine, room(KEY, "ENT", ["CM2"]), pupil("ent/1", KEY), pupil("ent/2", KEY))
    assert advice(engine) == []


def test_the_name_that_the_ent_gives_a_school_is_advice_and_the_states_stays(
    engine: sa.Engine,
) -> None:
    for key, authority, name, at in (("aaf/e", "STATE", "ECOLE", 1), ("ent/e", "ENT", "Parc", 2)):
        fields = {"uai": UAI, "kind": "ECOLE", "name": name, "sector_college_uai": None}
        spoken = {**fields, "authority": authority, "at": at}
        say(engine, state("establishment", key, spoken, ("uai", UAI)))
    assert advice(engine) == [Advice("school", "ent/e", "establishment.name", "Parc", "ECOLE", 1)]
    with engine.connect() as connection:
        assert schools(connection, [UAI])[UAI].name == "ECOLE"


def test_people_are_counted_by_ent_and_what_is_personal_is_not_compared(engine: sa.Engine) -> None:
    known(engine, ent_1="p", aaf_1="p")
    say(engine, room(KEY, "ENT", ["CM2"]), pupil("ent/1", KEY))
    with engine.begin() as connection:
        for source, authority, profile in (("ent/1", "ENT", "GUEST"), ("aaf/1", "STATE", "PUPIL")):
            fields = {"profile": profile, "vendor_role": profile, "pii.family_name": None}
            told = Origin(source, "e", authority, 0, 0, "t", 0, 0, "", fields)
            origins.put(connection, [told])
    assert advice(engine) == [Advice("people", "ent", "person.profile", "GUEST", "PUPIL", 1)]
