"""A form is read as PHP and Moodle read it: nested names, types, what is missing or too much."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.sandbox.magistere.parameters import (
    DEFAULT,
    OPTIONAL,
    Invalid,
    Multiple,
    Scalar,
    Single,
    nested,
    validated,
)

MEMBER = Single({"cohortid": Scalar("int"), "note": Scalar("raw", OPTIONAL)})
TAKES = Single({"members": Multiple(MEMBER), "limit": Scalar("int", DEFAULT, 25)})
GOOD = {"members[0][cohortid]": "7", "members[1][cohortid]": "8", "members[1][note]": "<b>"}


def test_a_form_becomes_what_the_function_takes() -> None:
    assert validated(TAKES, nested(GOOD)) == {
        "members": [{"cohortid": 7}, {"cohortid": 8, "note": "<b>"}],
        "limit": 25,
    }


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({}, "Missing required key in single structure: members"),
        ({"members": "7"}, "members => .*Only arrays accepted"),
        ({"members[0]": "7"}, "members => .*Only arrays accepted"),
        ({"members[0][note]": "x"}, "members => .*Missing required key .*: cohortid"),
        ({"members[0][cohortid]": "7a"}, 'cohortid => .*"7a".*"int" type'),
        ({"members[0][cohortid]": "07"}, '"int" type'),
        ({"members[0][cohortid]": ""}, '"int" type'),
        ({"members[0][cohortid][x]": "7"}, "Scalar type expected"),
        ({**GOOD, "color": "red"}, r"Unexpected keys \(color\) detected in parameter array"),
        ({**GOOD, "members[0][idnumber]": "x"}, r"members => .*Unexpected keys \(idnumber\)"),
    ],
)
def test_what_is_wrong_is_said_in_moodles_words(form: dict[str, str], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        validated(TAKES, nested(form))


@given(st.dictionaries(st.text("ab[]01", max_size=9), st.text(max_size=4), max_size=6))
def test_no_form_breaks_the_reader(form: dict[str, str]) -> None:
    with suppress(Invalid):
        validated(TAKES, nested(form))
