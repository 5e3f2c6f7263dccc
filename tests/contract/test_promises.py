"""Each defect planted in a whole folder gives exactly one failing sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from preau.contract.acceptance import accept, changes
from preau.contract.evidence import Evidence
from preau.contract.promises import PROMISES, judge

Plant = Callable[[Path], None]


def broken(folder: Path) -> list[str]:
    return [verdict.sentence for verdict in judge(folder) if verdict.defect is not None]


def swap(file: str, before: str, after: str) -> Plant:
    def plant(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert before in text
        (folder / file).write_text(text.replace(before, after, 1), encoding="utf-8")

    return plant


def remove(file: str) -> Plant:
    return lambda folder: (folder / file).unlink()


def add(file: str, text: str) -> Plant:
    def plant(folder: Path) -> None:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8")

    return plant


def both(*plants: Plant) -> Plant:
    def plant(folder: Path) -> None:
        for one in plants:
            one(folder)

    return plant


def accepted(folder: Path) -> None:
    accept(changes(Evidence(folder)))


SAMPLE, EXPECTED = "samples/classe.creee.json", "expected/classe.creee.json"
MAPPING = "mapping/classe.creee.yaml"
GONE = """\
to: group.v1
fields:
  meta.source_id: {from: classe.id, as: text}
  meta.deleted: {const: true}
"""
MANDATE = """\
to: mandate.v1
fields:
  meta.source_id: {from: classe.id, as: text}
  establishment: {from: classe.id, as: text}
  instance: {from: classe.libelle, as: text}
"""
EVENT = json.dumps(
    {
        "evenement": "classe.creee",
        "date": "2026-09-02T10:00:00+02:00",
        "classe": {"id": "cm2-z", "libelle": "CM2 Z", "niveaux": ["CM2"]},
    }
)

DEFECTS: dict[str, tuple[Plant, str]] = {
    "an unknown keyword": (
        swap(MAPPING, "to: group.v1", "to: group.v1\nunless: {classe.id: PRESENT}"),
        "mapping/classe.creee.yaml is understood",
    ),
    "an unknown conversion": (
        swap(MAPPING, "as: levels", "as: niveaux"),
        "mapping/classe.creee.yaml is understood",
    ),
    "an unknown record": (
        swap(MAPPING, "group.v1", "classe.v1"),
        "mapping/classe.creee.yaml is understood",
    ),
    "an unknown key of the card": (
        swap("connector.yaml", "tier:", "colour: blue\ntier:"),
        "connector.yaml is understood",
    ),
    "a mapping without a sample": (
        both(
            add("mapping/classe.fermee.yaml", GONE),
            swap(
                "README.md",
                "| classe.creee |",
                "| classe.fermee | group | supposé |\n| classe.creee |",
            ),
        ),
        "mapping classe.fermee has a sample",
    ),
    "a sample without an expected file": (
        remove(EXPECTED),
        "sample classe.creee has an expected file",
    ),
    "an expected file without its sample": (
        add("expected/classe.partie.json", "[]"),
        "expected classe.partie has its sample",
    ),
    "another result than the expected one": (
        swap(EXPECTED, '"CM2 A"', '"CM2 B"'),
        "sample classe.creee gives its expected records",
    ),
    "an expected file that is not JSON": (
        swap(EXPECTED, "[", ""),
        "sample classe.creee gives its expected records",
    ),
    "a card too thin for its tier": (
        swap("connector.yaml", "freshness: 1 day", 'freshness: ""'),
        "the card says its freshness, as tier checked asks",
    ),
    "a tier claimed without a contact": (
        swap("connector.yaml", "tier: checked", "tier: live"),
        "the card says its contact, as tier live asks",
    ),
    "an event that the README forgets": (
        swap("README.md", "classe.creee", "classe"),
        "the README names classe.creee",
    ),
    "a mandate that an event would give": (
        both(add(MAPPING, MANDATE), accepted),
        "mapping classe.creee leaves the mandate to the hub",
    ),
    "an event without its moment": (
        both(
            swap("connector.yaml", "occurred_at: date ", "# occurred_at: date "),
            swap("connector.yaml", "version: date ", "# version: date "),
            accepted,
        ),
        "sample classe.creee heard late stays late",
    ),
    "a person who may be real": (
        both(swap(SAMPLE, '"classe":', '"nom": "MARTIN", "classe":'), accepted),
        "sample classe.creee names only invented people",
    ),
}


@pytest.mark.parametrize(("plant", "sentence"), DEFECTS.values(), ids=DEFECTS)
def test_a_planted_defect_gives_exactly_one_sentence(
    whole_folder: Path, plant: Plant, sentence: str
) -> None:
    plant(whole_folder)

    assert broken(whole_folder) == [sentence]


def test_a_new_folder_keeps_every_promise(whole_folder: Path) -> None:
    assert [str(v) for v in judge(whole_folder)] == [f"essai: {s}" for s, _ in PROMISES]


def test_two_states_that_share_a_version_are_a_defect(whole_folder: Path) -> None:
    add("samples/classe.creee--autre.json", EVENT.replace("cm2-z", "cm2-a"))(whole_folder)

    assert broken(whole_folder) == [
        "sample classe.creee--autre has an expected file",
        "classe.creee--autre and classe.creee end in the same state in any order",
    ]


def test_two_defects_give_two_sentences(whole_folder: Path) -> None:
    both(remove(EXPECTED), swap("README.md", "classe.creee", "classe"))(whole_folder)

    assert broken(whole_folder) == [
        "sample classe.creee has an expected file",
        "the README names classe.creee",
    ]


def test_an_empty_folder_is_told_not_raised(tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()

    assert broken(tmp_path / "vide") == ["connector.yaml is understood"]
