"""Digests match what is equal, with this deployment's secret and for this use only."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import Stop
from preau.keys.digest import Digests

INE = "123456789AB"


@given(st.text(), st.text())
def test_two_digests_are_equal_when_the_texts_are(one: str, other: str) -> None:
    digests = Digests(b"secret")
    assert (digests.ine(one) == digests.ine(other)) == (one == other)
    assert (digests.hidden(one) == digests.hidden(other)) == (one == other)


@given(st.text())
def test_an_ine_and_an_id_with_the_same_text_do_not_meet(text: str) -> None:
    digests = Digests(b"secret")
    assert digests.ine(text) != digests.hidden(text)


def test_a_digest_is_64_hexadecimal_characters_and_not_the_plain_hash() -> None:
    digest = Digests(b"secret").ine(INE)
    assert len(bytes.fromhex(digest)) == 32
    assert digest != hashlib.sha256(INE.encode()).hexdigest()


def test_a_digest_stays_the_same_from_one_release_to_the_next() -> None:
    """Kept digests are matched for years: the construction is part of the data."""
    said = hmac.new(b"secret", b"preau/ine\x00" + INE.encode(), hashlib.sha256).hexdigest()
    assert Digests(b"secret").ine(INE) == said


@given(st.binary(min_size=1, max_size=130), st.text())
def test_a_digest_is_the_standard_librarys_hmac(secret: bytes, text: str) -> None:
    for use, digest in ((b"ine", Digests(secret).ine), (b"hidden", Digests(secret).hidden)):
        said = b"preau/" + use + b"\x00" + text.encode()
        assert digest(text) == hmac.digest(secret, said, "sha256").hex()


def test_another_deployment_has_other_digests() -> None:
    assert Digests(b"ours").ine(INE) != Digests(b"theirs").ine(INE)


def test_digests_without_a_secret_are_refused() -> None:
    with pytest.raises(Stop) as stopped:
        Digests(b"")
    assert stopped.value.code == "DIGEST_SECRET"
