"""Each planted flaw is where the answer file says, and nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from preau.sandbox.territory.flaws import KINDS, UNKNOWN_FUNCTION, without_accents
from preau.sandbox.territory.plan import Plan
from tests.sandbox.territory.invented import (
    FORMS,
    YEARS,
    Records,
    Territory,
    Values,
    open_territory,
)

SETS = [(year, form) for year in YEARS for form in FORMS]


def classes(values: Values) -> list[str]:
    return values.get("ENTEleveClasses") or values.get("ENTPersonClasses") or []


def without_ine(values: Values) -> bool:
    return not values["ENTEleveINE"]


def too_few_fields(values: Values) -> bool:
    fields = 5 if "ENTPersonClasses" in values else 2
    return any(each.count("$") != fields - 1 for each in classes(values))


def without_class(values: Values) -> bool:
    return not classes(values)


def of_2013(values: Values) -> bool:
    kin = {each.split("$")[1] for each in values.get("ENTElevePersRelEleve", [])}
    return bool(kin & {"1", "2"})


@pytest.mark.parametrize(("year", "form"), SETS)
@pytest.mark.parametrize(
    ("kind", "shows"),
    [
        ("ine_missing", without_ine),
        ("arity", too_few_fields),
        ("class_missing", without_class),
        ("kinship_old", of_2013),
    ],
)
def test_a_pupil_shows_its_flaw(
    kind: str,
    shows: Callable[[Values], bool],
    year: str,
    form: str,
    territory: Territory,
    records: Records,
) -> None:
    shown = {key for key, values in records(year, form, "Eleve").items() if shows(values)}
    assert shown == territory.flawed(kind, year, form)
    assert shown or (kind, form) == ("kinship_old", "aaf-1d")


@pytest.mark.parametrize(("year", "form"), SETS)
def test_an_unknown_function_is_told(
    year: str, form: str, territory: Territory, records: Records
) -> None:
    staff = records(year, form, "PersEducNat")
    shown = {
        key
        for key, values in staff.items()
        if any(each.split("$")[1] == UNKNOWN_FUNCTION for each in values["ENTPersonFonctions"])
    }
    assert shown == territory.flawed("function_unknown", year, form)


@pytest.mark.parametrize("year", YEARS)
def test_a_class_without_level_is_told(year: str, territory: Territory, records: Records) -> None:
    shown = {
        f"{key}${value.split('$')[0]}"
        for key, values in records(year, "aaf-2d", "EtabEducNat").items()
        for value in values["ENTStructureClasses"]
        if value.endswith("$")
    }
    assert shown == territory.flawed("level_missing", year, "aaf-2d")
    told = territory.flawed("level_missing", year, "aaf-1d")
    for values in records(year, "aaf-1d", "Eleve").values():
        parts = classes(values)[0].split("$") if classes(values) else []
        if len(parts) == 5:
            hidden = f"{parts[0]}${parts[3]}" in told
            assert hidden is (not values["ENTEleveNiveau"])
            assert hidden is parts[4].startswith("CLASSE ")


def test_homonyms_born_the_same_day_are_two_pupils(territory: Territory, records: Records) -> None:
    met: Counter[tuple[str, str, str]] = Counter()
    told = set()
    for form in FORMS:
        for key, v in records("avant", form, "Eleve").items():
            given = (v.get("givenName") or v["ENTPersonPrenom"])[0]
            name = (v["ENTPersonNomPatro"][0], given, v["ENTPersonDateNaissance"][0])
            met[name] += 1
            if key in territory.flawed("homonym", "avant", form):
                told.add(name)
    assert {name for name, times in met.items() if times > 1} == told
    assert told


def test_a_name_changes_between_the_two_years(territory: Territory, records: Records) -> None:
    for form in FORMS:
        before, after = records("avant", form, "Eleve"), records("apres", form, "Eleve")
        both = set(before) & set(after)
        renamed = {
            k for k in both if before[k]["ENTPersonNomPatro"] != after[k]["ENTPersonNomPatro"]
        }
        assert renamed == territory.flawed("name_changed", "apres", form) & both
        given = "ENTPersonPrenom" if form == "aaf-1d" else "givenName"
        plain = {k for k in both if before[k][given] != after[k][given]}
        assert plain == territory.flawed("accents_lost", "apres", form) & both
        assert all(without_accents(before[k][given][0]) == after[k][given][0] for k in plain)
        assert territory.flawed("accents_lost", "avant", form) == set()


def test_every_kind_of_flaw_is_planted(territory: Territory) -> None:
    assert {each["flaw"] for each in territory.flaws} == set(KINDS)


def test_a_territory_without_flaws_has_none(tmp_path: Path) -> None:
    sound = open_territory(Plan(200, 1, tmp_path / "sound", 0, "none"))
    assert sound.flaws == []
    assert all("set_aside" not in form for year in sound.counts.values() for form in year.values())
    rules = {link[2] for person in sound.people for link in person["links"]}
    assert rules == {"national_ref", "ine", "staff", "none"}
