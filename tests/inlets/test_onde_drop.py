"""A head of école drops what ONDE gave: it is read, or the report says in French what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from preau.clock import SetClock
from preau.inlets.filedrop import STABLE_MS, FileDrop
from preau.inlets.filework import Tools
from preau.inlets.intake import Intake, Speaker
from preau.inlets.publishing import Publishing
from preau.keys.digest import Digests

MAY = Publishing({"person": frozenset({"*"})}, {})
ONDE = Speaker("ecole", "onde", order=("id",), reader="onde", ways_in=("file",), may=MAY)
HEAD = "Nom élève;Prénom élève;Date naissance;INE;Niveau;Classe"
ROWS = ("LAPEYRE;Côme;09/03/2016;120890177FA;CM1;CM1 A", "=MONTLAUR;Rose;01/01/2016;;CM1;CM1 A")
Drop = Callable[..., list[Intake]]


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    """What is written when a file of that name is dropped."""

    def run(name: str, *lines: str) -> list[Intake]:
        written: list[Intake] = []
        clock, digests = SetClock(1_790_000_000_000), Digests(b"a secret")
        (tmp_path / "ecole").mkdir()
        body = "\r\n".join([*lines, ""]).encode("latin-1")
        tools = Tools(written.extend, lambda _n, _v: b"aside", clock, digests.mask, digests.hidden)
        watched = FileDrop(tmp_path, lambda: [ONDE], tools)
        (tmp_path / "ecole" / name).write_bytes(body)
        watched.round()
        clock.advance(STABLE_MS)
        watched.round()
        return written

    return run


def told(folder: Path) -> str:
    """Every report of the folder, as one text."""
    reports = sorted((folder / "ecole").rglob("*.txt"))
    return "\n".join(report.read_text("utf-8") for report in reports)


def test_a_file_whose_name_says_the_school_is_read(drop: Drop, tmp_path: Path) -> None:
    written = drop("CSVExtraction-eleves-0110001A.csv", HEAD, *ROWS)
    spoken = [each for each in written if each.topic == "preau.intake.onde"]
    assert len(spoken) == 3
    assert "Fiches prises en compte : 3" in told(tmp_path)
    assert "ligne 3 : ONDE_FORMULA" in told(tmp_path)


def test_no_key_header_or_report_holds_a_name_and_no_byte_an_ine(
    drop: Drop, tmp_path: Path
) -> None:
    written = drop("CSVExtraction-eleves-0110001A.csv", HEAD, *ROWS)
    outside = repr([(each.key, each.headers) for each in written]) + told(tmp_path)
    assert not any(word in outside for word in ("LAPEYRE", "MONTLAUR", "CM1", "2016"))
    assert not any(b"120890177" in each.value for each in written)


def test_a_file_of_no_known_school_is_refused_with_what_to_do(drop: Drop, tmp_path: Path) -> None:
    assert drop("CSVExtraction.csv", HEAD, *ROWS) == []
    assert "Mettez l'UAI de l'école dans le nom du fichier" in told(tmp_path)
    assert "Code : ONDE_UAI" in told(tmp_path)
