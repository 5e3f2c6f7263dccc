"""The identity card: every key is known, of its kind, and refused in words when it is not."""

from __future__ import annotations

from typing import Any

import pytest

from preau.catalogue.card import KEYS, parse_card
from preau.errors import FixTheFolder, Place

HERE = Place("essai", "connector.yaml")


def refused(raw: object) -> FixTheFolder:
    with pytest.raises(FixTheFolder) as error:
        parse_card(raw, HERE)
    assert error.value.complaint.fix
    assert error.value.complaint.where.file == "connector.yaml"
    return error.value


def test_the_least_card_leaves_the_rest_empty(card: dict[str, Any]) -> None:
    read = parse_card(card, HERE)

    assert (read.edition, read.needs, read.ways_out) == ("1", {}, ())
    assert (read.voice.degree, read.voice.occurred_at) == ("FIRST", None)


def test_a_full_card_is_the_voice_of_its_product(card: dict[str, Any]) -> None:
    more = {
        "degree": "both",
        "event_id": "id",
        "occurred_at": "head.date",
        "version": "head.version",
        "order": ["data.id", "data.group.id"],
        "ways_in": ["http"],
        "ways_out": ["push", "webhook"],
        "needs": {"GROUP_PUT": ["group", "name"]},
        "ignored": {"TALK": "what is said stays there"},
        "edition": 3,
    }

    read = parse_card({**card, **more}, HERE)

    assert read.needs == {"GROUP_PUT": ("group", "name")}
    assert read.order == ("data.id", "data.group.id")
    assert (read.voice.degree, read.voice.edition, read.voice.authority) == ("", "3", "ENT")
    assert read.voice.occurred_at is not None
    assert read.voice.occurred_at.steps == ("head", "date")
    assert read.voice.ignored == {"TALK": "what is said stays there"}


def test_a_product_for_adults_takes_accounts_with_their_roles(card: dict[str, Any]) -> None:
    needs = {"MEMBER_PUT": ["group", "member_kind", "local_id", "role"]}
    adults = {**card, "people": "ADULTS", "members": ["PERSON"], "needs": needs}

    assert parse_card(adults, HERE).adults_only
    assert not parse_card({**adults, "people": "EVERYBODY"}, HERE).adults_only
    assert not parse_card(card, HERE).adults_only


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"members": ["PERSON", "GROUP"]}, "CARD_ADULTS", "members"),
        ({"needs": {"MEMBER_PUT": ["group", "local_id"]}}, "CARD_ADULTS", "needs.MEMBER_PUT"),
        ({"people": "TEACHERS"}, "CARD_VALUE", "people"),
    ],
)
def test_a_product_for_adults_that_could_let_a_pupil_in_is_refused(
    card: dict[str, Any], change: dict[str, Any], code: str, field: str
) -> None:
    error = refused({**card, "people": "ADULTS", **change})

    assert (error.code, error.complaint.where.field) == (code, field)


def test_an_unknown_key_is_told_with_its_neighbour(card: dict[str, Any]) -> None:
    error = refused({**card, "reeder": "json"})

    assert (error.code, error.complaint.where.field) == ("UNKNOWN_KEY", "reeder")
    assert error.complaint.fix == "did you mean reader?"
    assert error.complaint.known == KEYS


@pytest.mark.parametrize(
    "key", ["product", "title", "degree", "reader", "event", "authority", "tier"]
)
@pytest.mark.parametrize("value", [None, "", ...])
def test_what_a_card_must_say_is_missed(card: dict[str, Any], key: str, value: object) -> None:
    raw = {name: said for name, said in card.items() if name != key}
    error = refused(raw if value is ... else {**raw, key: value})

    assert (error.code, error.complaint.where.field) == ("CARD_INCOMPLETE", key)


@pytest.mark.parametrize("raw", [None, [], "product: essai", 7])
def test_what_is_no_card_is_refused(raw: object) -> None:
    assert refused(raw).code == "CARD"


def test_a_card_is_the_one_of_its_folder(card: dict[str, Any]) -> None:
    assert refused({**card, "product": "autre"}).code == "CARD_NAME"


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("degree", "third", "CARD_VALUE"),
        ("degree", ["first"], "CARD_VALUE"),
        ("reader", "pdf", "CARD_VALUE"),
        ("authority", "HUB", "CARD_VALUE"),
        ("tier", "gold", "CARD_VALUE"),
        ("title", "x" * 401, "CARD_VALUE"),
        ("title", {"fr": "Essai"}, "CARD_VALUE"),
        ("event", "data..name", "CARD_PATH"),
        ("event", "item.name", "CARD_PATH"),
        ("order", "data.id", "CARD_VALUE"),
        ("order", ["=literal"], "CARD_PATH"),
        ("ways_in", ["http", "http"], "CARD_VALUE"),
        ("ways_out", ["fax"], "CARD_VALUE"),
        ("share", "COPY", "CARD_VALUE"),
        ("needs", ["GROUP_PUT"], "CARD_VALUE"),
        ("needs", {"GROUP_PAINT": []}, "CARD_VALUE"),
        ("ignored", {"TALK": ""}, "CARD_VALUE"),
        ("ignored", ["TALK"], "CARD_VALUE"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    card: dict[str, Any], key: str, value: object, code: str
) -> None:
    error = refused({**card, key: value})

    assert error.code == code
    assert (error.complaint.where.field or "").startswith(key)


def test_a_product_without_a_way_in_says_nothing(card: dict[str, Any]) -> None:
    assert parse_card({**card, "ways_in": ["none"]}, HERE).silent
    assert not parse_card({**card, "ways_in": ["http"]}, HERE).silent
