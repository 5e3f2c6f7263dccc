"""`preau import … --rehearse` tells, writes a page, and neither keeps nor sends anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preau.shelf import connectors

Preau = Callable[..., Any]


@pytest.fixture
def sample() -> str:
    return str(connectors() / "aaf/samples/Eleve.xml")


def rehearse(preau: Preau, path: str, *more: str) -> Any:
    return preau("import", "aaf", path, "--instance", "academie", "--rehearse", *more)


def test_a_set_is_rehearsed_and_a_page_written(
    academie: Preau, sample: str, tmp_path: Path
) -> None:
    page = tmp_path / "rentree.html"
    done = rehearse(academie, sample, "--html", str(page))
    assert done.exit_code == 0, done.output
    assert "rien n'a été changé ni envoyé" in done.stdout
    assert f"Page écrite : {page}" in done.stdout
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert academie("import", "list").stdout == ""


def test_the_rehearsal_is_told_as_json(academie: Preau, sample: str, tmp_path: Path) -> None:
    done = rehearse(academie, sample, "--json", "--html", str(tmp_path / "rentree.html"))
    said = json.loads(done.stdout)
    assert (said["instance"], said["connector"], said["refused"]) == ("academie", "aaf", "")
    (school,) = said["schools"]
    assert school["come"] == sum(each["pupils"] for each in school["arrivals"]) > 0


def test_a_refused_set_exits_3(academie: Preau, tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text("<planet/>")
    done = rehearse(academie, str(tmp_path / "x.xml"), "--html", str(tmp_path / "x.html"))
    assert done.exit_code == 3
    assert "Les fichiers sont refusés" in done.stdout
    assert "Les fichiers sont refusés" in (tmp_path / "x.html").read_text("utf-8")


def test_a_page_that_cannot_be_written_is_told(
    academie: Preau, sample: str, tmp_path: Path
) -> None:
    done = rehearse(academie, sample, "--html", str(tmp_path / "nowhere" / "x.html"))
    assert getattr(done.exception, "code", "") == "REPORT_UNWRITTEN"


def test_only_a_rehearsal_writes_a_page(academie: Preau, sample: str, tmp_path: Path) -> None:
    asked = ("import", "aaf", sample, "--instance", "academie", "--html", str(tmp_path / "x.html"))
    done = academie(*asked)
    assert done.exit_code == 2
    assert "only a rehearsal writes a page" in done.output
