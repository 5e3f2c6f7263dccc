"""Two entries are alike when names and birth date are, however their files write them."""

from __future__ import annotations

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import Stop
from preau.keys.digest import Digests
from preau.keys.likeness import Likeness, plain_name

LIKENESS = Likeness(b"secret")


def child(family: str | None, *given_names: str, born: int | None = 16_500) -> dict[str, Any]:
    return {
        "family_name": family,
        "usual_name": None,
        "given_names": list(given_names),
        "birth_date": born,
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ABADIE", "Abadie"),
        ("MARTY-SOULA", "Marty Soula"),
        ("D'ARQUES", "D ARQUES"),
        ("D\N{RIGHT SINGLE QUOTATION MARK}Arquès", "ARQUES"),
        ("de La Tour", "LA TOUR"),
        ("Cœur", "COEUR"),
        ("PÉRIÉ", "PE\N{COMBINING ACUTE ACCENT}RIE"),
    ],
)
def test_names_written_otherwise_are_alike(one: str, other: str) -> None:
    assert LIKENESS.of(child(one, "Zoé")) == LIKENESS.of(child(other, "ZOE", "Aya"))


@pytest.mark.parametrize(
    "other",
    [
        child("ABADIE", "Zoé", born=16_501),
        child("ABADIE", "Chloé"),
        child("ABADIA", "Zoé"),
        child("ZOE", "Abadie"),
        child("ABADIEZ", "oé"),
    ],
)
def test_another_name_or_day_is_not_alike(other: dict[str, Any]) -> None:
    assert LIKENESS.of(child("ABADIE", "Zoé")) != LIKENESS.of(other)


def test_the_name_in_use_counts_when_there_is_no_other() -> None:
    said = {**child(None, "Zoé"), "usual_name": "Abadie"}
    assert LIKENESS.of(said) == LIKENESS.of(child("ABADIE", "Zoé"))


def test_other_given_names_in_one_value_do_not_count() -> None:
    assert LIKENESS.of(child("ABADIE", "Zoé, Aya")) == LIKENESS.of(child("ABADIE", "Zoé"))


@pytest.mark.parametrize(
    "said", [child(None, "Zoé"), child("-", "Zoé"), child("ABADIE"), child("ABADIE", "", born=1)]
)
def test_without_a_name_nobody_is_alike(said: dict[str, Any]) -> None:
    assert LIKENESS.of(said) is None


def test_without_a_birth_date_nobody_is_alike() -> None:
    assert LIKENESS.of(child("ABADIE", "Zoé", born=None)) is None


def test_a_name_of_particles_keeps_them() -> None:
    assert plain_name("Des") == "des"


@given(st.text())
def test_what_stands_around_a_name_does_not_count(text: str) -> None:
    plain = plain_name(text)
    assert plain == plain_name(f" {text}-'_")
    assert not set(plain) & set(" -'_")


def test_the_digest_is_an_hmac_in_a_domain_of_its_own() -> None:
    """Kept digests are matched for years: the construction is part of the data."""
    text = "abadie\x00zoe\x0016500"
    said = hmac.new(b"secret", b"preau/likeness\x00" + text.encode(), "sha256").hexdigest()
    assert LIKENESS.of(child("ABADIE", "Zoé")) == said
    assert said not in {Digests(b"secret").ine(text), Digests(b"secret").hidden(text)}


def test_another_deployment_has_other_digests() -> None:
    said = child("ABADIE", "Zoé")
    assert Likeness(b"ours").of(said) != Likeness(b"theirs").of(said)


def test_without_a_secret_there_is_none() -> None:
    with pytest.raises(Stop) as stopped:
        Likeness(b"")
    assert stopped.value.code == "DIGEST_SECRET"
