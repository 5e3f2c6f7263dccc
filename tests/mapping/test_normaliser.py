"""One event to canonical records or refusals; it never raises and never tells a value."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import fastavro
import pytest

from preau.canon.draft import Draft
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.paths import parse_path
from preau.mapping.said import Said
from preau.mapping.voice import Voice

Make = Callable[..., Normaliser]
Say = Callable[..., Said]

PERSON = """
to: person.v1
fields:
  meta.source_id: {from: data.id, as: text}
  profile: {from: data.role, values: {eleve: PUPIL, prof: TEACHER}}
  vendor_role: {from: data.role, as: text}
  national_ref: {from: [data.academy, data.number], as: aaf_ref}
  pii.family_name: {from: data.name, as: text}
  pii.given_names: {from: data.first, as: list_of_one}
  pii.birth_date: {from: data.born, as: date}
  pii.ine_digest: {from: data.ine, as: ine_hash}
"""
PUPIL = {
    "id": 12,
    "role": "eleve",
    "academy": "Montpellier",
    "number": "700001",
    "name": "Bélaval\U0001f600",
    "first": "Timéo",
    "born": "09/03/2016",
    "ine": "120890177FA",
}
MEMBERS = """
to: membership.v1
each: data.members
when: {item.kind: [pupil, ABSENT]}
fields:
  meta.source_id: {from: [data.id, item.id], as: join}
  group: {from: data.id, as: local}
  member: {from: item.id, as: local}
  role: {const: PUPIL}
"""
CLASS = """
to: group.v1
when: {data.type: CLASSROOM}
fields:
  meta.source_id: {from: data.id, as: text}
  kind: {const: CLASS}
  name: {from: data.label, as: text}
  levels: {from: data.levels, as: levels}
