"""A pseudonym is steady for one recipient, and says nothing to another."""

from __future__ import annotations

import base64
import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from preau.keys.pseudonym import pseudonym

PERSON = "0199c0de-0000-4000-8000-000000000001"


def test_a_pseudonym_is_26_characters_of_lower_case_base32() -> None:
    name = pseudonym(b"key", PERSON)
    assert len(name) == 26
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_it_is_the_beginning_of_the_base32_of_the_hmac() -> None:
    digest = hmac.new(b"key", PERSON.encode(), hashlib.sha256).digest()
    assert base64.b32encode(digest).decode().lower().startswith(pseudonym(b"key", PERSON))


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.uuids())
def test_two_recipients_agree_on_a_name_only_with_the_same_key(
    one: bytes, other: bytes, person: object
) -> None:
    same = pseudonym(one, str(person)) == pseudonym(other, str(person))
    assert same == (one == other)


def test_two_persons_have_two_names_at_one_recipient() -> None:
    names = {pseudonym(b"key", f"{PERSON}{n}") for n in range(10_000)}
    assert len(names) == 10_000
