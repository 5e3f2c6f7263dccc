"""A letter speaks of somebody by an account's id as a whole, or by both names, however written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.rights.mentions import speaks_of, terms

GAELLE = terms(["70012"], [("Gaëlle", "D'Arquès-Pech")])


@pytest.mark.parametrize(
    "body",
    [
        b'{"id": 70012}',
        b'{"id":"70012","x":1}',
        b"70012",
        '{"last": "D’ARQUES PECH", "first": "gaelle"}'.encode(),
        json.dumps({"text": "vu avec Gaëlle d'Arquès-Pech"}).encode(),  # escaped: \\u00eb
        "<nom>d'Arquès-Pech</nom><prenom>GAËLLE</prenom>".encode(),
        "Gaëlle;d'Arquès-Pech;CM2".encode("cp1252"),
    ],
)
def test_these_speak_of_her(body: bytes) -> None:
    assert speaks_of(body, GAELLE)


@pytest.mark.parametrize(
    "body", [b'{"id": 170012}', b'{"id": "70012-b"}', b"Gaelle Martin", b"", b"\xff\xfe"]
)
def test_these_do_not(body: bytes) -> None:
    assert not speaks_of(body, GAELLE)


def test_nobody_is_told_by_half_a_name() -> None:
    assert not speaks_of(b"Martin", terms([], [("", "Martin")]))


@given(st.binary(max_size=200), st.integers(10_000, 10**9))
def test_an_id_between_anything_is_found(noise: bytes, number: int) -> None:
    body = noise + b' "' + str(number).encode() + b'" ' + noise
    assert speaks_of(body, terms([str(number)], []))
