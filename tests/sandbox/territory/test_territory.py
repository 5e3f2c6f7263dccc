"""A territory is whole: what is written is what is counted, and the product reads it all."""

from __future__ import annotations

import hashlib
import re
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from preau.catalogue.catalogue import open_connector
from preau.contract.evidence import CONTEXT
from preau.contract.rehearsal import Speaker, listen
from preau.keys.ine import FORMS as INE_FORMS
from preau.mapping.conversions.schools import uai_is_valid
from preau.readers import open_reader
from preau.sandbox.territory import names, plan
from preau.sandbox.territory.counts import Counts
from preau.sandbox.territory.flaws import without_accents
from preau.sandbox.territory.numbers import wrong_letter
from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.sector import first_year
from preau.sandbox.territory.territory import write_territory
from tests.sandbox.territory.invented import FORMS, PER_FILE, PUPILS, YEARS, Records, Territory

CONNECTORS = Path(__file__).resolve().parents[3] / "connectors"
SETS = [(year, form) for year in YEARS for form in FORMS]


def fingerprint(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def written(folder: Path, seed: int) -> dict[str, str]:
    folder.mkdir()
    write_territory(Plan(150, seed, folder, 0.02, "all"))
    return fingerprint(folder)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first = written(tmp_path / "first", 3)
    assert written(tmp_path / "again", 3) == first
    other = written(tmp_path / "other", 4)
    assert [name for name in first if other.get(name) == first[name]] == [
        name for name in first if re.search(r"M(atiere|ef)EducNat|Nomenclature", name)
    ]


def test_the_first_year_has_as_many_pupils_as_asked(records: Records) -> None:
    assert sum(len(records("avant", form, "Eleve")) for form in FORMS) == PUPILS


@pytest.mark.parametrize("pupils", [100, 2_879, 136_000])
def test_sectors_share_the_pupils_without_losing_one(pupils: int) -> None:
    whole = Plan(pupils, 1, Path())
    sizes = [whole.pupils_of(sector) for sector in range(whole.sectors)]
    assert sum(sizes) == pupils
    assert min(sizes) > 0
    assert len(set(sizes)) > 1


def test_staff_are_as_many_as_in_the_academie_that_the_issue_names() -> None:
    whole = Plan(136_000, 1, Path())
    assert sum(whole.staff_of(sector) for sector in range(whole.sectors)) == 19_100
    assert len(first_year(whole, 5).staff) == whole.staff_of(5)


@pytest.mark.parametrize(("year", "form"), SETS)
def test_the_reader_meets_what_is_counted_and_no_problem_but_those_planted(
    year: str, form: str, territory: Territory
) -> None:
    met: Counter[str] = Counter()
    problems: Counter[str] = Counter()
    for file in sorted((territory.folder / year / form).iterdir()):
        with file.open("rb") as stream:
            for piece in open_reader("aaf").split(stream, file.name):
                met[str(piece.event)] += 1
                if piece.problem is not None:
                    problems[f"{piece.event} {piece.problem.code}"] += 1
    counts = territory.counts[year][form]
    assert met == counts["records"]
    assert problems == {"Eleve AAF_ARITY": counts["set_aside"]["Eleve"]}
    assert counts["set_aside"]["Eleve"] == len(territory.flawed("arity", year, form)) > 0


@pytest.mark.parametrize(("year", "form"), SETS)
def test_the_canonical_objects_are_those_counted(
    year: str, form: str, territory: Territory
) -> None:
    connector = open_connector(CONNECTORS / {"aaf-2d": "aaf", "aaf-1d": "aaf-1d"}[form])
    normaliser = connector.normaliser(CONTEXT)
    keys: set[tuple[str, bytes]] = set()
    refused: Counter[str] = Counter()
    for file in sorted((territory.folder / year / form).iterdir()):
        with file.open("rb") as stream:
            for heard in listen(connector, normaliser, stream, file.name, Speaker("x")):
                keys.update((draft.record, draft.key) for draft in heard.drafts)
                refused.update(refusal.code for refusal in heard.refusals)
    objects = Counter(territory.counts[year][form]["objects"])
    refused_posts = objects.pop("affiliation_unknown", 0)
    objects["group"] = objects.pop("class") + objects.pop("teaching_group", 0)
    assert Counter(record for record, _ in keys) == objects
    planted = len(territory.flawed("arity", year, form))
    assert refused == Counter(AAF_ARITY=planted, UNKNOWN_VALUE=refused_posts)


@pytest.mark.parametrize(("year", "form"), SETS)
def test_a_set_is_split_as_the_state_splits_it(year: str, form: str, territory: Territory) -> None:
    begins = {"avant": 2025, "apres": 2026}[year]
    files: dict[str, list[int]] = {}
    for file in sorted((territory.folder / year / form).iterdir()):
        found = re.fullmatch(rf"ENTPREAU_Complet_{begins}0915_(\w+)_(\d{{4}})\.xml", file.name)
        assert found
        text = file.read_bytes()
        assert f'dateGenerationExport="15/09/{begins}"'.encode() in text
        assert f'degre="{form[-2:].upper()}"'.encode() in text
        assert text.count(b"<addRequest>") <= PER_FILE
        files.setdefault(found[1], []).append(int(found[2]))
    assert all(indexes == list(range(len(indexes))) for indexes in files.values())
    assert len(files["Eleve"]) > 1
    assert len(files["PersRelEleve"]) > 1


@pytest.mark.parametrize(("year", "form"), SETS)
def test_every_uai_is_right_but_those_planted(
    year: str, form: str, territory: Territory, records: Records
) -> None:
    planted = territory.flawed("uai_letter", year, form)
    for key, values in records(year, form, "EtabEducNat").items():
        [uai] = values["ENTStructureUAI"]
        assert uai.startswith("099")
        assert uai_is_valid(uai) is (key not in planted)


def test_a_wrong_letter_is_never_the_right_one() -> None:
    assert not uai_is_valid(wrong_letter("0990002P"))
    assert wrong_letter("0990022L")[:7] == "0990022"


@pytest.mark.parametrize(("year", "form"), SETS)
def test_everybody_is_named_from_the_stated_list(year: str, form: str, records: Records) -> None:
    families = {*names.FAMILIES, *(f"{a}-{b}" for a in names.FAMILIES for b in names.FAMILIES)}
    given = {*names.GIRLS, *names.BOYS}
    given |= set(map(without_accents, given))
    for category in ("Eleve", "PersRelEleve", "PersEducNat"):
        for values in records(year, form, category).values():
            assert {*values.get("sn", []), *values.get("ENTPersonNom", [])} <= families
            assert set(values["ENTPersonNomPatro"]) <= families
            assert {*values.get("givenName", []), *values.get("ENTPersonPrenom", [])} <= given


def test_no_number_is_two_persons(territory: Territory) -> None:
    holders: dict[tuple[str, str], set[int]] = {}
    for person in territory.people:
        for form, key in person["ids"].items():
            holders.setdefault((form, key), set()).add(person["person"])
            if form == "ine":
                assert INE_FORMS.fullmatch(key)
    lines = [key for key in holders if key[0] == "onde"]  # a line is another pupil's next year
    assert [key for key, who in holders.items() if len(who) > 1 and key not in lines] == []


def test_jointures_are_unique_in_the_academie(territory: Territory) -> None:
    kinds: dict[str, set[tuple[str, int]]] = {}
    for person in territory.people:
        for form in FORMS:
            if form in person["ids"]:
                who = (person["kind"], person["person"])
                kinds.setdefault(person["ids"][form], set()).add(who)
    assert all(len(who) == 1 for who in kinds.values())


def test_only_staff_have_one_number_in_both_degrees(territory: Territory) -> None:
    numbers: dict[tuple[str, int], dict[str, str]] = {}
    for person in territory.people:
        who = (person["kind"], person["person"])
        aaf = {form: key for form, key in person["ids"].items() if form in FORMS}
        numbers.setdefault(who, {}).update(aaf)
    both = {who: ids for who, ids in numbers.items() if len(ids) == len(FORMS)}
    assert {kind for kind, _ in both} == {"pupil", "guardian", "staff"}
    for (kind, _), ids in both.items():
        assert (len(set(ids.values())) == 1) is (kind == "staff")


@pytest.mark.parametrize("year", YEARS)
def test_guardians_and_children_name_each_other(year: str, records: Records) -> None:
    children = {
        (relative, pupil)
        for relative, values in records(year, "aaf-2d", "PersRelEleve").items()
        for pupil in values["ENTAuxPersRelEleveEleve"]
    }
    guardians = {
        (kin.split("$")[0], pupil)
        for pupil, values in records(year, "aaf-2d", "Eleve").items()
        for kin in values["ENTElevePersRelEleve"]
    }
    assert children == guardians
    assert len({relative for relative, _ in children}) < 0.95 * len(children)  # brothers, sisters


def test_no_reference_leads_nowhere(records: Records) -> None:
    for year in YEARS:
        relatives = records(year, "aaf-2d", "PersRelEleve")
        structures = records(year, "aaf-2d", "EtabEducNat")
        for values in records(year, "aaf-2d", "Eleve").values():
            assert {v.split("$")[0] for v in values["ENTElevePersRelEleve"]} <= set(relatives)
            [structure] = values["ENTPersonStructRattach"]
            known = {v.split("$")[0] for v in structures[structure]["ENTStructureClasses"]}
            said = values["ENTEleveClasses"][0].split("$") if values["ENTEleveClasses"] else []
            assert not said or said[-1] in known
        guardians = records(year, "aaf-1d", "PersRelEleve")
        ecoles = records(year, "aaf-1d", "EtabEducNat")
        for values in records(year, "aaf-1d", "Eleve").values():
            assert {v.split("$")[0] for v in values["ENTEleveAutoriteParentale"]} <= set(guardians)
            assert values["ENTPersonStructRattach"][0] in ecoles
        assert all(
            values["ENTEcoleCirconscription"][0] in ecoles
            for values in ecoles.values()
            if "ENTEcoleCirconscription" in values
        )


def peak(folder: Path, pupils: int) -> int:
    folder.mkdir()
    tracemalloc.start()
    try:
        write_territory(Plan(pupils, 1, folder, schools_files="none"))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_territory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "_SECTOR", 100)
    two, ten = peak(tmp_path / "two", 200), peak(tmp_path / "ten", 1_000)
    assert ten < two * 1.3


def test_counts_are_summed_by_part(tmp_path: Path) -> None:
    counts = Counts()
    counts.record("avant", "aaf-2d", "Eleve")
    counts.aside("avant", "aaf-2d", "Eleve")
    counts.objects("avant", "aaf-2d", "person", 3)
    assert [counts.total(part) for part in ("records", "set_aside", "objects")] == [1, 1, 3]
    counts.write(tmp_path / "counts.json")
    assert b'"person": 3' in (tmp_path / "counts.json").read_bytes()
