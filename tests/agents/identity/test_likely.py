"""Pupils who may be one child are listed with what speaks for it, and never linked by it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.agents.likely import MOST, Pair, likely_pairs
from preau.agents.matching import joined
from preau.store import said
from preau.store.persons import NAME_BIRTH, MatchKey
from preau.store.said import SaidState

ECOLE, COLLEGE, OTHER = "ecoles/1", "colleges/2", "colleges/3"
CHILD = {"family_name": "D'ARQUES", "given_names": ["Zoé", "Aya"], "birth_date": 16_500}
SAME = {"family_name": "Arques", "given_names": ["ZOE"], "birth_date": 16_500}
SCHOOLS = {"ecoles": "0990002P", "colleges": "0990001N"}


def enrolled(registry: Any, source: str, level: str, uai: str = "") -> None:
    """Puts this pupil into a class of that level."""
    instance, _, number = source.partition("/")
    group = f"{instance}/{level}{uai}"
    fields = {"kind": "CLASS", "name": level, "levels": [level]}
    fields["establishments"] = [uai or SCHOOLS[instance]]
    member = {"group": group, "member": source, "member_kind": "PERSON", "role": "PUPIL"}
    points = (("group", group), ("member", source))
    with registry.engine.begin() as connection:
        said.put(connection, [state("group", group, fields)])
        said.put(connection, [state("membership", f"{group}/{number}", member, points)])


def state(record: str, key: str, fields: Any, points: Any = ()) -> SaidState:
    return SaidState(record, key, 1, deleted=False, event_id="e", fields=fields, points=points)


def spoken(registry: Any, *people: Any) -> list[Pair]:
    """These persons handled; the pairs that are then listed."""
    registry.step().handle(people)
    with registry.engine.connect() as connection:
        return list(likely_pairs(connection))


def both(registry: Any, **more: Any) -> list[Pair]:
    one = registry.person(ECOLE, who=CHILD, **more)
    return spoken(registry, one, registry.person(COLLEGE, who=SAME))


def test_a_child_of_cm2_in_a_6e_is_probable_and_stays_two_people(registry: Any) -> None:
    enrolled(registry, ECOLE, "CM2")
    enrolled(registry, COLLEGE, "SIXIEME")
    (pair,) = both(registry)
    assert (pair.assurance, pair.rule) == ("PROBABLE", "cm2_to_6e")
    assert pair.evidence[:3] == ("pii.family_name", "pii.given_names", "pii.birth_date")
    assert {pair.left.sources, pair.right.sources} == {(ECOLE,), (COLLEGE,)}
    assert {pair.left.schools, pair.right.schools} == {("0990001N",), ("0990002P",)}
    assert registry.people() == {frozenset({ECOLE}), frozenset({COLLEGE})}


def test_a_child_twice_in_one_school_is_probable(registry: Any) -> None:
    enrolled(registry, ECOLE, "CM1")
    enrolled(registry, COLLEGE, "CM1", SCHOOLS["ecoles"])
    (pair,) = both(registry)
    assert (pair.assurance, pair.rule) == ("PROBABLE", "same_school")


def test_without_continuity_it_is_only_possible(registry: Any) -> None:
    (pair,) = both(registry)
    assert (pair.assurance, pair.rule) == ("POSSIBLE", "name_birth")


def test_homonyms_are_only_possible(registry: Any) -> None:
    enrolled(registry, ECOLE, "CM2")
    enrolled(registry, COLLEGE, "SIXIEME")
    third = registry.person(OTHER, who=CHILD)
    pairs = spoken(registry, *(registry.person(s, who=CHILD) for s in (ECOLE, COLLEGE)), third)
    assert [pair.assurance for pair in pairs] == ["POSSIBLE"] * 3


def test_a_homonym_whose_ine_differs_is_no_candidate(registry: Any) -> None:
    enrolled(registry, ECOLE, "CM2")
    enrolled(registry, COLLEGE, "SIXIEME")
    pairs = spoken(
        registry,
        registry.person(ECOLE, who=CHILD, ine="a" * 64),
        registry.person(COLLEGE, who=CHILD, ref=("11", "SECOND", "2")),
        registry.person(OTHER, who=CHILD, ref=("11", "SECOND", "3"), ine="b" * 64),
    )
    assert [pair.assurance for pair in pairs] == ["PROBABLE"]
    assert {pairs[0].left.sources, pairs[0].right.sources} == {(ECOLE,), (COLLEGE,)}


@pytest.mark.parametrize("profile", ["TEACHER", "GUARDIAN"])
def test_only_pupils_are_compared(registry: Any, profile: str) -> None:
    assert both(registry, profile=profile) == []


def test_one_person_is_no_pair(registry: Any) -> None:
    people = [registry.person(s, who=CHILD, ine="a" * 64) for s in (ECOLE, COLLEGE)]
    assert spoken(registry, *people) == []


def test_an_entry_that_is_gone_is_compared_no_longer(registry: Any) -> None:
    assert len(both(registry)) == 1
    assert spoken(registry, registry.person(ECOLE, 2, deleted=True)) == []


def test_a_name_that_everybody_has_names_nobody(registry: Any) -> None:
    people = [registry.person(f"ent/{n}", who=CHILD) for n in range(MOST + 1)]
    assert spoken(registry, *people) == []


def test_the_level_that_the_state_says_counts_and_not_the_one_that_an_ent_still_has(
    registry: Any,
) -> None:
    """The file says 6e, the ENT of the école still CM2: no école and collège follow each other."""
    ine = {"who": CHILD, "ine": "a" * 64}
    enrolled(registry, ECOLE, "CM2")
    enrolled(registry, COLLEGE, "SIXIEME")
    enrolled(registry, OTHER, "SIXIEME", SCHOOLS["colleges"][:-1] + "X")
    ent = registry.person(ECOLE, **ine, authority="ENT")
    state = registry.person(COLLEGE, **ine, authority="STATE")
    (pair,) = spoken(registry, ent, state, registry.person(OTHER, who=SAME))
    assert (pair.assurance, pair.rule) == ("POSSIBLE", "name_birth")


sources = st.sampled_from(["a/1", "a/2", "b/1", "b/2", "c/1"])
kinds = st.sampled_from(["national_ref", "ine_digest", "staff_jointure", NAME_BIRTH])
keys = st.lists(st.builds(MatchKey, sources, kinds, st.sampled_from("xy")))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=keys)
def test_names_and_birth_dates_decide_nothing(keys: list[MatchKey]) -> None:
    everybody = {key.source for key in keys}
    certain = [key for key in keys if key.kind != NAME_BIRTH]
    assert joined(everybody, keys).groups() == joined(everybody, certain).groups()
