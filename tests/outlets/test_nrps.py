"""Pages of members lose nobody and tell nobody twice, whoever comes and goes between them."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.outlets.nrps import LIS, LONGEST, ROLES, Group, Person, answer, question

AT = "https://preau.example/lti/nrps/g/memberships"
PEOPLE = st.dictionaries(
    st.text("abcdefgh234567", min_size=1, max_size=26),
    st.frozensets(st.sampled_from([*ROLES, "OBSERVER"])),
    max_size=12,
)


def read(group: Group, query: str) -> list[dict[str, object]]:
    """Every member, page after page, as a client follows the links."""
    found: list[dict[str, object]] = []
    while True:
        told = answer(AT, group, question(dict(parse_qsl(query))))
        found += told.body["members"]
        if not told.following:
            return found
        query = urlsplit(told.following).query


@given(people=PEOPLE, limit=st.integers(1, 5))
def test_every_member_is_told_once_in_pages_of_any_size(
    people: dict[str, frozenset[str]], limit: int
) -> None:
    group = Group("g", "Défi", tuple(Person(*each) for each in people.items()))
    told = [each["user_id"] for each in read(group, f"limit={limit}")]
    assert told == sorted(people)
    wanted = sorted(name for name, roles in people.items() if "PUPIL" in roles)
    assert [e["user_id"] for e in read(group, f"limit={limit}&role=Learner")] == wanted


@given(people=PEOPLE)
def test_whoever_stays_between_two_pages_is_told(people: dict[str, frozenset[str]]) -> None:
    group = Group("g", "Défi", tuple(Person(*each) for each in people.items()))
    first = answer(AT, group, question({"limit": "2"}))
    if first.following:
        names = sorted(people)
        left = Group("g", "Défi", tuple(Person(n, people[n]) for n in names if n != names[0]))
        rest = read(left, urlsplit(first.following).query)
        assert [each["user_id"] for each in rest] == names[2:]


def test_a_person_of_two_roles_has_both() -> None:
    group = Group("g", "Défi", (Person("a", frozenset({"TEACHER", "HEAD_TEACHER", "OBSERVER"})),))
    [only] = read(group, "")
    assert only["roles"] == [f"{LIS}Instructor", f"{LIS}Member"]


def test_no_page_is_longer_than_we_allow() -> None:
    assert question({"limit": "100000"}).limit == LONGEST
    assert question({}).limit == LONGEST


@given(st.dictionaries(st.sampled_from(["limit", "after", "role", "rlid"]), st.text()))
def test_whatever_is_asked_it_is_answered_or_refused(said: dict[str, str]) -> None:
    group = Group("g", "Défi", (Person("a", frozenset()),))
    with suppress(SetAside):
        assert len(answer(AT, group, question(said)).body["members"]) <= 1


def test_a_resource_link_is_not_known() -> None:
    with pytest.raises(SetAside, match="NRPS_QUERY"):
        question({"rlid": "1"})
