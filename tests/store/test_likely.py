"""Whether schools follow one another, and when two entries are surely two children."""

from __future__ import annotations

import pytest

from preau.store.enrolments import Enrolment, School
from preau.store.likely import (
    CM2_TO_6E,
    ECOLE_TO_COLLEGE,
    SAME_SCHOOL,
    SECTOR,
    continuity,
    contradicted,
)
from preau.store.persons import MatchKey

KINDS = {"0990001N": "COLLEGE", "0990002P": "ECOLE_PRIMAIRE", "0990003R": "OTHER"}


def at(uai: str, *levels: str, sector: str = "") -> Enrolment:
    return Enrolment("any/1", School(uai, KINDS[uai], "", sector), frozenset(levels))


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        (at("0990001N"), at("0990001N"), SAME_SCHOOL),
        (at("0990002P", "CM2", sector="0990001N"), at("0990001N", "CINQUIEME"), SECTOR),
        (at("0990002P", "CM1", "CM2"), at("0990001N", "SIXIEME"), CM2_TO_6E),
        (at("0990002P", "CM2"), at("0990001N", "SEGPA"), CM2_TO_6E),
        (at("0990002P", "CM2"), at("0990001N"), ECOLE_TO_COLLEGE),
        (at("0990002P", "ULIS"), at("0990001N", "SIXIEME"), ECOLE_TO_COLLEGE),
        (at("0990002P"), at("0990001N"), None),
        (at("0990003R"), at("0990001N", "SIXIEME"), None),
        (at("0990002P", "CM1"), at("0990001N", "SIXIEME"), None),
        (at("0990002P", "CM2"), at("0990001N", "CINQUIEME"), None),
    ],
)
def test_schools_follow_one_another_either_way(
    one: Enrolment, other: Enrolment, rule: str | None
) -> None:
    assert continuity([one], [other]) == continuity([other], [one]) == rule


def test_whoever_is_in_no_class_follows_nobody() -> None:
    assert continuity([], [at("0990001N", "SIXIEME")]) is None


def key(kind: str, value: str) -> MatchKey:
    return MatchKey("any/1", kind, value)


@pytest.mark.parametrize(
    ("one", "other", "two"),
    [
        (key("ine_digest", "a"), key("ine_digest", "b"), True),
        (key("ine_digest", "a"), key("ine_digest", "a"), False),
        (key("national_ref", "11/FIRST/1"), key("national_ref", "11/FIRST/2"), True),
        (key("national_ref", "11/FIRST/1"), key("national_ref", "11/SECOND/2"), False),
        (key("national_ref", "11/FIRST/1"), key("national_ref", "12/FIRST/2"), False),
        (key("ine_digest", "a"), key("national_ref", "11/FIRST/1"), False),
        (key("name_birth", "a"), key("name_birth", "b"), False),
    ],
)
def test_two_ine_or_two_numbers_of_one_degree_are_two_children(
    one: MatchKey, other: MatchKey, *, two: bool
) -> None:
    assert contradicted([one], [other]) is two
