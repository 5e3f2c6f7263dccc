"""One September later: everybody is one year further, and every link is one that the files show."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from preau.sandbox.territory.flaws import without_accents
from preau.sandbox.territory.levels import CM2, COLLEGE, LAST
from preau.sandbox.territory.numbers import SLOTS
from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.sector import Sector, first_year
from preau.sandbox.territory.september import Transit, second_year
from tests.sandbox.territory.invented import (
    Records,
    Territory,
    Values,
    aaf_records,
    open_territory,
)

SIXTH = {"10010012110", "16410002110"}


def links(territory: Territory, year: str = "apres") -> list[tuple[str, str, str, str]]:
    """Kind, left, right and rule of every link told in one year."""
    people = (person for person in territory.people if person["year"] == year)
    return [(person["kind"], *link) for person in people for link in person["links"]]


def crossing(territory: Territory) -> list[tuple[str, str, str]]:
    """Jointure at the école, jointure at the collège, rule: those who change degree."""
    return [
        (left.rpartition("/")[2], right.rpartition("/")[2], rule)
        for kind, left, right, rule in links(territory)
        if (kind, left.split("/")[:2]) == ("pupil", ["avant", "aaf-1d"]) and "aaf-2d" in right
    ]


def who(values: Values) -> tuple[str, str, str]:
    """Family name, given name without accents, birth date: what a name match sees."""
    [family] = values["ENTPersonNomPatro"]
    given = (values.get("givenName") or values["ENTPersonPrenom"])[0]
    return family, without_accents(given), values["ENTPersonDateNaissance"][0]


def ine(values: Values) -> str:
    return "".join(values["ENTEleveINE"])


def test_those_who_enter_the_college_were_in_cm2(territory: Territory, records: Records) -> None:
    before, after = records("avant", "aaf-1d", "Eleve"), records("apres", "aaf-2d", "Eleve")
    moved = crossing(territory)
    assert len(moved) > 20
    for left, right, _ in moved:
        assert after[right]["ENTEleveMEF"][0] in SIXTH
        level = before[left]["ENTEleveNiveau"]
        assert not level or level == ["1125$CM2"]


def test_most_of_cm2_go_to_the_college_of_their_sector(
    territory: Territory, records: Records
) -> None:
    before, after = records("avant", "aaf-1d", "Eleve"), records("apres", "aaf-2d", "Eleve")
    leavers = [v for v in before.values() if v["ENTEleveNiveau"] == ["1125$CM2"]]
    sectors = [
        int(place[0]) // SLOTS
        for left, right, _ in crossing(territory)
        for place in (
            before[left]["ENTPersonStructRattach"],
            after[right]["ENTPersonStructRattach"],
        )
    ]
    own = sum(a == b for a, b in zip(sectors[::2], sectors[1::2], strict=True))
    assert own > 0.7 * len(leavers)


def test_a_link_by_ine_is_one_ine_in_two_files(territory: Territory, records: Records) -> None:
    before, after = records("avant", "aaf-1d", "Eleve"), records("apres", "aaf-2d", "Eleve")
    rules = Counter(rule for *_, rule in crossing(territory))
    assert rules["ine"] > 20
    for left, right, rule in crossing(territory):
        same = ine(before[left]) == ine(after[right]) != ""
        assert same is (rule == "ine") or rule == "none"


def test_a_probable_link_is_one_name_and_one_birth_date(
    territory: Territory, records: Records
) -> None:
    before, after = records("avant", "aaf-1d", "Eleve"), records("apres", "aaf-2d", "Eleve")
    probable = [each for each in crossing(territory) if each[2] == "probable"]
    assert probable
    for left, right, _ in probable:
        assert ine(before[left]) == ine(after[right]) == ""
        assert who(before[left]) == who(after[right])


def test_what_nothing_shows_is_said_to_be_hidden(territory: Territory, records: Records) -> None:
    aside = territory.flawed("arity", "avant", "aaf-1d") | territory.flawed(
        "arity", "apres", "aaf-2d"
    )
    before, after = records("avant", "aaf-1d", "Eleve"), records("apres", "aaf-2d", "Eleve")
    for left, right, rule in crossing(territory):
        if rule != "none":
            assert not aside & {left, right}
            continue
        renamed = who(before[left]) != who(after[right])
        places = (v["ENTPersonStructRattach"][0] for v in (before[left], after[right]))
        far = len({int(place) // SLOTS for place in places}) > 1
        assert renamed or far or aside & {left, right}


def test_without_ine_a_new_name_or_another_sector_hides_the_link(tmp_path: Path) -> None:
    large = open_territory(Plan(2_000, 11, tmp_path / "large", 0.2, "none"))
    before = aaf_records(large.folder / "avant" / "aaf-1d")["Eleve"]
    after = aaf_records(large.folder / "apres" / "aaf-2d")["Eleve"]
    aside = large.flawed("arity", "avant", "aaf-1d") | large.flawed("arity", "apres", "aaf-2d")
    met: Counter[str] = Counter()
    for left, right, rule in crossing(large):
        if ine(before[left]) or aside & {left, right}:
            continue
        places = (v["ENTPersonStructRattach"][0] for v in (before[left], after[right]))
        far = len({int(place) // SLOTS for place in places}) > 1
        new_name = who(before[left]) != who(after[right])
        met["far" if far else "new name" if new_name else "near"] += 1
        assert rule == ("none" if far or new_name else "probable")
    assert set(met) == {"far", "new name", "near"}


def test_who_stays_in_a_degree_keeps_the_number(territory: Territory) -> None:
    kept = [
        (left, right)
        for kind, left, right, rule in links(territory)
        if (kind, rule) == ("pupil", "national_ref")
    ]
    assert len(kept) > 200
    assert all(left.split("/")[1:] == right.split("/")[1:] for left, right in kept)


def test_shared_staff_have_one_number_in_both_degrees(
    territory: Territory, records: Records
) -> None:
    for year in ("avant", "apres"):
        first, second = (records(year, f, "PersEducNat") for f in ("aaf-1d", "aaf-2d"))
        told = {
            left.rpartition("/")[2]
            for *_, left, _, rule in links(territory, year)
            if rule == "staff"
        }
        assert told == set(first) & set(second)
        assert len(told) >= 2


def both_years(pupils: int) -> list[tuple[Sector, dict[int, int], dict[int, str]]]:
    """Each sector in its second year, with the levels and schools of its pupils in the first."""
    plan, moving, found = Plan(pupils, 5, Path(), 0), Transit(), []
    for number in range(plan.sectors):
        sector = first_year(plan, number)
        levels = {pupil.number: pupil.level for pupil in sector.pupils()}
        levels |= {pupil.number: pupil.level - 1 for f in moving.families for pupil in f.children}
        staff = {each.number: each.place.uai for each in sector.staff}
        moving = second_year(plan, sector, moving)
        found.append((sector, levels, staff))
    return found


@pytest.fixture(scope="module")
def sectors() -> list[tuple[Sector, dict[int, int], dict[int, str]]]:
    return both_years(6_000)


def test_a_pupil_goes_one_level_up_or_repeats_it(
    sectors: list[tuple[Sector, dict[int, int], dict[int, str]]],
) -> None:
    steps: Counter[int] = Counter()
    for sector, levels, _ in sectors:
        for pupil in sector.pupils():
            assert pupil.school is not None
            assert pupil.school.teaches(pupil.level)
            if pupil.number in levels:
                steps[pupil.level - levels[pupil.number]] += 1
    assert set(steps) == {0, 1}
    assert steps[0] < 0.03 * steps[1]


def test_3e_leaves_and_petite_section_is_filled_again(
    sectors: list[tuple[Sector, dict[int, int], dict[int, str]]],
) -> None:
    after = Counter(p.level for sector, _, _ in sectors for p in sector.pupils())
    assert set(after) == set(range(LAST + 1))
    assert 0.9 < after[0] / 500 < 1.1
    for sector, levels, _ in sectors:
        leavers = {number for number, level in levels.items() if level == LAST}
        left = leavers - {pupil.number for pupil in sector.pupils()}
        assert len(left) > 0.9 * len(leavers)


def test_some_change_sector_and_some_leave(
    sectors: list[tuple[Sector, dict[int, int], dict[int, str]]],
) -> None:
    came = gone = 0
    for sector, levels, _ in sectors:
        now = {p.number: p for p in sector.pupils()}
        came += sum(p.before is not None and p.before.sector != sector.number for p in now.values())
        gone += sum(levels[n] == CM2 for n in set(levels) - set(now))
    assert came > 50
    assert gone > 20


def test_classes_of_a_college_are_anew_and_some_are_coded_anew(territory: Territory) -> None:
    assert territory.counts["avant"]["aaf-2d"]["objects"]["class"] > 8
    plan = Plan(3_000, 2, Path(), 0)
    sector = first_year(plan, 0)
    before = {id(group) for group in sector.college.classes}
    second_year(plan, sector, Transit())
    assert before.isdisjoint({id(group) for group in sector.college.classes})
    assert any(len(group.levels) > 1 for school in sector.ecoles for group in school.classes)


def test_staff_stay_move_leave_and_come(
    sectors: list[tuple[Sector, dict[int, int], dict[int, str]]],
) -> None:
    fate: Counter[str] = Counter()
    for sector, _, before in sectors:
        now = {each.number: each.place.uai for each in sector.staff}
        fate["gone"] += len(set(before) - set(now))
        fate["new"] += len(set(now) - set(before))
        fate["moved"] += sum(now[n] != before[n] for n in set(now) & set(before))
        fate["same"] += sum(now[n] == before[n] for n in set(now) & set(before))
    assert fate["same"] > 5 * max(fate["moved"], fate["gone"], fate["new"])
    assert min(fate.values()) > 5


def test_nobody_of_a_degree_is_in_the_schools_of_the_other(
    sectors: list[tuple[Sector, dict[int, int], dict[int, str]]],
) -> None:
    for sector, _, _ in sectors:
        for pupil in sector.pupils():
            assert (pupil.level >= COLLEGE) is (pupil.school is sector.college)
