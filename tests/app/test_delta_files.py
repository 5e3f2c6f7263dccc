"""Delta files are taken once an operator expects them, while the hub runs."""

from __future__ import annotations

import shutil

from preau.app.delta_files import expect_deltas
from tests.app.depot import ACADEMIE, Depot
from tests.imports.conftest import change, pupil, structure

CLASS = [pupil(number) for number in range(20)]


def test_a_delta_is_taken_alone_or_in_a_folder_once_it_is_expected(depot: Depot) -> None:
    depot.folder(depot.author.files(structure(), *CLASS))
    depot.settle()
    (file,) = depot.author.delta(change(0, sn="BONNET")).iterdir()
    shutil.copy(file, depot.own)
    depot.settle()
    assert "importer un Complet" in depot.text(file.name)
    expect_deltas(depot.control, ACADEMIE, on=True)  # while the hub runs
    depot.folder(depot.author.files(structure(), *CLASS, day="02/09/2026"), "again.complet")
    depot.settle()
    depot.written.clear()
    depot.folder(depot.author.delta(change(0, sn="BONNET")), "delta.complet")
    depot.settle()
    told = depot.text("delta.complet")
    assert "  Eleve : en tout 1, ajoutées 0, modifiées 1, supprimées 0\n" in told
    assert "Ce lot ne dit que les différences" in told
    assert len(depot.written) == 1
