"""What a source of full states drops is imported: whole sets withdraw who left, one file nobody."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from preau.app.imports import open_importer, runs
from preau.imports.importer import Order
from preau.inlets.filedrop import STABLE_FOLDER_MS
from preau.inlets.intake import Intake
from preau.store.imports import DONE, DROPPED, HELD, SENDING
from tests.app.depot import ACADEMIE, Depot
from tests.imports.conftest import pupil, structure

CLASS = [pupil(number) for number in range(20)]


def test_a_folder_named_complet_is_one_set_with_its_report(depot: Depot) -> None:
    depot.folder(depot.author.files(structure(), *CLASS, per=10))
    assert depot.settle() == 1
    assert depot.last().state == DONE
    told = depot.text("septembre.complet")
    assert "Fiches prises en compte : 21" in told
    assert "  Eleve : en tout 20, ajoutées 20, modifiées 0, supprimées 0\n" in told
    assert sorted(each.name for each in (depot.own / "traites").iterdir()) == [
        "septembre.complet",
        "septembre.complet.bilan.txt",
    ]
    assert list((depot.own / "en-cours").iterdir()) == []
    assert len(depot.written) == 21


def test_the_same_set_again_sends_nothing_and_keeps_both(depot: Depot) -> None:
    files = depot.author.files(structure(), *CLASS)
    depot.folder(files)
    depot.settle()
    depot.written.clear()
    depot.folder(files)
    assert depot.settle() == 1
    assert depot.written == []
    assert (depot.own / "traites" / "septembre-2.complet").is_dir()


def test_an_archive_is_one_set_and_who_left_is_withdrawn(depot: Depot) -> None:
    depot.folder(depot.author.files(structure(), *CLASS))
    depot.settle()
    files = depot.author.files(structure(), *CLASS[1:], day="02/09/2026")
    with zipfile.ZipFile(depot.own / "lot.zip", "w") as archive:
        for file in files.iterdir():
            archive.write(file, file.name)
    assert depot.settle() == 1
    assert "  Eleve : en tout 19, ajoutées 0, modifiées 0, supprimées 1\n" in depot.text("lot.zip")


def test_a_folder_is_read_only_when_its_copy_has_ended(depot: Depot) -> None:
    files = depot.author.files(structure(), *CLASS)
    depot.folder(files, "septembre")  # its own name says nothing: it is left alone
    assert depot.settle() == 0
    (depot.own / "septembre").rename(depot.own / "septembre.complet")
    assert depot.drop.round() == 0
    depot.clock.advance(STABLE_FOLDER_MS - 1)
    (depot.own / "septembre.complet" / "late.md5").write_text("x")
    assert depot.drop.round() == 0
    depot.clock.advance(STABLE_FOLDER_MS - 1)
    assert depot.drop.round() == 0
    depot.clock.advance(1)
    assert depot.drop.round() == 1


def test_a_mass_change_waits_and_the_report_says_how_to_decide(depot: Depot) -> None:
    depot.folder(depot.author.files(structure(), *CLASS))
    depot.settle()
    depot.written.clear()
    depot.folder(depot.author.files(structure(), *CLASS[5:], day="02/09/2026"), "b.complet")
    assert depot.settle() == 1
    run = depot.last()
    assert (run.state, depot.written) == (HELD, [])
    told = depot.text("b.complet")
    assert told.startswith("RETENU")
    assert "5 fiches sur 20 seraient supprimées" in told
    assert f"preau import confirm {run.id}" in told


def test_a_set_that_lacks_a_category_is_refused_in_french(depot: Depot) -> None:
    depot.folder(depot.author.files(structure(), *CLASS))
    depot.settle()
    depot.folder(depot.author.files(*CLASS, day="02/09/2026"), "b.complet")
    assert depot.settle() == 1
    told = depot.text("b.complet")
    assert told.splitlines()[0].startswith("Il manque une catégorie")
    assert told.splitlines()[1].startswith("À faire : ")
    assert "EtabEducNat" in told
    assert (depot.own / "refuses" / "b.complet").is_dir()


def test_one_file_of_a_set_withdraws_nobody_and_repeats_send_nothing(depot: Depot) -> None:
    depot.folder(depot.author.files(structure(), *CLASS))
    depot.settle()
    depot.written.clear()
    (file,) = depot.author.files(pupil(0, "6B"), day="02/09/2026").iterdir()
    lone = file.name.replace("_0000", "_0007")  # the others of its set are not there
    for turn in ("", "-2"):
        shutil.copy(file, depot.own / lone)
        assert depot.settle() == 1
        name = lone.replace(".xml", f"{turn}.xml")
        assert "personne n'est retiré" in depot.text(name)
    assert len(depot.written) == 2  # what she is now, and the class that she left
    again = open_importer(depot.control, ACADEMIE).prepare(
        Order([depot.author.files(structure(), *CLASS, day="03/09/2026")], rehearse=True)
    )
    assert again.result["changed"] == {"Eleve": 1}  # it is known what the lone file said


def test_one_file_never_takes_the_place_of_an_import_that_waits(depot: Depot) -> None:
    depot.folder(depot.author.files(structure(), *CLASS))
    depot.settle()
    depot.folder(depot.author.files(structure(), *CLASS[5:], day="02/09/2026"), "b.complet")
    depot.settle()
    held = depot.last()
    (file,) = depot.author.files(pupil(0, "6B"), day="02/09/2026").iterdir()
    shutil.copy(file, depot.own)
    assert depot.settle() == 1
    assert "IMPORT_WAITS" in depot.text(file.name)
    assert "attend déjà une décision" in depot.text(file.name)
    assert runs(depot.control).unended() == [held]


def test_a_record_that_cannot_be_read_is_told_by_its_place(depot: Depot) -> None:
    files = depot.author.files(structure(), *CLASS)
    (file,) = files.glob("*Eleve*")
    file.write_text(file.read_text("utf-8").replace("<id>700003</id>", "<id>7 3</id>"), "utf-8")
    depot.folder(files)
    depot.settle()
    told = depot.text("septembre.complet")
    assert "Fiches prises en compte : 20\nFiches mises de côté : 1\n" in told
    assert f"  {file.name}, fiche 4 : AAF_ID" in told


def test_without_kafka_it_waits_and_is_sent_once_after_a_restart(depot: Depot) -> None:
    depot.folder(depot.author.files(structure(), *CLASS))
    depot.down = True
    assert depot.settle() == 0
    run = depot.last()
    assert run.state == SENDING
    (other,) = depot.author.files(pupil(50), day="02/09/2026").iterdir()
    shutil.copy(other, depot.own / "a.xml")  # comes first by its name, and waits its turn too
    assert depot.settle() == 0
    depot.down = False
    depot.restarted()
    assert depot.drop.round() == 2
    assert [each.state for each in runs(depot.control).last()] == [DONE, DONE]
    assert "Lu en entier" in depot.text("septembre.complet")
    assert len(depot.written) == 22


def test_a_process_that_is_told_to_end_leaves_it_for_the_next_one(depot: Depot) -> None:
    depot.folder(depot.author.files(structure(), *CLASS))
    depot.drop.round()
    depot.clock.advance(STABLE_FOLDER_MS)
    depot.stop.set()
    assert depot.drop.round() == 0
    depot.restarted()
    assert depot.drop.round() == 1
    assert depot.last().state == DONE
    states = sorted(each.state for each in runs(depot.control).last())
    assert states in ([DONE], [DONE, DROPPED])


def test_letters_that_were_damaged_are_made_again(depot: Depot, tmp_path: Path) -> None:
    depot.folder(depot.author.files(structure(), *CLASS))
    depot.down = True
    depot.settle()
    letters = tmp_path / "hub" / "imports" / ACADEMIE / depot.last().id / "letters"
    letters.write_bytes(letters.read_bytes()[:-5])
    depot.down = False
    assert depot.drop.round() == 0
    assert depot.drop.round() == 1
    assert depot.last().state == DONE


def test_another_import_of_the_source_is_waited_for(depot: Depot) -> None:
    depot.folder(depot.author.files(structure(), *CLASS))
    importer = open_importer(depot.control, ACADEMIE)
    run = importer.prepare(Order([depot.author.files(structure(), *CLASS)]))

    def meanwhile(letters: Sequence[Intake]) -> None:
        assert depot.settle() == 0
        depot.publish(letters)

    importer.release(run, meanwhile)
    assert depot.drop.round() == 1


def test_a_set_that_changes_while_it_is_read_is_refused(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([(1, 1), (2, 2)])
    monkeypatch.setattr("preau.app.set_taking.shape", lambda _path: next(looks))
    depot.folder(depot.author.files(structure(), *CLASS))
    assert depot.settle() == 1
    assert "FILE_CHANGED" in depot.text("septembre.complet")
    assert (depot.last().state, depot.written) == (DROPPED, [])


def test_a_link_is_never_followed(depot: Depot) -> None:
    files = depot.author.files(structure(), *CLASS)
    (depot.own / "septembre.complet").symlink_to(files)
    assert depot.settle() == 1
    assert "IMPORT_LINK" in depot.text("septembre.complet")
    assert files.is_dir()
    assert depot.written == []
