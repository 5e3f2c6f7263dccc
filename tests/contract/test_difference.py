"""The first place where what is written and what is given differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.contract.results import difference, texts

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_a_value_does_not_differ_from_itself(value: object) -> None:
    assert difference(value, value) is None


@pytest.mark.parametrize(
    ("written", "given", "path"),
    [
        ([{"a": {"b": 1}}], [{"a": {"b": 2}}], "0.a.b"),
        ([1, 2], [1], "(the whole answer)"),
        ({"a": 1}, {"b": 1}, "(the whole answer)"),
        ({"x": {"a": 1}}, {"x": {}}, "x"),
        ({"x": 1}, {"x": True}, "x"),
    ],
)
def test_the_path_leads_to_the_difference(written: object, given: object, path: str) -> None:
    assert difference(written, given) == path


def test_only_texts_long_enough_to_tell_are_looked_for_in_a_refusal() -> None:
    assert texts(b'{"a": ["abcd", "abc"], "b": {"c": "defgh"}}') == {"abcd", "defgh"}
    assert texts(b"not json") == set()