"""


def told(schemas: Any, draft: Draft) -> dict[str, Any]:
    body = draft.head + (b"\x00" if draft.sealable else b"")
    value = fastavro.schemaless_reader(io.BytesIO(body), schemas[draft.record].parsed, None)
    assert isinstance(value, dict)
    if draft.pii is not None:
        inner = schemas[draft.record].pii.parsed
        value["pii"] = fastavro.schemaless_reader(io.BytesIO(draft.pii), inner, None)
    return value


def one(normaliser: Normaliser, said: Said) -> Draft:
    [draft], refusals = normaliser.normalise(said)
    assert refusals == []
    return draft


def test_a_person_comes_out_with_what_is_personal_apart(make: Make, say: Say, schemas: Any) -> None:
    normaliser = make(PERSON)

    draft = one(normaliser, say(PUPIL))
    value = told(schemas, draft)

    assert (draft.key, draft.subject, draft.instance) == (b"ent/12", "ent/12", "ent")
    assert value["profile"] == "PUPIL"
    assert value["national_ref"] == {"academy": "11", "degree": "FIRST", "jointure": "700001"}
    assert value["pii"]["family_name"] == "Bélaval\U0001f600"
    assert value["pii"]["given_names"] == ["Timéo"]
    assert str(value["pii"]["birth_date"]) == "2016-03-09"
    assert "120890177FA" not in str(value)
    assert normaliser.tally.plainly == 0


def test_meta_says_who_when_and_where_from(make: Make, say: Say, schemas: Any) -> None:
    draft = one(make(PERSON), say(PUPIL))
    meta = told(schemas, draft)["meta"]

    assert str(meta["event_id"]) == draft.event_id
    assert meta["connector"] == "essai"
    assert meta["version"] == 1_789_367_462_000_000
    assert meta["school_year"] == "2026-2027"
    assert meta["occurred_at"].timestamp() * 1000 == draft.occurred_at == 1_789_367_462_000
    assert meta["lineage"] == {
        "topic": "preau.intake.essai",
        "partition": 3,
        "offset": 41,
        "path": "record 7",
    }


def test_the_version_of_the_vendor_counts_and_its_event_id_too(
    make: Make, say: Say, schemas: Any
) -> None:
    normaliser = make(PERSON)
    first, again = say(PUPIL, version=7, id="e1"), say({**PUPIL, "name": "X"}, version=8, id="e1")

    assert told(schemas, one(normaliser, first))["meta"]["version"] == 7
    assert one(normaliser, first).event_id == one(normaliser, again).event_id
    assert one(normaliser, first).event_id != one(normaliser, say(PUPIL)).event_id


def test_an_event_without_a_date_happened_when_it_was_received(
    make: Make, say: Say, schemas: Any
) -> None:
    draft = one(make(PERSON), say(PUPIL, date=None))

    assert draft.occurred_at == 1_789_400_000_000
    assert told(schemas, draft)["meta"]["version"] == 1_789_400_000_000_000


def test_an_absent_value_is_the_default_and_nothing_personal_is_no_pii(
    make: Make, say: Say, schemas: Any
) -> None:
    draft = one(make(PERSON), say({"id": "12", "role": "prof", "name": " ", "first": None}))

    assert draft.pii is None
    assert told(schemas, draft)["national_ref"] is None


BOTH_DEGREES = Voice("essai", "1", "", "ENT", parse_path("event"))


def test_a_product_of_both_degrees_has_the_degree_declared_for_its_instance(
    make: Make, say: Say, schemas: Any
) -> None:
    asked: list[str] = []

    def degree_of(instance: str) -> str:
        asked.append(instance)
        return {"ent": "SECOND", "ecoles": "FIRST"}.get(instance, "")

    normaliser = make(PERSON, BOTH_DEGREES, Context(b"key", degree_of))
    found = {
        instance: told(schemas, one(normaliser, say(PUPIL)._replace(instance=instance)))
        for instance in ("ent", "ecoles", "nobody-said", "ent")
    }

    assert found["ent"]["national_ref"]["degree"] == "SECOND"
    assert found["ecoles"]["national_ref"]["degree"] == "FIRST"
    assert found["nobody-said"]["national_ref"] is None
    assert asked == ["ent", "ecoles", "nobody-said"]
    assert normaliser.tally.plainly == 0


def test_the_degree_of_the_card_counts_before_any_other(make: Make, say: Say, schemas: Any) -> None:
    normaliser = make(PERSON, context=Context(b"key", lambda _instance: "SECOND"))

    assert told(schemas, one(normaliser, say(PUPIL)))["national_ref"]["degree"] == "FIRST"


def test_without_a_declared_degree_there_is_no_reference(
    make: Make, say: Say, schemas: Any
) -> None:
    normaliser = make(PERSON, BOTH_DEGREES, Context(b"key"))

    assert told(schemas, one(normaliser, say(PUPIL)))["national_ref"] is None


def test_an_item_keeps_its_id_when_its_neighbour_is_broken(make: Make, say: Say) -> None:
    whole, _ = make(MEMBERS).normalise(say({"id": 9, "members": [{"id": 1}, {"id": 2}]}, id="e"))
    hurt, _ = make(MEMBERS).normalise(say({"id": 9, "members": [{"id": []}, {"id": 2}]}, id="e"))

    assert [d.event_id for d in hurt] == [whole[1].event_id]


@pytest.mark.parametrize("members", [None, []])
def test_an_empty_list_is_counted_as_silent(make: Make, say: Say, members: object) -> None:
    normaliser = make(MEMBERS)

    assert normaliser.normalise(say({"id": 9, "members": members})) == ([], [])
    assert normaliser.tally.silent == 1


def test_an_ignored_event_is_counted_and_gives_nothing(make: Make, say: Say) -> None:
    normaliser = make(CLASS)

    assert normaliser.normalise(say({}, event="TALK")) == ([], [])
    assert normaliser.tally.ignored == {"TALK": 1}


@pytest.mark.parametrize("size", [8191, 8192, 8193, 100_000])
def test_a_text_of_any_length_goes_through(make: Make, say: Say, schemas: Any, size: int) -> None:
    for letter in "aé":
        draft = one(make(PERSON), say({**PUPIL, "name": letter * size, "id": "i" * size}))
        assert told(schemas, draft)["pii"]["family_name"] == letter * size


def test_levels_give_the_cycle(make: Make, say: Say, schemas: Any) -> None:
    group = {"id": 1, "type": "CLASSROOM", "label": "CM1", "levels": ["CM1", "CE2"]}
    normaliser = make(CLASS)

    assert told(schemas, one(normaliser, say(group)))["cycle3"] is True
    assert told(schemas, one(normaliser, say({**group, "levels": "CP"})))["cycle3"] is False
    assert told(schemas, one(normaliser, say({**group, "levels": None})))["cycle3"] is None


def test_two_lists_give_every_pair_but_not_millions(make: Make, say: Say) -> None:
    normaliser = make(
        "to: membership.v1\neach: [data.a, data.b]\nfields:\n"
        "  meta.source_id: {from: [item, item2.x, index], as: join}\n"
        "  group: {from: item, as: local}\n  member: {from: item2.x, as: local}\n"
    )
    drafts, _ = normaliser.normalise(say({"a": ["g", "h"], "b": [{"x": 1}, {"x": 2}]}))
    _, [refusal] = normaliser.normalise(say({"a": list(range(200)), "b": list(range(200))}))

    assert [d.key for d in drafts] == [b"ent/g:1:0", b"ent/g:2:1", b"ent/h:1:2", b"ent/h:2:3"]
    assert (refusal.code, refusal.found) == ("TOO_MANY", "200 times 200 items")


def test_a_list_of_records_is_whole_or_refused(make: Make, say: Say, schemas: Any) -> None:
    normaliser = make(
        "to: roster.v1\nfields:\n  meta.source_id: {from: data.id, as: text}\n"
        "  group: {from: data.id, as: local}\n"
        "  members: {each: data.m, fields: {member: {from: item.id, as: local}, "
        "since: {from: item.since, as: date}}}\n"
    )
    people = [{"id": 1, "since": "1970-01-02"}, {"id": "é"}]

    value = told(schemas, one(normaliser, say({"id": 9, "m": people})))
    _, [refusal] = normaliser.normalise(say({"id": 9, "m": [*people, {"id": None}]}))

    assert [member["member"] for member in value["members"]] == ["ent/1", "ent/é"]
    assert normaliser.tally.plainly == 1
    assert (refusal.code, refusal.field) == ("MISSING", "data.m.2.id")


def test_deleted_may_come_from_the_event(make: Make, say: Say, schemas: Any) -> None:
    normaliser = make(PERSON + "  meta.deleted: {from: data.gone, as: boolean}\n")

    gone = told(schemas, one(normaliser, say({"id": 1, "gone": True})))
    kept = told(schemas, one(normaliser, say({**PUPIL, "gone": 0})))

    assert (gone["meta"]["deleted"], kept["meta"]["deleted"]) == (True, False)
    assert normaliser.normalise(say({"id": 1}))[1][0].code == "MISSING"


def test_a_project_is_keyed_by_its_id_alone(make: Make, say: Say) -> None:
    project = "to: project.v1\nfields: {meta.source_id: {from: data.id, as: text}}"

    assert one(make(project), say({"id": "p-1"})).key == b"p-1"


def test_the_generated_source_can_be_read(make: Make) -> None:
    source = make(PERSON).source("EVENT")

    assert source.startswith("def rule(event, facts, about, out):")
    assert "'family_name'" not in source
    assert ".get('name')" in source
