"""What schools read in French says the words that the page and the deposit folder show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from preau.app.decisions import FIRST, RULES, SECOND
from preau.app.erasure_start import DEADLINE_MS
from preau.imports import guard, rehearsal_page
from preau.inlets import filedrop, setdrop
from preau.rights.proof import OUTCOMES
from preau.store.imports import DONE, ImportRun
from preau.web import french, import_words
from preau.web.sessions import LASTS_S

PAGE, DEPOSIT, WHAT, IMPORTS = (
    f"docs/fr/{name}.md"
    for name in ("lire-la-page", "deposer-un-fichier", "preau", "importer-les-fichiers-de-l-etat")
)
RIGHTS = "docs/fr/droits-des-personnes.md"
NUMBERS = {2: "deux", 7: "sept", 10: "dix", 12: "douze"}


def test_every_answer_to_an_erasure_is_explained(pages: Mapping[str, str]) -> None:
    rows = " ".join(re.findall(r"^\| (.+?) \|", pages[RIGHTS], re.MULTILINE))
    assert {told for told in OUTCOMES.values() if told not in rows} == set()
    assert f"{NUMBERS[DEADLINE_MS // 86_400_000]} jours" in pages[RIGHTS]


@pytest.mark.parametrize(
    ("statuses", "page"),
    [
        (french.STATES, PAGE),
        (french.DECISIONS, PAGE),
        (french.OUTCOMES, PAGE),
        (import_words.STATES, IMPORTS),
    ],
    ids=["state", "decision", "answer", "import"],
)
def test_every_word_of_the_page_is_explained_with_its_icon(
    statuses: Mapping[str, french.Status], page: str, pages: Mapping[str, str]
) -> None:
    rows = " ".join(re.findall(r"^\| (.+?) \|", pages[page], re.MULTILINE))
    missing = {f"{each.icon} {each.word}" for each in statuses.values()}
    assert {told for told in missing if told not in rows} == set()


def test_every_part_of_the_page_is_explained(pages: Mapping[str, str], root: Path) -> None:
    template = root / "streams" / "preau" / "web" / "templates" / "project.html"
    parts = re.findall(r"<h2[^>]*>([^<{]+)</h2>", template.read_text("utf-8"))
    assert parts
    assert [part for part in parts if f"\n## {part}\n" not in pages[PAGE]] == []


def test_how_long_the_page_stays_open_is_told(pages: Mapping[str, str]) -> None:
    assert f"{NUMBERS[LASTS_S // 3600]} heures" in pages[PAGE]


def test_the_folders_of_a_deposit_are_told(pages: Mapping[str, str]) -> None:
    told = pages[DEPOSIT]
    for name in (filedrop.UNDER_WAY, filedrop.DONE, filedrop.REFUSED):
        assert f"`{name}`" in told
    assert f"{NUMBERS[filedrop.STABLE_MS // 1000]} secondes" in told
    assert all(f"`{ending}`" in told for ending in filedrop._LEFT_ALONE)


def test_who_may_authorise_is_told_as_it_is_held(pages: Mapping[str, str]) -> None:
    who = pages[WHAT].partition("## Qui autorise")[2]
    assert "AUTHORISED" in RULES[SECOND, "PRINCIPAL"]
    assert re.search(r"collège \|.*principale \*\*autorise\*\*", who)
    assert "AUTHORISED" not in RULES[FIRST, "DIRECTOR"]
    assert re.search(r"école publique \|.*directrice \*\*transmet\*\*.*DASEN \*\*autorise\*\*", who)


def test_every_word_of_a_rehearsal_is_explained(pages: Mapping[str, str]) -> None:
    page = pages["docs/fr/repetition-de-rentree.md"]
    rows = set(re.findall(r"^\| (.+?) \|", page, re.MULTILINE))
    words = {*rehearsal_page.FATES.values(), *rehearsal_page.ASSURANCES.values()}
    assert words - rows == set()


def test_how_a_whole_set_is_dropped_is_told(pages: Mapping[str, str]) -> None:
    told = " ".join(pages[IMPORTS].split())
    assert all(f"`{name}`" in told for name in (setdrop.COMPLETE, *setdrop.ARCHIVES))
    assert f"{NUMBERS[filedrop.STABLE_FOLDER_MS // 1000]} secondes" in told
    assert f"plus de {guard.DELETED:.0%}".replace("%", " %") in told
    assert f"plus de {guard.CHANGED:.0%}".replace("%", " %") in told


def test_the_lines_of_a_report_are_told(pages: Mapping[str, str]) -> None:
    result = {
        "read": 3,
        "unread": 1,
        "spared": 1,
        "set_aside": {"AAF_ID": 1},
        "partial": False,
        "categories": {"Eleve": 2},
        "added": {},
        "changed": {},
        "removed": {},
    }
    run = ImportRun("id", "academie", "aaf", DONE, 0, 0, result, ())
    lines = setdrop.report(run)
    for words in ("Fiches prises en compte", "Fiches mises de côté", "Fiches absentes gardées"):
        assert f"{words} : " in lines
        assert f"| {words} |" in pages[IMPORTS]
    assert "en tout 2, ajoutées 0, modifiées 0, supprimées 0" in lines
    assert "| en tout, ajoutées, modifiées, supprimées |" in pages[IMPORTS]


def test_every_button_of_the_page_is_told(pages: Mapping[str, str], root: Path) -> None:
    template = root / "streams" / "preau" / "web" / "templates" / "imports.html"
    buttons = set(re.findall(r'button\(each, "\w+", "(\w+)"\)', template.read_text("utf-8")))
    assert buttons == {"Confirmer", "Abandonner", "Envoyer"}
    assert all(f"**{name}**" in pages[IMPORTS] for name in buttons - {"Envoyer"})
