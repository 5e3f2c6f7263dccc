"""Whom the hub believes: the State over an ENT over the hub, then whoever spoke last."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.store.precedence import (
    AUTHORITY,
    ENT,
    HUB,
    LAST,
    ONLY,
    ORDER,
    RULES,
    SAME,
    STATE,
    Claim,
    believed,
)

AAF, OLD, NEW = (
    Claim("aaf/1", STATE, 10, "LES TILLEULS"),
    Claim("ent/1", ENT, 20, "Tilleuls"),
    Claim("autre/1", ENT, 30, "École des Tilleuls"),
)
claims = st.lists(
    st.builds(Claim, st.sampled_from("abcd"), st.sampled_from(ORDER), st.integers(0, 3), st.text()),
    unique_by=lambda claim: claim.source,
)


def test_the_state_is_believed_though_it_spoke_first() -> None:
    found = believed("establishment.name", [NEW, AAF, OLD])
    assert found is not None
    assert (found.claim, found.because, found.others) == (AAF, AUTHORITY, (NEW, OLD))


def test_of_one_authority_the_last_word_is_believed() -> None:
    found = believed("establishment.name", [OLD, NEW])
    assert found is not None
    assert (found.claim, found.because) == (NEW, LAST)


def test_it_is_told_when_nobody_says_otherwise() -> None:
    (alone, alike) = (
        believed("x", [OLD]),
        believed("x", [OLD, NEW._replace(value="Tilleuls", at=1)]),
    )
    assert alone is not None
    assert alike is not None
    assert (alone.because, alike.because) == (ONLY, SAME)
    assert believed("x", []) is None


def test_what_is_masked_is_never_told_to_be_the_same() -> None:
    found = believed("person.pii.family_name", [c._replace(value=None) for c in (OLD, AAF)])
    assert found is not None
    assert (found.claim.source, found.because) == ("aaf/1", AUTHORITY)


def test_an_ent_knows_its_own_roles_best() -> None:
    found = believed("person.vendor_role", [AAF, OLD])
    assert found is not None
    assert found.claim == OLD


@given(claims=claims, data=st.data())
def test_the_order_in_which_they_are_read_does_not_matter(
    claims: list[Claim], data: st.DataObject
) -> None:
    for field in ("person.profile", *RULES):
        assert believed(field, claims) == believed(field, data.draw(st.permutations(claims)))


@pytest.mark.parametrize("field", RULES)
def test_every_rule_is_of_a_field_that_exists_and_orders_every_authority(field: str) -> None:
    record, _, name = field.partition(".")
    inner = name.removeprefix("pii.")
    file = f"{record}.pii.v1.avsc" if inner != name else f"{record}.v1.avsc"
    schema = Path(__file__).resolve().parents[2] / "schemas/avro" / file
    names = [each["name"] for each in json.loads(schema.read_text("utf-8"))["fields"]]
    assert inner in names
    assert sorted(RULES[field]) == sorted((STATE, ENT, HUB))
