"""The page of a rehearsal: French, by itself, signed by each school, and nobody is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html

from preau.imports.guard import Alarm
from preau.imports.rehearsal_page import FATES, RULES, levels, render_html, render_text, summary
from preau.imports.rehearsed import (
    CREATED,
    REUSED,
    Classroom,
    Passage,
    ProjectTouched,
    Rehearsed,
    SchoolYear,
    ToConfirm,
)
from preau.store.likely import EVIDENCE
from tests.imports.rentree import GIVEN, JUNE_COLLEGE, JUNE_ECOLE, SEPTEMBER_COLLEGE, Rentree

ROOMS = (
    Classroom("c/43$6A", "6A", ("SIXIEME",), REUSED, 26, 25, 26),
    Classroom("c/43$6C", "6C <&", (), CREATED, 0, 1, 0),
)
SCHOOL = SchoolYear(
    "0990001N",
    "DES INVENTES",
    *(1_204, 26, 30, 1, 0),
    ROOMS,
    ((CREATED, 2),),
    (
        Passage("0990002P", "CERTAIN", "ine_digest", 20, degrees=True),
        Passage("0990002P", "PROBABLE", "cm2_to_6e", 2, degrees=True),
        Passage("", "UNKNOWN", "", 4, degrees=False),
    ),
    (Passage("", "UNKNOWN", "", 30, degrees=False),),
    (ToConfirm("700008", "PROBABLE", "cm2_to_6e", "0990002P"),),
    3,
)
PROJECT = ProjectTouched("Défi lecture", "OPEN", ROOMS[:1], 26, 25, 26, 1)
ALARMS = (("0990001N", Alarm("Eleve", "43", deleted=True, many=30, of=1_204)),)
FOUND = Rehearsed(
    *("colleges", "aaf", "2026-09-15", ""), (("AAF_ARITY", 2),), (SCHOOL,), ALARMS, (PROJECT,)
)


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The page and the text of a real rehearsal."""
    made = Rentree(tmp_path_factory.mktemp("june"))
    made.imported("ecoles", JUNE_ECOLE)
    made.imported("colleges", JUNE_COLLEGE)
    found = made.september("colleges", SEPTEMBER_COLLEGE)
    return render_html(found), render_text(found)


def read(page: str) -> str:
    """The text of the page's body, its cells apart."""
    return plain(" ".join(html.fromstring(page).xpath("//body//text()")))


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").split())


def test_nobody_is_named(june: tuple[str, str]) -> None:
    for told in june:
        assert [name for name in GIVEN if name in told] == []
        assert "ARQUES" not in told.upper()
        assert re.search(r"[0-9]{9}AB", told) is None
        assert re.search(r"[0-9a-f]{64}", told) is None
        assert "2015" not in told


def test_the_page_stands_by_itself_and_is_french(june: tuple[str, str]) -> None:
    page = html.fromstring(june[0])
    assert page.get("lang") == "fr"
    assert page.xpath("//script|//img|//link|//iframe|//form|//@onclick") == []
    assert [link for link in page.xpath("//@href") if not link.startswith("#")] == []
    assert "url(" not in june[0]


def test_every_link_leads_somewhere_on_the_page() -> None:
    page = html.fromstring(render_html(FOUND._replace(schools=(SCHOOL, SCHOOL))))
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.xpath("//@href")} <= set(ids)


def test_each_school_has_a_place_to_sign() -> None:
    page = html.fromstring(render_html(FOUND))
    (sign,) = page.xpath("//*[@class='sign']")
    told = plain(sign.text_content())
    assert all(word in told for word in ("0990001N", "Nom et fonction", "Date", "Signature"))


def test_the_page_tells_everything_in_words() -> None:
    told = read(render_html(FOUND))
    for text in (
        "Rien n'a été changé ni envoyé.",
        "même code, autres élèves",
        "6C <& non dit nouvelle",
        "Groupes autres que les classes : 2 nouvelle",
        "0990002P (de l'école au collège) 20 certain même INE",
        "provenance inconnue 4 non reconnu aucune",
        "700008 probable, à confirmer",
        "… et 3 autres élèves.",
        "Défi lecture Projet ouvert, 26 élèves",
        "25 membres arrivent, 26 partent ; 1 membre quitte son établissement selon l'État",
        "30 fiches sur 1204 seraient supprimées",
        "2 fiches mises de côté (AAF_ARITY).",
    ):
        assert text in told, text


def test_the_whole_is_told_in_four_sentences() -> None:
    fates = "0 continue, 1 garde son code avec d'autres élèves, 1 nouvelle, 0 n'existe plus"
    assert [plain(line) for line in summary(FOUND)] == [
        "Fichiers de la source colleges (aaf) du 15/09/2026.",
        f"1 établissement. Classes : {fates}.",
        "De l'école au collège : 20 élèves reconnus avec certitude, 2 élèves à confirmer.",
        "1 seuil franchi, 1 projet touché.",
    ]


def test_a_refused_set_has_its_reason_only() -> None:
    refused = FOUND._replace(refused="Fichiers plus anciens <que> les derniers", schools=())
    told = read(render_html(refused))
    assert "Les fichiers sont refusés Fichiers plus anciens <que> les derniers" in told
    assert "Seuils" not in told
    assert render_text(refused).endswith("  Fichiers plus anciens <que> les derniers\n")


def test_nothing_that_changes_is_said_too() -> None:
    calm = FOUND._replace(alarms=(), projects=(), aside=(), schools=())
    told = read(render_html(calm))
    assert "Aucun : l'import partirait sans attendre." in told
    assert "Projets touchés Aucun." in told


def test_every_rule_and_fate_has_words() -> None:
    assert EVIDENCE.keys() <= RULES.keys()
    assert {"national_ref", "ine_digest", "", *EVIDENCE} == RULES.keys()
    assert len(FATES) == 4


def test_levels_are_written_as_schools_do() -> None:
    assert levels(("CM2", "SIXIEME")) == "CM2, 6e"
    assert levels(()) == "non dit"


def test_the_page_prints_one_school_on_a_sheet(tmp_path: Path) -> None:
    page = render_html(FOUND)
    assert "section.school { break-before: page; }" in page
    (tmp_path / "page.html").write_text(page, "utf-8")
    assert html.parse(str(tmp_path / "page.html")).getroot() is not None
