"""An ENT for adults is told of no pupil and of no family, whatever the mandates list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.agents.wanted import Known, Member, people
from preau.canon.purposes import ADULT_ROLES, purposes
from preau.store.projects import AUTHORISED, OPEN, Place, Project
from preau.store.rights import Rights

WITH_ROLE = ("group", "member_kind", "local_id", "role")
ROLES = ("PUPIL", "TEACHER", "HEAD_TEACHER", "LEADER", "OBSERVER", "GUARDIAN")


@pytest.fixture
def formation(hub: Any) -> Place:
    """An ENT for adults that authorised, with a class known from the State's files."""
    card = hub.cards["college"]
    needs = {**card.needs, "MEMBER_PUT": WITH_ROLE}
    hub.cards["college"] = card._replace(adults_only=True, needs=needs)
    return Place("0119010J", "college", "AUTHORISED", "PRINCIPAL", 1, ("college/c6",))


def invited(deliveries: list[dict[str, Any]]) -> dict[str, str]:
    """Account -> role of whoever is told to be a member."""
    puts = [each["body"] for each in deliveries if each["operation"] == "MEMBER_PUT"]
    return {body["local_id"]: body["role"] for body in puts}


def test_the_purpose_lists_pupils_and_only_teachers_are_told(
    hub: Any, say: Any, formation: Place
) -> None:
    assert "PUPIL" in purposes()["PROJET_PEDAGOGIQUE"].roles
    members = [(f"college/u{role}", role) for role in ROLES]
    told = hub.hear(
        hub.project(formation), say.group("college/c6"), say.roster("college/c6", members)
    )
    assert invited(told) == {f"u{role}": role for role in ADULT_ROLES}


def test_a_pupil_of_any_class_is_no_teacher_here_under_any_account(
    hub: Any, say: Any, formation: Place
) -> None:
    hub.hear(say.member("aaf/6B", "aaf/1"), say.member("aaf/6B", "aaf/2", role="TEACHER"))
    hub.recognise("p1", "aaf/1", "college/u1")
    hub.recognise("p2", "aaf/2", "college/u2")
    members = [("college/u1", "TEACHER"), ("college/u2", "TEACHER"), ("college/u3", "PUPIL")]
    told = hub.hear(
        hub.project(formation), say.group("college/c6"), say.roster("college/c6", members)
    )
    assert invited(told) == {"u2": "TEACHER"}


def test_whoever_turns_out_to_be_a_pupil_leaves(hub: Any, say: Any, formation: Place) -> None:
    teacher = say.roster("college/c6", [("college/u1", "TEACHER")])
    told = hub.hear(hub.project(formation), say.group("college/c6"), teacher)
    assert invited(told) == {"u1": "TEACHER"}
    gone = hub.hear(say.roster("college/c6", [("college/u1", "PUPIL")], 2))
    assert [each["operation"] for each in gone] == ["MEMBER_REMOVE"]


def test_no_pupil_waits_for_an_account_there(hub: Any, say: Any, formation: Place) -> None:
    place = formation._replace(groups=("aaf/6A",))
    pupil, teacher = say.member("aaf/6A", "aaf/1"), say.member("aaf/6A", "aaf/2", role="TEACHER")
    hub.recognise("p1", "aaf/1")
    hub.recognise("p2", "aaf/2")
    hub.hear(hub.project(place), say.group("aaf/6A"), pupil, teacher)
    waiting = [entity for (_, entity), (op, _) in hub.holds().items() if op == "MEMBER_WAIT"]
    assert waiting == [f"member:group-1:{hub.pseudonym('college', 'p2')}"]


class Formation(NamedTuple):
    """A product for adults, as its card says."""

    product: str = "formation"
    members: tuple[str, ...] = ("PERSON",)
    needs: Mapping[str, tuple[str, ...]] = {}
    adults_only: bool = True


member = st.builds(
    Member,
    st.sampled_from([f"formation/{n}" for n in range(6)]),
    st.sampled_from([None, "p1", "p2"]),
    st.just("cause"),
    st.sampled_from(ROLES),
)


@given(st.lists(member), st.lists(member), st.lists(member), st.sets(st.sampled_from(ROLES)))
def test_however_somebody_comes_in_only_an_adults_role_is_wanted(
    picked: list[Member], following: list[Member], pupils: list[Member], roles: set[str]
) -> None:
    place = Place("U", "formation", AUTHORISED, "", 1, ())
    named = ("p", "g", "Stage", "PROJET_PEDAGOGIQUE", "2026-10-12", "2027-07-02", OPEN, 1, "e", 0)
    rights = Rights({("U", "formation"): frozenset({"membership"})}, frozenset(), frozenset(roles))
    called = frozenset({each.source for each in pupils})
    known = Known(
        *(rights, {"formation": Formation()}, {}, {}, {"U": picked}, {}),
        *(lambda _ent, person: person, {"U": following}, called),
    )
    wanted = list(people(Project(*named, (place,)), known))
    assert {each.body["role"] for each in wanted if each.body} <= ADULT_ROLES & roles
    assert not {f"formation/{each.local}" for each in wanted} & called
