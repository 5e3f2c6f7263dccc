"""The quality report of small AAF files: each fault is found where it is, and nobody is named."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from preau.catalogue.catalogue import Connector, open_connector
from preau.contract.evidence import CONTEXT
from preau.contract.rehearsal import Speaker, listen
from preau.imports import findings
from preau.imports.findings import Finding, SchoolQuality, Spot
from preau.imports.quality import Quality, render_html, render_text
from preau.mapping.normaliser import Normaliser
from preau.shelf import shelf

SIXTH = "10010012110"
HEAD = (
    '<!-- codeAcademieExport="11" --><!-- degre="2D" --><!-- dateGenerationExport="01/10/2026" -->'
)
UAIS = {"43": "0119010J", "44": "0119011K"}
INES = ("123456789AA", "123456789AB")
Look = Callable[..., list[SchoolQuality]]


def add(category: str, number: str, **attributes: str | Sequence[str]) -> str:
    said = {"categoriePersonne": category}
    about, inner = (
        "".join(
            f'<attr name="{name}">'
            + "".join(f"<value>{v}</value>" for v in ([one] if isinstance(one, str) else one))
            + "</attr>"
            for name, one in pairs.items()
        )
        for pairs in (said, attributes)
    )
    return (
        f"<addRequest><operationalAttributes>{about}</operationalAttributes><identifier>"
        f"<id>{number}</id></identifier><attributes>{inner}</attributes></addRequest>"
    )


def school(number: str = "43", *classes: str, uai: str = "", kind: str = "COLLEGE") -> str:
    return add(
        "EtabEducNat",
        number,
        ENTStructureJointure=number,
        ENTStructureUAI=uai or UAIS[number],
        ENTStructureNomCourant=f"CLG$DU PONT {number}$LIMOUX",
        ENTStructureTypeStruct=kind,
        ENTStructureClasses=classes or (f"6A$6e A${SIXTH}",),
    )


def pupil(number: str, at: str = "43", classes: Sequence[str] = ("6A",), **more: str) -> str:
    return add(
        "Eleve",
        number,
        ENTPersonJointure=number,
        ENTPersonNomPatro="CARAYON",
        sn="CARAYON",
        givenName="Noé",
        ENTPersonStructRattach=at,
        ENTEleveClasses=[f"{at}${code}" for code in classes],
        **more,
    )


@pytest.fixture(scope="module")
def aaf_connector() -> Connector:
    return open_connector(shelf("connectors") / "aaf")


@pytest.fixture(scope="module")
def normaliser(aaf_connector: Connector) -> Normaliser:
    return aaf_connector.normaliser(CONTEXT)


@pytest.fixture
def quality(tmp_path: Path) -> Iterator[Quality]:
    with Quality(tmp_path / "room") as looking:
        yield looking


@pytest.fixture
def report(quality: Quality, aaf_connector: Connector, normaliser: Normaliser) -> Look:
    """What is reported of files, by name; each is given as its records."""

    def of(**files: Iterable[str]) -> list[SchoolQuality]:
        for name, records in files.items():
            text = f"<ficAlimMENESR>{HEAD}{''.join(records)}</ficAlimMENESR>"
            file = io.BytesIO(text.encode())
            for heard in listen(aaf_connector, normaliser, file, name, Speaker("academie")):
                assert heard.refusals == []
                quality.look(f"{name}.xml", heard.said.path, heard.drafts)
        return quality.report()

    return of


def only(report: Sequence[SchoolQuality], at: int = 0) -> Finding:
    [finding] = report[at].findings
    return finding


def test_a_set_without_fault_says_who_was_read_and_nothing_else(report: Look) -> None:
    assert report(Etab=[school()], Eleve=[pupil("1"), pupil("2")]) == [
        SchoolQuality("0119010J", "DU PONT 43", 2, 1, ())
    ]


def test_a_uai_whose_letter_does_not_fit_is_told(report: Look) -> None:
    found = report(Etab=[school("43", uai="0119010A")])
    assert only(found) == Finding(findings.UAI_LETTER, 1, 1, (Spot("Etab.xml", "record 1"),))
    assert found[0].uai == "0119010A"


def test_a_pupil_without_class_is_found_in_its_file(report: Look) -> None:
    found = report(Etab=[school()], Eleve=[pupil("1"), pupil("2", classes=())])
    assert only(found) == Finding(findings.NO_CLASS, 1, 1, (Spot("Eleve.xml", "record 2"),))


def test_a_group_is_no_class(report: Look) -> None:
    structure = school().replace(
        "</attributes>", '<attr name="ENTStructureGroupes"><value>G1$G1</value></attr></attributes>'
    )
    alone = pupil("1", classes=(), ENTEleveGroupes="43$G1")
    assert only(report(Etab=[structure], Eleve=[alone])).kind == findings.NO_CLASS


def test_a_class_that_no_file_describes_is_a_class(report: Look) -> None:
    assert report(Eleve=[pupil("1")])[0].findings == ()


def test_a_class_without_level_is_told_once_per_record(report: Look) -> None:
    bare = school("43", f"6A$6e A${SIXTH}", "6B$Sixième B", "6C$Sixième C")
    found = report(Etab=[school("44"), bare])
    assert only(found) == Finding(findings.NO_LEVEL, 2, 1, (Spot("Etab.xml", "record 2"),))


def test_nothing_is_said_of_the_levels_of_a_lycee(report: Look) -> None:
    assert report(Etab=[school("43", "2A$Seconde A$20110019110", kind="LYCEE")])[0].findings == ()


def test_a_formation_that_leads_nowhere_is_told_apart_from_schools(report: Look) -> None:
    local = add("MefEducNat", "1009999X11A", ENTMefJointure="9999999X11A", ENTLibelleMef="?")
    local = local.replace("1009999X11A", "9999999X11A")
    tied = add("MefEducNat", "8880000X11A", ENTLibelleMef="?", ENTMEFRattach=SIXTH)
    found = report(Mef=[tied, local], Etab=[school()])
    assert [each.findings for each in found if each.uai] == [()]
    assert only(found, -1) == Finding(findings.LEVEL_UNKNOWN, 1, 1, (Spot("Mef.xml", "record 2"),))
    assert "Nomenclature" in render_text(found)


def test_a_pupil_with_one_ine_in_two_schools_is_told_to_both(report: Look) -> None:
    one = pupil("1", ENTEleveINE=INES[0])
    other = pupil("2", "44", ENTEleveINE=INES[0])
    third = pupil("3", "44", ENTEleveINE=INES[1])
    found = report(Etab=[school("43"), school("44")], Eleve=[one, third, other])
    assert [only(found, at).kind for at in (0, 1)] == [findings.TWO_PLACES] * 2
    assert [only(found, at).spots[0].path for at in (0, 1)] == ["record 1", "record 3"]


def test_one_number_in_two_schools_is_one_pupil_in_two_places(report: Look) -> None:
    found = report(Etab=[school("43"), school("44")], Eleve=[pupil("1"), pupil("1", "44")])
    assert [only(found, at).kind for at in (0, 1)] == [findings.TWO_PLACES] * 2


def test_a_pupil_twice_in_one_school_is_in_one_place(report: Look) -> None:
    twice = [pupil("1", ENTEleveINE=INES[0]), pupil("2", ENTEleveINE=INES[0])]
    assert report(Etab=[school()], Eleve=twice)[0].findings == ()


def test_who_has_left_is_there_no_longer(report: Look) -> None:
    left = pupil("1", classes=(), ENTEleveDateSortieStructRattach="30/09/2026")
    stays = pupil("1", "44", ENTEleveDateSortieStructRattach="02/10/2026")
    found = report(Etab=[school("43"), school("44")], Eleve=[left, stays])
    assert [(each.pupils, each.findings) for each in found] == [(0, ()), (1, ())]


def test_a_school_that_no_file_describes_stands_in_the_report(report: Look) -> None:
    found = report(Eleve=[pupil("1", classes=())])
    assert (found[0].uai, found[0].name, found[0].pupils) == ("", "", 1)
    assert "UAI inconnu" in render_text(found)


def test_a_file_that_does_not_say_its_school_is_reported_under_the_importers_word(
    quality: Quality,
) -> None:
    connector = open_connector(shelf("connectors") / "onde")
    speaker = Speaker("ecole", uai="0990002A")
    sample = connector.samples["Eleve--extraction-onde"]
    with sample.open("rb") as file:
        for heard in listen(connector, connector.normaliser(CONTEXT), file, "Eleve", speaker):
            quality.look("eleves.csv", heard.said.path, heard.drafts)
    [school] = quality.report()
    assert school.uai == "0990002A"
    assert {each.kind for each in school.findings} >= {findings.UAI_LETTER, findings.NO_CLASS}
    assert "eleves.csv, ligne 4" in render_text([school])


def test_only_the_first_places_are_told_and_all_are_counted(report: Look) -> None:
    found = report(Etab=[school()], Eleve=[pupil(str(n), classes=()) for n in range(1, 26)])
    finding = only(found)
    assert (finding.count, finding.places, len(finding.spots)) == (25, 25, findings.SHOWN)
    assert finding.spots[-1].path == "record 20"
    for text in (render_text(found), render_html(found)):
        assert "25 élèves sans classe" in text
        assert "… 5 autres endroits" in text


@pytest.fixture
def faulty() -> Mapping[str, Sequence[str]]:
    """A set with every fault that a school can have."""
    return {
        "Etab": [school("43", "6A$6e A", uai="0119010A"), school("44")],
        "Eleve": [
            pupil("700201", classes=(), ENTEleveINE=INES[0]),
            pupil("700202", "44", ENTEleveINE=INES[0]),
        ],
    }


def test_the_report_tells_places_in_french(
    report: Look, faulty: Mapping[str, Sequence[str]]
) -> None:
    assert render_text(report(**faulty)).splitlines()[:8] == [
        "2 établissements lus, 2 sont à vérifier.",
        "",
        "0119010A, DU PONT 43",
        "  1 élève lu, 1 classe lue",
        "  1 lettre d'UAI qui ne correspond pas au numéro",
        "    Etab.xml, fiche 1",
        "    À faire : Vérifier l'UAI ; s'il est juste, le signaler à l'académie.",
        "  1 élève sans classe",
    ]


def test_nobody_is_named_in_the_report_nor_in_its_notes(
    report: Look, faulty: Mapping[str, Sequence[str]], tmp_path: Path
) -> None:
    found = report(**faulty)
    notes = b"".join(file.read_bytes() for file in (tmp_path / "room").iterdir())
    assert b"0119010A" in notes  # they are what is searched
    for told in (render_text(found).encode(), render_html(found).encode(), notes):
        for secret in ("CARAYON", "Noé", "700201", "700202", *INES):
            assert secret.encode() not in told
        assert not re.search(rb"[0-9a-f]{64}", told)


def test_the_notes_are_gone_with_the_report(tmp_path: Path) -> None:
    with Quality(tmp_path / "room") as quality:
        [notes] = (tmp_path / "room").iterdir()
        assert notes.stat().st_mode & 0o777 == 0o600
        assert quality.report() == []
    assert list((tmp_path / "room").iterdir()) == []


def test_the_page_shows_names_as_they_are_written_and_no_script(report: Look) -> None:
    odd = school("43", uai="0119010A").replace(
        "DU PONT 43", "&lt;script&gt;alert(1)&lt;/script&gt;"
    )
    page = render_html(report(Etab=[odd]))
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert '<html lang="fr">' in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
