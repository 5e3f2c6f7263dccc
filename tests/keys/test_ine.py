"""The INE is replaced at the edge: right, wrong or absent, it goes no further."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.keys.digest import Digests
from preau.keys.ine import FORMS, digest_in, masked, masking, plain_ine

DIGESTS = Digests(b"a secret of these tests")
MASK = masking(DIGESTS.ine)


@pytest.mark.parametrize("written", ["120890177FA", " 1208 90177 fa ", "120890177fa"])
def test_one_ine_has_one_mask_however_it_is_written(written: str) -> None:
    assert MASK(written) == f"ine:{DIGESTS.ine('120890177FA')}"
    assert digest_in(MASK(written)) == DIGESTS.ine("120890177FA")


@pytest.mark.parametrize("wrong", ["12089017FA", "O20890177FA", "120890177F", "ine:120890177FA"])
def test_a_wrong_ine_is_not_shown_either(wrong: str) -> None:
    assert MASK(wrong) == f"ine:?{len(wrong)}"
    assert digest_in(MASK(wrong)) is None
    assert masked(MASK(wrong))


def test_nothing_stays_nothing() -> None:
    assert MASK("") == MASK("   ") == ""


@given(st.from_regex(FORMS, fullmatch=True))
def test_no_mask_holds_its_ine(ine: str) -> None:
    assert plain_ine(ine) == ine
    assert ine not in MASK(ine)


@given(st.text(min_size=4))
def test_whatever_stands_there_goes_no_further(text: str) -> None:
    assert not text.strip() or text not in MASK(text)
