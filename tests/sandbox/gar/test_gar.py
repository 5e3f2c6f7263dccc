"""The fictional GAR takes a whole and right set, and nothing of any other."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from preau.clock import SetClock
from preau.outlets.directory import Directory
from preau.outlets.file_forms import MANIFEST
from preau.outlets.gar.archive import archive
from preau.outlets.set_folder import put_set
from preau.sandbox.gar.life import GarLife
from preau.sandbox.gar.taking import TABLES, Taking
from preau.sandbox.ledger import Ledger
from tests.outlets.gar.plans import COLLEGE, ECOLE, NOW, account, directory


class Gar:
    """One GAR and the folder of its sets."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "u3"
        self.folder.mkdir()
        self.ledger = Ledger(folder / "gar.db", TABLES, SetClock(NOW))
        self.life, self.taking = GarLife(self.ledger), Taking(self.ledger)
        with self.ledger.transaction():
            self.life.seed({"drops": str(self.folder)})

    def put(self, found: Directory, number: int, *, spoil: bool = False) -> None:
        made = archive(found, "U3")
        content = made.content[:-9] if spoil else made.content
        put_set(self.folder, {made.name: content, f"{made.name}.md5": made.sum})
        line = f"{number};{made.name};1;{sha256(content).hexdigest()}"
        (self.folder / MANIFEST).write_text(f"numero;fichier;lignes;sha256\r\n{line}\r\n")

    def holds(self) -> Any:
        return self.life.holds()


@pytest.fixture
def gar(tmp_path: Path) -> Iterator[Gar]:
    made = Gar(tmp_path)
    yield made
    made.ledger.close()


def test_it_shows_a_group_for_each_school_and_reports_the_set(gar: Gar) -> None:
    gar.put(directory(account(1, ECOLE), account(2, COLLEGE)), 7)
    assert gar.taking.turn()
    assert [(each["uai"], each["members"]) for each in gar.holds()] == [
        (ECOLE, ["Prénom1 Nom1"]),
        (COLLEGE, ["Prénom2 Nom2"]),
    ]
    assert (gar.folder / "7.ok").exists()


def test_whoever_is_in_the_next_set_no_more_is_gone(gar: Gar) -> None:
    gar.put(directory(account(1, ECOLE), account(2, ECOLE)), 7)
    gar.taking.turn()
    gar.put(directory(account(2, ECOLE))._replace(as_of_ms=NOW + 1000), 8)
    assert gar.taking.turn()
    [group] = gar.holds()
    assert group["members"] == ["Prénom2 Nom2"]


def test_nothing_of_a_broken_set_is_taken(gar: Gar) -> None:
    gar.put(directory(account(1, ECOLE)), 7)
    gar.taking.turn()
    gar.put(directory(account(2, ECOLE)), 8, spoil=True)
    assert gar.taking.turn()
    [group] = gar.holds()
    assert group["members"] == ["Prénom1 Nom1"]
    assert (gar.folder / "8.ko").exists()


def test_a_set_is_taken_once(gar: Gar) -> None:
    gar.put(directory(account(1, ECOLE)), 7)
    assert gar.taking.turn()
    assert not gar.taking.turn()


def test_its_page_shows_the_schools(gar: Gar) -> None:
    gar.put(directory(account(1, ECOLE)), 7)
    gar.taking.turn()
    assert "École du Pont (0110001A)" in gar.life.page()
