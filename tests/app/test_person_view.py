"""Why a person is who it is: each source with its rule, its word's place, its past; no value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from preau.app.person_view import MASKED, PersonWhy, person_why, plain
from preau.errors import SetAside
from preau.store import aliases, origins, persons, rulings, said
from preau.store.database import open_database, prepare
from preau.store.imports import ImportRun, ImportRuns
from preau.store.origins import Origin
from preau.store.persons import Entry
from preau.store.rulings import SAME, Ruling
from preau.store.said import SaidState

NOW = 1_791_793_800_000
AAF, ENT, GONE = "aaf/1", "ent/5121", "ent/9"
RULED = Ruling("r1", SAME, (AAF,), (ENT,), "cm2_to_6e", (), "PRINCIPAL", NOW)


def entry(source: str, rule: str, person: str = "p") -> Entry:
    return Entry(source, 1, deleted=False, person=person, rule=rule, decisions=2, at=NOW)


def origin(source: str, authority: str, at: int, **fields: str | None) -> Origin:
    times = (authority, NOW + at, NOW + at)
    return Origin(source, "e", *times, "preau.intake.x", 3, 17, "record 4", fields)


def in_class(source: str, level: str, authority: str) -> list[SaidState]:
    key = f"{source}-c"
    group: dict[str, Any] = {"kind": "CLASS", "name": level, "levels": [level]}
    group |= {"establishments": ["0990002P"], "authority": authority, "at": NOW}
    member = {"group": key, "member": source, "member_kind": "PERSON", "role": "PUPIL"}
    points = (("group", key), ("member", source))
    states = (("group", group, ()), ("membership", member, points))
    return [
        SaidState(r, key, 1, deleted=False, event_id="e", fields=f, points=p) for r, f, p in states
    ]


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    """One person: an entry of the State, and an account confirmed to be the same child."""
    engine = open_database(database)
    prepare(engine)
    run = ImportRun("i-7", "aaf", "aaf", "DONE", NOW - 5, NOW + 5, {}, ())
    ImportRuns(engine).put(run)
    names: dict[str, Any] = {"pii.family_name": None}
    with engine.begin() as connection:
        rows = [entry(AAF, "cm2_to_6e"), entry(ENT, "cm2_to_6e"), entry(GONE, "alone", "q")]
        persons.put_entries(connection, rows)
        rulings.put(connection, [RULED], NOW)
        aliases.put_ruled(connection, {AAF: "r1", ENT: "r1"})
        aliases.add(connection, [entry(ENT, "alone", "old"), entry(GONE, "ine_digest")], {}, NOW)
        aaf = origin(AAF, "STATE", 0, profile="PUPIL", **names)
        ent = origin(ENT, "ENT", 60_000, profile="GUEST", **names)
        origins.put(connection, [aaf, ent])
        said.put(connection, [*in_class(AAF, "SIXIEME", "STATE"), *in_class(ENT, "CM2", "ENT")])
    yield engine
    engine.dispose()


def why(engine: sa.Engine, wanted: str) -> PersonWhy:
    with engine.connect() as connection:
        return person_why(connection, wanted)


def test_each_source_tells_its_rule_its_ruling_and_where_its_word_stands(engine: sa.Engine) -> None:
    aaf, ent = why(engine, "p").sources
    assert (aaf.assurance, aaf.rule, aaf.confirmed_by) == ("PROBABLE", "cm2_to_6e", "PRINCIPAL")
    assert aaf.evidence[:1] == ("pii.family_name",)
    assert aaf.origin is not None
    assert (aaf.origin.topic, aaf.origin.place, aaf.origin.offset) == ("preau.intake.x", 3, 17)
    assert (aaf.import_id, ent.import_id) == ("i-7", "")
    assert [past.person for past in ent.earlier] == ["old"]


def test_it_is_found_by_a_source_and_by_the_ids_that_it_had(engine: sa.Engine) -> None:
    assert why(engine, ENT) == why(engine, "p")
    assert why(engine, "old").sources == ()
    assert [past.source for past in why(engine, "old").gone] == [ENT]
    assert [past.source for past in why(engine, "p").gone] == [GONE]
    with pytest.raises(SetAside, match="PERSON_UNKNOWN"):
        why(engine, "nobody")


def test_each_field_tells_whom_the_hub_believes_and_why(engine: sa.Engine) -> None:
    fields = {each.field: each for each in why(engine, "p").fields}
    assert fields["person.profile"][1:5] == ("PUPIL", AAF, "STATE", "AUTHORITY")
    assert fields["person.profile"].over == ("ent/5121 (ENT)",)
    assert fields["group.levels"][1:5] == ("SIXIEME", AAF, "STATE", "AUTHORITY")
    assert fields["person.pii.family_name"].value == MASKED


def test_what_was_ruled_is_told_and_all_of_it_goes_into_json(engine: sa.Engine) -> None:
    told = why(engine, "p")
    assert told.rulings == (RULED,)
    assert orjson.loads(orjson.dumps(plain(told)))["sources"][0]["source"] == AAF
