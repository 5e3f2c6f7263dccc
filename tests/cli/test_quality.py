"""`preau import quality`: a report in French on a set that is neither kept nor sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preau.shelf import connectors
from tests.imports.conftest import HEAD, pupil, structure, xml

Preau = Callable[..., Any]


@pytest.fixture
def lot(tmp_path: Path) -> Path:
    """A collège of a wrong UAI letter, with a pupil without class."""
    folder = tmp_path / "lot"
    folder.mkdir()
    school = structure()
    wrong = school._replace(values={**school.values, "ENTStructureUAI": "0990001Z"})
    rows = {"EtabEducNat": [wrong], "Eleve": [pupil(0), pupil(1, ENTEleveClasses=[])]}
    for category, records in rows.items():
        text = f"{HEAD}<ficAlimMENESR>{''.join(map(xml, records))}</ficAlimMENESR>"
        (folder / f"ENT_Complet_20260901_{category}_0000.xml").write_text(text, "utf-8")
    return folder


def test_a_report_says_in_french_what_to_mend_and_where(academie: Preau, lot: Path) -> None:
    done = academie("import", "quality", "aaf", str(lot), "--instance", "academie")
    assert done.exit_code == 0, done.output
    assert "1 établissement lu, 1 est à vérifier." in done.stdout
    assert "1 élève sans classe" in done.stdout
    assert "Eleve_0000.xml, fiche 2" in done.stdout
    assert "lettre d'UAI" in done.stdout
    assert "ABADIE" not in done.output


def test_the_report_is_written_as_a_page_when_asked(
    academie: Preau, lot: Path, tmp_path: Path
) -> None:
    page = tmp_path / "qualite.html"
    asked = ("import", "quality", "aaf", str(lot), "--instance", "academie", "--html")
    assert academie(*asked, str(page)).exit_code == 0
    assert "élève sans classe" in page.read_text("utf-8")
    refused = academie(*asked, str(tmp_path / "nowhere" / "x.html"))
    assert getattr(refused.exception, "code", "") == "REPORT_UNWRITTEN"


def test_nothing_is_kept_and_no_import_is_listed(
    academie: Preau, lot: Path, tmp_path: Path
) -> None:
    own = tmp_path / "hub" / "imports" / "academie"
    (own / "qualite-of-a-killed-one" / "set-1").mkdir(parents=True)
    academie("import", "quality", "aaf", str(lot), "--instance", "academie")
    assert [each.name for each in own.iterdir()] == [".qualite"]
    assert academie("import", "list").stdout == ""


def test_a_set_that_cannot_be_read_to_its_end_is_refused(academie: Preau, lot: Path) -> None:
    file = lot / "ENT_Complet_20260901_Eleve_0000.xml"
    file.write_bytes(file.read_bytes()[:-30])
    done = academie("import", "quality", "aaf", str(lot), "--instance", "academie")
    assert getattr(done.exception, "code", "") == "XML_TRUNCATED"
    assert [each.name for each in (lot.parent / "hub/imports/academie").iterdir()] == [".qualite"]


def test_an_instance_of_another_product_is_told(academie: Preau, lot: Path) -> None:
    done = academie("import", "quality", "onde", str(lot), "--instance", "academie")
    assert getattr(done.exception, "code", "") == "IMPORT_CONNECTOR"


def test_the_uai_of_files_that_do_not_say_it_is_given(preau: Preau, tmp_path: Path) -> None:
    preau("instance", "add", "ecole", "--connector", "onde", "--academy", "11")
    rows = (
        "Nom élève;Prénom élève;Date naissance;INE;Niveau;Classe",
        "LAPEYRE;Côme;09/03/2016;;CM1;",
    )
    (tmp_path / "CSVExtraction.csv").write_text("\n".join(rows), "utf-8")
    file = str(tmp_path / "CSVExtraction.csv")
    asked = ("import", "quality", "onde", file, "--instance", "ecole")
    assert getattr(preau(*asked).exception, "code", "") == "ONDE_UAI"
    done = preau(*asked, "--uai", "0110001A")
    assert done.exit_code == 0, done.output
    assert "0110001A" in done.stdout
    assert "1 élève sans classe" in done.stdout
    assert "LAPEYRE" not in done.output


def test_a_folder_named_by_its_school_is_read_as_an_import_reads_it(
    preau: Preau, tmp_path: Path
) -> None:
    """ONDE's files do not say their school."""
    folder = tmp_path / "0990002P"
    folder.mkdir()
    sample = connectors() / "onde/samples/Eleve--extraction-onde.csv"
    (folder / "CSVExtraction-eleves.csv").write_bytes(sample.read_bytes())
    assert preau("instance", "add", "ecoles", "--connector", "onde").exit_code == 0
    done = preau("import", "quality", "onde", str(folder), "--instance", "ecoles")
    assert done.exit_code == 0, done.output
    assert "1 établissement lu" in done.stdout
