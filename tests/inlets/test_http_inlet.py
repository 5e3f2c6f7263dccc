"""What an HTTP request says becomes one intake record, or a reason."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.inlets.http import Request, events, one_event, own_body
from preau.inlets.intake import Speaker, order_key

JSON, ONE = "application/json", "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
NOW = 1_790_000_000_000
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/ecoles/3001",
    "type": "GROUP_UPDATED",
    "time": "2026-10-12T08:30:00Z",
    "data": {"data": {"id": 12}},
}


def said(body: object, kind: str = ONE, **headers: str) -> Request:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return Request(raw, kind, {name.replace("_", "-"): text for name, text in headers.items()})


def code(speaker: Speaker, request: Request) -> str:
    with pytest.raises(SetAside) as caught:
        one_event(speaker, request, NOW)
    return caught.value.code


def test_a_vendors_own_body_is_kept_byte_for_byte(speaker: Speaker) -> None:
    body = b'{ "uid" : "u-7", "data" : {"id": 12, "label": "CM2 \xc3\xa9"} }'
    made = own_body(speaker, said(body, "application/json; charset=utf-8", traceparent=TRACE), NOW)
    assert made.id == "u-7"
    assert made.intake.value == body
    assert made.intake.topic == "preau.intake.school"
    assert made.intake.key == b"ent-ecole/12"
    assert dict(made.intake.headers) == {
        "instance": b"ent-ecole",
        "received_at": str(NOW).encode(),
        "vendor_event_id": b"u-7",
        "traceparent": TRACE.encode(),
    }


def test_an_event_without_id_is_named_by_its_bytes(speaker: Speaker) -> None:
    first, again = (own_body(speaker, said(b'{"data":{}}', JSON), NOW + turn) for turn in (0, 1))
    assert first.id == again.id
    assert len(first.id) == 64
    assert first.intake.key == b"ent-ecole"


def test_a_structured_cloudevent_gives_its_id_type_and_data(speaker: Speaker) -> None:
    made = one_event(speaker, said(EVENT), NOW)
    headers = dict(made.intake.headers)
    assert (made.id, made.intake.value) == ("e-1", b'{"data":{"id":12}}')
    assert (headers["event"], headers["vendor_event_id"]) == (b"GROUP_UPDATED", b"e-1")


def test_a_binary_cloudevent_says_the_same(speaker: Speaker) -> None:
    request = said(
        b'{"data":{"id":12}}',
        JSON,
        ce_specversion="1.0",
        ce_id="e-1",
        ce_source='"/ecoles/%33001"',
        ce_type="GROUP_UPDATED",
    )
    made = one_event(speaker, request, NOW)
    assert made.intake == one_event(speaker, said(EVENT), NOW).intake


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": None}, "CE_MISSING"),
        ({"id": ""}, "CE_MISSING"),
        ({"source": None}, "CE_MISSING"),
        ({"type": None}, "CE_MISSING"),
        ({"specversion": "0.3"}, "CE_VERSION"),
        ({"specversion": 1.0}, "CE_ATTRIBUTE"),
        ({"Extension": "x"}, "CE_ATTRIBUTE"),
        ({"extension": {"a": 1}}, "CE_ATTRIBUTE"),
        ({"time": "yesterday"}, "CE_TIME"),
        ({"datacontenttype": "text/xml"}, "CE_DATA"),
        ({"data": None}, "CE_DATA"),
        ({"data": [1]}, "CE_DATA"),
        ({"data_base64": "AAAA"}, "CE_DATA"),
        ({"source": "urn:preau:cantal"}, "CE_SOURCE"),
        ({"type": "two words"}, "EVENT_NAME"),
        ({"id": "line\nend"}, "EVENT_ID"),
        ({"id": "i" * 256}, "EVENT_ID"),
    ],
)
def test_a_wrong_cloudevent_is_refused_with_its_reason(
    speaker: Speaker, change: dict[str, Any], expected: str
) -> None:
    assert code(speaker, said({**EVENT, **change})) == expected


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"[]", ONE, "CE_FORM"),
        (b"{}", "text/plain", "CONTENT_TYPE"),
        (b"{}", "application/cloudevents+json; charset=latin1", "CONTENT_TYPE"),
        (b'{"a":1,"a":2}', ONE, "JSON_DUPLICATE"),
        (b'{"a":NaN}', ONE, "JSON_NUMBER"),
        (b"[" * 40 + b"]" * 40, ONE, "JSON_DEPTH"),
        (b'{"a":"\xe9"}', ONE, "JSON_ENCODING"),
        (b'{"a":"\x00"}', ONE, "JSON_NUL"),
        (b'{"a":"' + b"x" * 262_144 + b'"}', ONE, "JSON_SIZE"),
    ],
)
def test_hostile_bytes_are_refused_with_their_reason(
    speaker: Speaker, body: bytes, kind: str, expected: str
) -> None:
    assert code(speaker, said(body, kind)) == expected


def test_each_event_of_a_batch_is_judged_by_itself(speaker: Speaker) -> None:
    batch = events(speaker, said([EVENT, {**EVENT, "type": None}, "x"], BATCH), NOW)
    assert [(place, made.id) for place, made in batch.accepted] == [(0, "e-1")]
    assert [(each.place, each.id, each.why.code) for each in batch.refused] == [
        (1, "e-1", "CE_MISSING"),
        (2, None, "CE_FORM"),
    ]


def test_a_batch_that_is_no_list_or_too_long_is_refused_whole(speaker: Speaker) -> None:
    with pytest.raises(SetAside, match="CE_FORM"):
        events(speaker, said(EVENT, BATCH), NOW)
    with pytest.raises(SetAside, match="BATCH_SIZE"):
        events(speaker, said([1] * 5_001, BATCH), NOW)


def test_a_reason_never_quotes_the_event(speaker: Speaker) -> None:
    with pytest.raises(SetAside) as caught:
        one_event(speaker, said({**EVENT, "id": "DELPRAT Maëlys"}), NOW)
    assert "DELPRAT" not in str(caught.value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_the_order_key_is_the_instance_and_something_opaque(value: object) -> None:
    speaker = Speaker("ent-ecole", "school", order=("data.id",))
    key = order_key(speaker, {"data": {"id": value}}).decode()
    assert key.startswith("ent-ecole")
    assert "@" not in key
    assert len(key) <= 110


def test_a_key_that_looks_like_a_person_is_hashed(speaker: Speaker) -> None:
    assert b"@" not in order_key(speaker, {"data": {"id": "maelys@ecole.example"}})
