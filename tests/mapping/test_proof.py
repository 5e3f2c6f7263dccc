"""The generated code gives the bytes of fastavro, for any rule and any event, or it is not used."""

from __future__ import annotations

import logging
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.errors import Place
from preau.mapping.assembly import NUMBERS
from preau.mapping.avro_type import Array, Nullable, Record, Type, read_type
from preau.mapping.compiler import _TOOLS
from preau.mapping.conversions.registry import CONVERSIONS
from preau.mapping.fitness import bare, can_fill
from preau.mapping.language import parse_mapping
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.paths import parse_path
from preau.mapping.said import Said
from preau.mapping.voice import Voice

VOICE = Voice("essai", "1", "SECOND", "STATE", parse_path("event"), version=parse_path("version"))
HERE = Place("essai", "mapping/EVENT.yaml")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LONG_TEXTS = st.builds(
    lambda one, n: one * n, st.sampled_from("aé\U0001f600"), st.integers(8000, 9000)
)
LIKELY = st.sampled_from(
    [
        v
        for c in CONVERSIONS.values()
        for e in c.examples
        for v in (e.given, e.given)
        if not isinstance(v, tuple)
    ]
)
WHOLES = st.integers(-(2**70), 2**70) | st.integers(-10, 10)
SCALARS = (
    st.none() | st.booleans() | WHOLES | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
)
VALUES = (
    LIKELY
    | LONG_TEXTS
    | st.recursive(
        SCALARS,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from("abcd") | TEXTS, inner, max_size=4)
        ),
        max_leaves=12,
    )
)
EVENT_PATHS = ("data.a", "data.b", "data.c.0", "data.d.e", "data", "f", "said.instance")
ITEM_PATHS = ("item", "item.a", "item.b.0", "index", "item2.a")


def one_reading(draw: Any, kind: Type, paths: tuple[str, ...]) -> dict[str, Any] | None:
    """A random way to fill a field of this type, None when nothing fills it."""
    inner = bare(kind)
    if isinstance(inner, Array) and isinstance(inner.items, Record):
        fields = {
            f.name: one_reading(draw, f.type, ("item.a", "item.b", *paths))
            for f in inner.items.fields
        }
        return {"each": draw(st.sampled_from(("data.a", "data.list"))), "fields": fields}
    fitting = [c for c in CONVERSIONS.values() if can_fill(c, kind)]
    if not fitting:
        return {"const": inner.symbols[0]} if hasattr(inner, "symbols") else None
    conversion = draw(st.sampled_from(fitting))
    path = st.sampled_from(paths)
    if conversion.several and draw(st.booleans()):
        several = draw(st.lists(path, min_size=1, max_size=3))
        return {"from": [*several, *(["=G"] if draw(st.booleans()) else [])], "as": conversion.name}
    return {"from": draw(path), "as": conversion.name}


@st.composite
def rules(draw: Any, schemas: Any) -> dict[str, Any]:
    """A random mapping that fits one of the schemas."""
    schema = draw(st.sampled_from([s for name, s in sorted(schemas.items()) if "." not in name]))
    each = draw(st.sampled_from([None, "data.list", ["data.list", "data.other"]]))
    paths = (
        EVENT_PATHS
        + (ITEM_PATHS[:4] if each else ())
        + (ITEM_PATHS[4:] if isinstance(each, list) else ())
    )
    fields: dict[str, Any] = {"meta.source_id": one_reading(draw, read_type("string"), paths)}
    outer = read_type(schema.raw)
    assert isinstance(outer, Record)
    for field in outer.fields[1:]:
        inner = field.type.inner if isinstance(field.type, Nullable) else field.type
        if field.name == "pii" or not (field.required or draw(st.booleans())):
            continue
        if isinstance(inner, Record) and draw(st.booleans()):
            made = {
                f"{field.name}.{f.name}": one_reading(draw, f.type, paths) for f in inner.fields
            }
        else:
            made = {field.name: one_reading(draw, field.type, paths)}
        fields |= {target: rule for target, rule in made.items() if rule is not None}
    if schema.pii is not None:
        sealed = read_type(schema.pii.raw)
        assert isinstance(sealed, Record)
        fields |= {f"pii.{f.name}": one_reading(draw, f.type, paths) for f in sealed.fields}
    if draw(st.booleans()):
        fields["meta.deleted"] = draw(
            st.sampled_from([{"const": True}, {"from": "f", "as": "boolean"}])
        )
    if draw(st.booleans()):
        fields["meta.occurred_at"] = {"from": draw(st.sampled_from(paths)), "as": "instant"}
    accepted = st.sampled_from(
        ["PRESENT", "ABSENT", ["PRESENT", "ABSENT"], ["a", 1, True, "ABSENT"]]
    )
    when = draw(st.dictionaries(st.sampled_from(paths), accepted, max_size=2))
    rule = {"to": f"{schema.name}.v1", "when": when, "fields": fields}
    return {**rule, "each": each} if each else rule


