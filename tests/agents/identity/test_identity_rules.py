"""Who is one person: the certain rules, and how each decision is told, moved and undone."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

AAF = "aaf/700001"
ECOLE, COLLEGE = "ent-ecole/5121", "mon-ent/a1b2"
REF = ("11", "FIRST", "700001")
INE = "0" * 63 + "1"


def one(*sources: str) -> frozenset[str]:
    return frozenset(sources)


def test_one_national_reference_is_one_person(registry: Any, told: Any) -> None:
    links = told(registry.step().handle([registry.person(s, ref=REF) for s in (AAF, ECOLE)]))
    assert registry.people() == {one(AAF, ECOLE)}
    assert links[AAF]["person"] == links[ECOLE]["person"]
    for link in links.values():
        assert (link["decision"], link["assurance"]) == ("LINKED", "CERTAIN")
        assert (link["rule"], link["evidence"]) == ("national_ref", ["national_ref"])


def test_one_ine_is_one_person(registry: Any, told: Any) -> None:
    links = told(registry.step().handle([registry.person(s, ine=INE) for s in (ECOLE, COLLEGE)]))
    assert registry.people() == {one(ECOLE, COLLEGE)}
    assert links[ECOLE]["rule"] == "ine_digest"
    assert links[ECOLE]["evidence"] == ["pii.ine_digest"]


def test_staff_keep_one_number_in_both_degrees(registry: Any, told: Any) -> None:
    first, second = "aaf-1d/88", "aaf-2d/88"
    said = [
        registry.person(first, ref=("11", "FIRST", "88"), profile="TEACHER"),
        registry.person(second, ref=("11", "SECOND", "88"), profile="DIRECTION"),
    ]
    links = told(registry.step().handle(said))
    assert registry.people() == {one(first, second)}
    assert links[first]["rule"] == "staff_jointure"


@pytest.mark.parametrize("profile", ["PUPIL", "GUARDIAN", "GUEST", "LOCAL_AUTHORITY"])
def test_whoever_is_not_staff_has_another_number_in_each_degree(
    registry: Any, profile: str
) -> None:
    said = [
        registry.person("aaf-1d/88", ref=("11", "FIRST", "88"), profile=profile),
        registry.person("aaf-2d/88", ref=("11", "SECOND", "88"), profile=profile),
    ]
    registry.step().handle(said)
    assert registry.people() == {one("aaf-1d/88"), one("aaf-2d/88")}


@pytest.mark.parametrize(
    "other", [("12", "FIRST", "700001"), ("11", "SECOND", "700001"), ("11", "FIRST", "700002")]
)
def test_every_part_of_the_reference_must_agree(registry: Any, other: tuple[str, ...]) -> None:
    said = [registry.person(AAF, ref=REF), registry.person(ECOLE, ref=other)]
    registry.step().handle(said)
    assert registry.people() == {one(AAF), one(ECOLE)}


def test_two_that_share_nothing_are_two_people(registry: Any, told: Any) -> None:
    links = told(registry.step().handle([registry.person(AAF, ref=REF), registry.person(ECOLE)]))
    assert registry.people() == {one(AAF), one(ECOLE)}
    assert {(link["rule"], *link["evidence"]) for link in links.values()} == {("alone",)}


@pytest.mark.parametrize("ref", [("", "FIRST", "700001"), ("11", "FIRST", "")])
def test_half_a_reference_links_nobody(registry: Any, ref: tuple[str, ...]) -> None:
    said = [registry.person(s, ref=ref, profile="TEACHER") for s in (AAF, ECOLE)]
    registry.step().handle(said)
    assert registry.people() == {one(AAF), one(ECOLE)}


def test_a_third_source_makes_two_people_one_and_everyone_who_moved_is_told(
    registry: Any, told: Any
) -> None:
    step = registry.step()
    before = told(step.handle([registry.person(AAF, ref=REF), registry.person(COLLEGE, ine=INE)]))
    after = told(step.handle([registry.person(ECOLE, ref=REF, ine=INE)]))
    assert registry.people() == {one(AAF, ECOLE, COLLEGE)}
    assert set(after) == {AAF, ECOLE, COLLEGE}
    (person,) = {link["person"] for link in after.values()}
    assert person in {link["person"] for link in before.values()}
    assert {s: link["rule"] for s, link in after.items()} == {
        AAF: "national_ref",
        ECOLE: "national_ref",
        COLLEGE: "ine_digest",
    }
    assert [after[s]["version"] for s in (AAF, ECOLE, COLLEGE)] == [2, 1, 2]


def test_whoever_did_not_move_is_not_told(registry: Any, told: Any) -> None:
    step = registry.step()
    step.handle([registry.person(s, ref=REF) for s in (AAF, ECOLE)])
    assert set(told(step.handle([registry.person(COLLEGE, ref=REF)]))) == {COLLEGE}


def test_a_corrected_reference_splits_them_again(registry: Any, told: Any) -> None:
    step = registry.step()
    first = told(step.handle([registry.person(s, ref=REF) for s in (AAF, ECOLE, COLLEGE)]))
    right = registry.person(ECOLE, 2, ref=("11", "FIRST", "700009"))
    after = told(step.handle([right]))
    assert registry.people() == {one(AAF, COLLEGE), one(ECOLE)}
    assert set(after) == {ECOLE}
    assert after[ECOLE]["person"] != first[ECOLE]["person"]
    assert (after[ECOLE]["rule"], after[ECOLE]["version"]) == ("alone", 2)


def test_of_a_split_pair_both_are_told_what_they_are_now(registry: Any, told: Any) -> None:
    step = registry.step()
    step.handle([registry.person(s, ref=REF) for s in (AAF, ECOLE)])
    after = told(step.handle([registry.person(ECOLE, 2)]))
    assert {s: link["rule"] for s, link in after.items()} == {AAF: "alone", ECOLE: "alone"}
    assert after[AAF]["person"] != after[ECOLE]["person"]


def test_a_deletion_unlinks(registry: Any, told: Any) -> None:
    step = registry.step()
    before = told(step.handle([registry.person(s, ref=REF) for s in (AAF, ECOLE, COLLEGE)]))
    after = told(step.handle([registry.person(ECOLE, 2, deleted=True)]))
    assert registry.people() == {one(AAF, COLLEGE)}
    assert set(after) == {ECOLE}
    assert after[ECOLE]["decision"] == "UNLINKED"
    assert after[ECOLE]["person"] == before[ECOLE]["person"]


def test_a_deletion_said_again_is_no_new_decision(registry: Any, told: Any) -> None:
    step = registry.step()
    step.handle([registry.person(ECOLE, ref=REF)])
    first = told(step.handle([registry.person(ECOLE, 2, deleted=True)]))
    assert told(step.handle([registry.person(ECOLE, 3, deleted=True)])) == first


def test_without_the_one_between_them_two_are_two_again(registry: Any, told: Any) -> None:
    step = registry.step()
    step.handle([registry.person(AAF, ref=REF), registry.person(COLLEGE, ine=INE)])
    step.handle([registry.person(ECOLE, ref=REF, ine=INE)])
    after = told(step.handle([registry.person(ECOLE, 2, deleted=True)]))
    assert registry.people() == {one(AAF), one(COLLEGE)}
    assert after[AAF]["person"] != after[COLLEGE]["person"]
    assert set(after) == {AAF, COLLEGE, ECOLE}


def test_a_deleted_source_may_come_back(registry: Any, told: Any) -> None:
    step = registry.step()
    first = told(step.handle([registry.person(s, ref=REF) for s in (AAF, ECOLE)]))
    step.handle([registry.person(ECOLE, 2, deleted=True)])
    again = told(step.handle([registry.person(ECOLE, 3, ref=REF)]))
    assert registry.people() == {one(AAF, ECOLE)}
    assert again[ECOLE]["person"] == first[AAF]["person"]
    assert (again[ECOLE]["decision"], again[ECOLE]["version"]) == ("LINKED", 3)


def test_a_deletion_that_comes_first_is_not_undone_by_what_it_deleted(registry: Any) -> None:
    step = registry.step()
    step.handle([registry.person(ECOLE, 2, deleted=True)])
    step.handle([registry.person(ECOLE, 1, ref=REF), registry.person(AAF, ref=REF)])
    assert registry.people() == {one(AAF)}


def test_what_a_deleted_source_was_known_by_is_forgotten(registry: Any) -> None:
    step = registry.step()
    step.handle([registry.person(ECOLE, ref=REF, ine=INE)])
    step.handle([registry.person(ECOLE, 2, deleted=True)])
    with registry.engine.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from person_key").scalar() == 0


def test_a_person_id_is_random(registry: Any, told: Any) -> None:
    step = registry.step()
    first = told(step.handle([registry.person(AAF, ref=REF)]))[AAF]["person"]
    registry.forget_everything()
    second = told(step.handle([registry.person(AAF, ref=REF)]))[AAF]["person"]
    assert first != second
    assert uuid.UUID(first).version == uuid.UUID(second).version == 4


def test_many_accounts_under_one_wrong_number_are_one_family_and_no_catastrophe(
    registry: Any,
) -> None:
    """An ENT once gave every account the same number; the work must stay in proportion."""
    sources = {f"mon-ent/{n}" for n in range(3_000)}
    registry.step().handle([registry.person(source, ref=REF) for source in sorted(sources)])
    assert registry.people() == {frozenset(sources)}
