"""ONDE, SIECLE and STSWEB say the same people as AAF."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree

from preau.sandbox.territory.plan import Plan
from tests.sandbox.territory.invented import YEARS, Records, Territory, Values, open_territory


def rows(file: Path) -> list[list[str]]:
    """The cells of an extract, whatever its dialect."""
    body = file.read_bytes()
    encoding = "utf-8-sig" if body.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        text = body.decode("iso-8859-1")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def siecle(territory: Territory, year: str, name: str) -> list[etree._Element]:
    """One file of every collège, from folders and archives."""
    folder = territory.folder / year
    found = [file.read_bytes() for file in sorted((folder / "siecle").glob(f"*/{name}"))]
    for archive in sorted((folder / "siecle-zip").glob("ExportXML_*.zip")):
        with ZipFile(archive) as opened:
            found.append(opened.read(name))
    return [etree.fromstring(body) for body in found]


def key(values: Values) -> tuple[str, ...]:
    given = (values.get("givenName") or values["ENTPersonPrenom"])[0]
    names = (values["ENTPersonNomPatro"][0], given, values["ENTPersonDateNaissance"][0])
    return (*names, "".join(values["ENTEleveINE"]))


@pytest.mark.parametrize("year", YEARS)
def test_onde_has_the_pupils_of_the_first_degree(
    year: str, territory: Territory, records: Records
) -> None:
    met: Counter[tuple[str, ...]] = Counter()
    for file in (territory.folder / year / "onde").glob("*/CSVExtraction-eleves.csv"):
        header, *pupils = rows(file)
        assert len(header) == 22
        assert " Cycle" in header
        places = [header.index(n) for n in ("Nom élève", "Prénom élève", "Date naissance", "INE")]
        assert all(len(pupil) == 22 for pupil in pupils)
        met.update(tuple(pupil[place] for place in places) for pupil in pupils)
    assert met == Counter(map(key, records(year, "aaf-1d", "Eleve").values()))


def test_a_line_of_onde_is_the_one_that_the_answers_say(territory: Territory) -> None:
    for person in territory.people:
        if "onde" in person["ids"] and "ine" in person["ids"]:
            uai, line = person["ids"]["onde"].split("/")
            file = territory.folder / person["year"] / "onde" / uai / "CSVExtraction-eleves.csv"
            table = rows(file)
            assert table[int(line) - 1][table[0].index("INE")] == person["ids"]["ine"]


def test_onde_is_written_in_three_dialects_with_ragged_guardians(territory: Territory) -> None:
    dialects: Counter[str] = Counter()
    widths: set[int] = set()
    for file in (territory.folder / "avant" / "onde").glob("*/CSVExtraction-responsables.csv"):
        body = file.read_bytes()
        dialects["crlf" if b"\r\n" in body else "bom" if body[:1] == b"\xef" else "plain"] += 1
        header, *guardians = rows(file)
        assert header.count("Prénom enfant") == 3
        widths |= {len(row) for row in guardians}
    assert set(dialects) == {"crlf", "bom", "plain"}
    assert len(widths) > 1
    assert max(widths) <= 24


def test_onde_has_the_legal_guardians_of_the_first_degree(
    territory: Territory, records: Records
) -> None:
    met = set()
    for file in (territory.folder / "avant" / "onde").glob("*/CSVExtraction-responsables.csv"):
        header, *guardians = rows(file)
        places = [header.index(f"{name} responsable") for name in ("Nom", "Nom usage", "Prénom")]
        met |= {tuple(row[place] for place in places) for row in guardians}
    told = ("ENTPersonNomPatro", "ENTPersonNom", "ENTPersonPrenom")
    relatives = records("avant", "aaf-1d", "PersRelEleve").values()
    assert met == {tuple(values[name][0] for name in told) for values in relatives}


def test_every_class_of_an_ecole_has_its_teacher_in_onde(territory: Territory) -> None:
    heads = 0
    for file in (territory.folder / "avant" / "onde").glob("*/CSVExtraction-eleves.csv"):
        header, *pupils = rows(file)
        classes = {pupil[header.index("Libellé classe")] for pupil in pupils} - {""}
        top, *teachers = rows(file.with_name("CSVExtraction-enseignants.csv"))
        assert classes <= {teacher[top.index("Classe")] for teacher in teachers}
        heads += sum(teacher[top.index("Directeur")] == "oui" for teacher in teachers)
    assert heads >= 3


@pytest.mark.parametrize("year", YEARS)
def test_siecle_has_the_pupils_of_the_second_degree(
    year: str, territory: Territory, records: Records
) -> None:
    pupils = [
        e for root in siecle(territory, year, "ElevesAvecAdresses.xml") for e in root.iter("ELEVE")
    ]
    numbers = {str(each.get("ELEVE_ID")): each.findtext("ID_NATIONAL") or "" for each in pupils}
    told = {
        v["ENTEleveStructRattachId"][0]: "".join(v["ENTEleveINE"])
        for v in records(year, "aaf-2d", "Eleve").values()
    }
    assert numbers == told
    assert territory.counts[year]["siecle"]["records"]["ELEVE"] == len(pupils)


def test_siecle_says_the_ecole_that_a_new_sixth_comes_from(territory: Territory) -> None:
    before = {p["person"]: p for p in territory.people if p["year"] == "avant"}
    came = 0
    said = {
        str(each.get("ELEVE_ID")): each.findtext("SCOLARITE_AN_DERNIER/CODE_RNE")
        for root in siecle(territory, "apres", "ElevesAvecAdresses.xml")
        for each in root.iter("ELEVE")
    }
    for person in territory.people:
        if person["year"] == "apres" and person["kind"] == "pupil" and "siecle" in person["ids"]:
            last = before.get(person["person"])
            uai = said[person["ids"]["siecle"].split("/")[1]]
            assert uai == (last["school"] if last else None)
            came += last is not None and "aaf-1d" in last["ids"]
    assert came > 20


@pytest.mark.parametrize("year", YEARS)
def test_siecle_and_sts_have_the_classes_of_aaf(
    year: str, territory: Territory, records: Records
) -> None:
    codes = {
        (values["ENTStructureUAI"][0][:7], value.split("$")[0])
        for values in records(year, "aaf-2d", "EtabEducNat").values()
        for value in values["ENTStructureClasses"]
    }
    divisions = {
        (root.findtext("PARAMETRES/UAJ", "")[:7], each.get("CODE_STRUCTURE"))
        for root in siecle(territory, year, "Structures.xml")
        for each in root.iter("DIVISION")
    }
    begins = {"avant": 2025, "apres": 2026}[year]
    files = sorted((territory.folder / year / "sts").glob(f"sts_emp_*_{begins}.xml"))
    taught = set()
    for file in files:
        root = etree.parse(file).getroot()
        assert root.tag == "STS_EDT"
        [uaj] = root.iterfind("PARAMETRES/UAJ")
        people = {each.get("ID") for each in root.iter("INDIVIDU")}
        assert {each.get("ID") for each in root.iter("ENSEIGNANT")} <= people
        for each in root.iterfind("DONNEES/STRUCTURE/DIVISIONS/DIVISION"):
            taught.add((str(uaj.get("CODE"))[:7], each.get("CODE")))
            assert each.find("SERVICES/SERVICE") is not None
    assert codes == divisions == taught


def test_sts_has_the_staff_of_the_second_degree(territory: Territory, records: Records) -> None:
    for year in YEARS:
        ids = {
            str(each.get("ID"))
            for file in (territory.folder / year / "sts").iterdir()
            for each in etree.parse(file).getroot().iter("INDIVIDU")
        }
        staff = records(year, "aaf-2d", "PersEducNat").values()
        assert ids == {values["ENTPersonSTSId"][0] for values in staff}


def test_some_schools_or_none_have_files_of_their_own(tmp_path: Path) -> None:
    none = open_territory(Plan(150, 1, tmp_path / "none", schools_files="none"))
    assert sorted(each.name for each in (none.folder / "avant").iterdir()) == ["aaf-1d", "aaf-2d"]
    assert set(none.counts["avant"]) == {"aaf-1d", "aaf-2d"}
    some = Plan(40 * 1_440, 1, tmp_path, schools_files="some")
    assert sum(map(some.writes_schools, range(some.sectors))) == 8
