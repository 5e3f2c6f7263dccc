"""Defects planted in a folder: the case that suffers from each says so, in words."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from preau.contract.evidence import Evidence
from preau.contract.scaffold import create
from preau.kit.judge import ARRIVING, DELIVERING, judge, played

Copied = Callable[[str], Path]
MANDATE = """\
- to: group.v1
  fields:
    meta.source_id: {from: classe.id, as: text}
    kind: {const: CLASS}
- to: mandate.v1
  fields:
    meta.source_id: {from: classe.id, as: text}
    establishment: {from: classe.id, as: text}
    instance: {from: classe.libelle, as: text}
"""


def swap(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after), "utf-8")


def told(folder: Path) -> dict[str, str]:
    """The cases that do not hold, and what is said of each."""
    return {
        each.sentence: str(each.defect)
        for each in played(Evidence(folder))
        if each.defect is not None
    }


def test_a_share_that_cannot_be_taken_back_stays_after_a_withdrawal(copied: Copied) -> None:
    folder = copied("edifice")
    swap(folder, "connector.yaml", "  SHARE_REMOVE: [share]\n", "")
    (folder / "outlet" / "share-remove.yaml").unlink()

    found = told(folder)

    assert set(found) == {
        "out: after a withdrawal only removals are delivered",
        "out: what was removed comes back when given again",
    }
    for said in found.values():
        assert "SHARE_PUT stays: see needs.SHARE_REMOVE and its file" in said


def test_an_id_that_nothing_keeps_leaves_the_group_empty(copied: Copied) -> None:
    folder = copied("edifice")
    swap(folder, "outlet/member-put.yaml", "group.native_id", "group.uid")

    found = told(folder)

    assert "with a mandate, MEMBER_PUT: 2 lacking" in found[next(iter(DELIVERING))]


def without_tables(folder: Path) -> None:
    """The folder as it would be if its product dropped events only: tables have to say versions."""
    shutil.rmtree(folder / "inlet")
    for each in folder.glob("samples/*.csv"):
        each.unlink()
        (folder / "expected" / f"{each.stem}.json").unlink()


def test_two_events_with_one_version_end_as_they_came(copied: Copied) -> None:
    folder = copied("netcollege")
    without_tables(folder)
    swap(folder, "connector.yaml", "version: numero\n", "version: version_du_format\n")

    found = told(folder)

    assert "in: any order ends in the same state" in found


def test_a_record_that_no_mandate_can_let_in_is_told(tmp_path: Path) -> None:
    folder = create(tmp_path, "essai", "first")
    (folder / "mapping" / "classe.creee.yaml").write_text(MANDATE, "utf-8")

    found = told(folder)

    assert list(found) == ["in: nothing is accepted without a mandate"]
    assert "classe.creee becomes mandate, which no mandate can ever let it say" in str(found)


def test_a_way_out_that_cannot_be_read_is_told_once(copied: Copied) -> None:
    folder = copied("edifice")
    swap(folder, "outlet/group-put.yaml", "steps:", "stages:")

    found = told(folder)

    assert list(found) == ["outlet/group-put.yaml is read as the hub reads it"]


def test_a_product_with_a_webhook_only_is_played_too(copied: Copied) -> None:
    folder = copied("edifice")
    swap(folder, "connector.yaml", "ways_out: [push, webhook]", "ways_out: [webhook]")
    shutil.rmtree(folder / "outlet")

    assert told(folder) == {}


@pytest.mark.parametrize("degree", ["first", "second"])
def test_a_new_folder_keeps_every_case(tmp_path: Path, degree: str) -> None:
    folder = create(tmp_path, "essai", degree)  # type: ignore[arg-type]

    assert [each.sentence for each in judge(folder) if each.defect is not None] == []
    assert [each.sentence for each in played(Evidence(folder))] == list(ARRIVING)


def test_a_folder_that_does_not_open_has_no_case(tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()

    assert played(Evidence(tmp_path / "vide")) == []
    assert [each.sentence for each in judge(tmp_path / "vide") if each.defect is not None] == [
        "connector.yaml is understood"
    ]


def test_a_directory_that_knows_people_by_pseudonyms_is_played_too(copied: Copied) -> None:
    folder = copied("edifice")
    swap(folder, "connector.yaml", "members: [PERSON]", "members: [PSEUDONYM]")

    assert told(folder) == {}