LISTS = st.lists(st.dictionaries(st.sampled_from("ab"), VALUES, max_size=2) | VALUES, max_size=4)
EVENTS = st.fixed_dictionaries(
    {"event": st.just("EVENT")},
    optional={
        "data": st.dictionaries(st.sampled_from("abcde"), VALUES, max_size=5).flatmap(
            lambda data: st.builds(
                lambda a, b: {**data, "list": a, "other": b}, LISTS, LISTS | VALUES
            )
        )
        | VALUES,
        "f": VALUES,
        "version": VALUES,
    },
)


def heard(event: object) -> Said:
    body = orjson.dumps(event, default=str) if fits(event) else repr(event).encode()
    return Said("ent-é", None, None, body, 1_789_400_000_000, "preau.intake.essai", 3, 10**12, "é")


def fits(event: object) -> bool:
    try:
        orjson.dumps(event)
    except TypeError:
        return False
    return True


def made(mapping: object, schemas: Any) -> Normaliser:
    return Normaliser(VOICE, {"EVENT": parse_mapping(mapping, HERE)}, schemas, Context(b"k" * 32))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_rule_and_any_event_give_the_bytes_of_fastavro(schemas: Any, data: Any) -> None:
    normaliser = made(data.draw(rules(schemas)), schemas)
    assert normaliser.fallbacks == {}

    for event in data.draw(st.lists(EVENTS, min_size=1, max_size=4)):
        said = heard(event)
        drafts, refusals = normaliser.normalise(said)
        plain_drafts, plain_refusals = normaliser._slowly(said)

        assert (drafts, refusals) == (plain_drafts, plain_refusals)
        assert all(refusal.code != "ENGINE_FAULT" for refusal in refusals)
        assert normaliser.normalise(said) == (drafts, refusals)
        assert len(normaliser.plain(said)) == len(drafts)


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=200) | EVENTS.map(repr).map(str.encode))
def test_any_bytes_are_answered(schemas: Any, body: bytes) -> None:
    rule = {"to": "project.v1", "fields": {"meta.source_id": {"from": "a", "as": "text"}}}

    drafts, refusals = made(rule, schemas).normalise(heard({})._replace(body=body))

    assert len(drafts) + len(refusals) == 1
    assert all(refusal.code != "ENGINE_FAULT" for refusal in refusals)


def test_generated_code_that_differs_is_not_used(
    schemas: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rule = {
        "to": "project.v1",
        "fields": {
            "meta.source_id": {"from": "a", "as": "text"},
            "title": {"from": "b", "as": "text"},
        },
    }
    monkeypatch.setitem(_TOOLS, "N", NUMBERS[1:])  # every length is one too many

    with caplog.at_level(logging.WARNING):
        normaliser = made(rule, schemas)
    [draft], _ = normaliser.normalise(heard({"event": "EVENT", "a": "id", "b": "title"}))

    assert "other bytes than fastavro" in normaliser.fallbacks["EVENT"]
    assert "plain path" in caplog.text
    assert b"title" in draft.head
