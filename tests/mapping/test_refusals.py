"""What cannot become a record is refused by its shape, with what is known and a fix."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from preau.mapping.normaliser import Normaliser
from preau.mapping.said import Said

Make = Callable[..., Normaliser]
Say = Callable[..., Said]

PERSON = """
to: person.v1
fields:
  meta.source_id: {from: data.id, as: text}
  profile: {from: data.role, values: {eleve: PUPIL, prof: TEACHER}}
  pii.birth_date: {from: data.born, as: date}
  pii.ine_digest: {from: data.ine, as: ine_hash}
"""
PUPIL = {"id": 12, "role": "eleve", "born": "09/03/2016", "ine": "120890177FA"}
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
"""


@pytest.mark.parametrize(
    ("data", "code", "field", "found"),
    [
        ({**PUPIL, "role": "chef"}, "UNKNOWN_VALUE", "data.role", "text of 4 characters"),
        ({**PUPIL, "role": None}, "MISSING", "data.role", "nothing"),
        ({**PUPIL, "role": " "}, "MISSING", "data.role", "nothing"),
        ({**PUPIL, "role": ["x"]}, "UNKNOWN_VALUE", "data.role", "list of 1"),
        ({**PUPIL, "id": ""}, "MISSING", "data.id", "nothing"),
        ({**PUPIL, "id": {"a": 1}}, "NOT_A_TEXT", "data.id", "object of 1 fields"),
        ({**PUPIL, "id": True}, "NOT_A_TEXT", "data.id", "true or false"),
        ({**PUPIL, "born": "31/02/2016"}, "NOT_A_DATE", "data.born", "text of 10 characters"),
        ({**PUPIL, "ine": "12"}, "NOT_AN_INE", "data.ine", "text of 2 characters"),
        ({}, "MISSING", "data.id", "nothing"),
        (None, "MISSING", "data.id", "nothing"),
    ],
)
def test_a_broken_value_is_refused_by_its_shape(
    make: Make, say: Say, data: object, code: str, field: str, found: str
) -> None:
    drafts, [refusal] = make(PERSON).normalise(say(data))

    assert drafts == []
    assert (refusal.code, refusal.field, refusal.found) == (code, field, found)
    assert (refusal.connector, refusal.event, refusal.instance) == ("essai", "EVENT", "ent")
    assert (refusal.topic, refusal.partition, refusal.offset) == ("preau.intake.essai", 3, 41)
    assert refusal.fix


def test_a_refusal_lists_the_known_values(make: Make, say: Say) -> None:
    _, [refusal] = make(PERSON).normalise(say({**PUPIL, "role": "chef"}))

    assert refusal.known == ("eleve", "prof")


def test_a_broken_item_is_refused_alone(make: Make, say: Say) -> None:
    members = [{"id": 1}, {"id": []}, "odd", {"id": 4, "kind": "cat"}, {"id": 5, "kind": "pupil"}]

    drafts, refusals = make(MEMBERS).normalise(say({"id": 9, "members": members}))

    assert [draft.key for draft in drafts] == [b"ent/9:1", b"ent/9:5"]
    assert [(r.code, r.field) for r in refusals] == [
        ("NOT_A_TEXT", "data.id | data.members.1.id"),
        ("MISSING", "data.members.2.id"),
    ]


@pytest.mark.parametrize("members", ["abc", 5, {"a": 1}, True, ""])
def test_what_is_no_list_is_refused(make: Make, say: Say, members: object) -> None:
    _, [refusal] = make(MEMBERS).normalise(say({"id": 9, "members": members}))

    assert (refusal.code, refusal.field) == ("NOT_A_LIST", "data.members")


def test_an_event_that_no_rule_is_about_is_refused_with_the_known_values(
    make: Make, say: Say
) -> None:
    _, [refusal] = make(CLASS).normalise(say({"id": 1, "type": "CITY"}))

    assert (refusal.code, refusal.field) == ("NO_RULE_APPLIES", "data.type")
    assert refusal.known == ("CLASSROOM",)


def test_an_unknown_event_is_refused_with_the_known_ones(make: Make, say: Say) -> None:
    _, [refusal] = make(CLASS, OTHER=PERSON).normalise(say({}, event="EVNT"))

    assert (refusal.code, refusal.event) == ("UNKNOWN_EVENT", "EVNT")
    assert refusal.known == ("EVENT", "OTHER")


@pytest.mark.parametrize("name", ["Timéo Bélaval", "a b", "12", "x" * 100])
def test_an_event_name_that_might_be_a_person_is_not_told(make: Make, say: Say, name: str) -> None:
    _, [refusal] = make(CLASS).normalise(say({}, event=name))

    assert refusal.event == ""
    assert name not in str(refusal)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "NOT_JSON"),
        (b"{", "NOT_JSON"),
        (b'{"event": "EVENT", "data": NaN}', "NOT_JSON"),
        (b"\xff", "NOT_JSON"),
        (b'{"event": "\\ud800"}', "NOT_JSON"),
        (b"[" * 100_000, "NOT_JSON"),
        (b"[1]", "NOT_AN_OBJECT"),
        (b"null", "NOT_AN_OBJECT"),
        (b"{}", "NO_EVENT_NAME"),
        (b'{"event": 7}', "NO_EVENT_NAME"),
        (b'{"event": "EVENT", "date": "hier"}', "NOT_AN_INSTANT"),
        (b'{"event": "EVENT", "date": []}', "NOT_AN_INSTANT"),
        (b'{"event": "EVENT", "id": {}}', "NOT_A_TEXT"),
        (b'{"event": "EVENT", "version": "x"}', "NOT_AN_INSTANT"),
        (b'{"event": "EVENT", "version": 9223372036854775808}', "NUMBER_TOO_LARGE"),
    ],
)
def test_bytes_that_are_no_event_are_refused(make: Make, say: Say, body: bytes, code: str) -> None:
    drafts, [refusal] = make(CLASS).normalise(say()._replace(body=body))

    assert drafts == []
    assert refusal.code == code
    assert refusal.fix
