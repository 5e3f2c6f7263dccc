"""A file set is one act: compared with the last, perhaps held, then sent once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from preau.errors import Stop, TryAgain
from preau.inlets.intake import INTAKE, Intake
from preau.store.imports import DONE, DROPPED, HELD, REFUSED, SENDING
from tests.imports.conftest import INSTANCE, Academie, pupil, structure

CLASS = [pupil(number) for number in range(20)]


def keys(academie: Academie, record: str) -> set[str]:
    return {key.removeprefix(f"{INSTANCE}/") for name, key in academie.state() if name == record}


def test_a_first_import_says_everything(academie: Academie) -> None:
    run = academie.imported(academie.files(structure(), *CLASS))
    assert run.state == DONE
    assert run.result["read"] == 21
    assert run.result["added"] == {"Eleve": 20, "EtabEducNat": 1}
    assert run.result["set_aside"] == {}
    assert run.result["canonical"] == 3 + 20 * 3
    assert keys(academie, "group") == {"43$6A", "43$6B"}
    assert len(keys(academie, "membership")) == 20


def test_the_same_files_again_send_nothing(academie: Academie) -> None:
    files = academie.files(structure(), *CLASS)
    academie.imported(files)
    academie.written.clear()
    run = academie.imported(files)
    assert (run.result["canonical"], run.result["unchanged"]) == (0, 21)
    assert academie.written == []


def test_only_what_changed_travels(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    academie.written.clear()
    changed = [pupil(0, "6B"), *CLASS[1:], pupil(99)]
    run = academie.imported(academie.files(structure(), *changed, day="02/09/2026"))
    assert (run.result["added"], run.result["changed"]) == ({"Eleve": 1}, {"Eleve": 1})
    assert len(academie.written) == 3  # who changed, what they no longer are, who came
    assert "43:6B:700000" in keys(academie, "membership")
    assert "43:6A:700000" not in keys(academie, "membership")
    assert "43:6A:700099" in keys(academie, "membership")


def test_who_is_absent_is_withdrawn_with_all_that_was_said_of_them(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    run = academie.imported(academie.files(structure(), *CLASS[1:], day="02/09/2026"))
    assert run.result["removed"] == {"Eleve": 1}
    assert not any("700000" in key for _, key in academie.state())
    assert len(keys(academie, "person")) == 19


def test_two_exports_of_one_day_are_two_states(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    academie.imported(academie.files(structure(), pupil(0, "6B"), *CLASS[1:]))
    academie.imported(academie.files(structure(), pupil(0, "6A"), *CLASS[1:]))
    assert "43:6A:700000" in keys(academie, "membership")
    assert "43:6B:700000" not in keys(academie, "membership")


def test_what_is_never_kept_does_not_count_as_a_change(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    moved = [pupil(0, homePhone="+33 4 00 00 00 00"), *CLASS[1:]]
    run = academie.imported(academie.files(structure(), *moved, day="02/09/2026"))
    assert (run.result["canonical"], run.result["unchanged"]) == (0, 21)


def test_a_mass_deletion_waits_and_nothing_of_it_leaves(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    before, sent = academie.state(), len(academie.written)
    run = academie.prepare(academie.files(structure(), *CLASS[3:], day="02/09/2026"))
    assert run.state == HELD
    assert run.reasons == (
        "Eleve de l'établissement 0990001N : 3 fiches sur 20 seraient supprimées (15 %)",
    )
    assert (academie.state(), len(academie.written)) == (before, sent)
    assert academie.runs.get(run.id) == run
    confirmed = academie.release(run)
    assert confirmed.state == DONE
    assert len(keys(academie, "person")) == 17


def test_a_mass_change_waits_too(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    turned = [pupil(number, "6B") for number in range(16)]
    run = academie.prepare(academie.files(structure(), *turned, *CLASS[16:], day="02/09/2026"))
    assert run.state == HELD
    assert run.reasons == (
        "Eleve de l'établissement 0990001N : 16 fiches sur 20 seraient modifiées (80 %)",
    )


def test_a_held_import_that_is_dropped_changes_nothing(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    before = academie.state()
    run = academie.prepare(academie.files(structure(), *CLASS[9:], day="02/09/2026"))
    assert academie.importer.drop(run).state == DROPPED
    again = academie.imported(academie.files(structure(), *CLASS, day="02/09/2026"))
    assert again.result["unchanged"] == 21
    assert academie.state() == before


def test_a_part_of_a_set_may_lack_numbers_and_leaves_the_rest_as_it_was(
    academie: Academie,
) -> None:
    academie.imported(academie.files(structure(), *CLASS, per=10))
    before = keys(academie, "person")
    part = academie.files(*CLASS, pupil(50), per=10, day="02/09/2026")
    files = sorted(part.iterdir())
    for file in files[:2]:
        file.unlink()
    run = academie.imported(part, partial=True)
    assert (run.result["added"], run.result["removed"]) == ({"Eleve": 1}, {})
    assert keys(academie, "person") == before | {"700050"}


def test_an_import_that_was_killed_while_sending_is_sent_again(academie: Academie) -> None:
    run = academie.prepare(academie.files(structure(), *CLASS))

    def failing(letters: Iterable[Intake]) -> None:
        academie.publish(list(letters)[:7])
        raise TryAgain("KAFKA_WRITE", "no broker")

    with pytest.raises(TryAgain):
        academie.importer.release(run, failing)
    begun = list(academie.written)
    assert academie.release(run).state == DONE
    assert academie.written[7 : 7 + len(begun)] == begun
    assert len(keys(academie, "person")) == 20


def test_a_truncated_set_is_refused_whole(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    files = academie.files(structure(), *CLASS, day="02/09/2026")
    (file,) = files.glob("*Eleve*")
    file.write_bytes(file.read_bytes()[:-40])
    run = academie.prepare(files)
    assert run.state == REFUSED
    assert "XML_TRUNCATED" in run.reasons[0]
    assert "Eleve_0000.xml" in run.reasons[0]


def test_a_set_without_one_of_its_categories_is_refused_unless_it_says_so(
    academie: Academie,
) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    files = academie.files(*CLASS, day="02/09/2026")
    run = academie.prepare(files)
    assert run.state == REFUSED
    assert "IMPORT_CATEGORY" in run.reasons[0]
    assert "EtabEducNat" in run.reasons[0]
    assert academie.prepare(files, partial=True).state == SENDING


def test_another_academie_another_degree_an_older_dump_are_refused(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS, day="10/09/2026"))
    wrong = {
        "IMPORT_ACADEMY": academie.files(structure(), *CLASS, day="11/09/2026", academy="14"),
        "IMPORT_DEGREE": academie.files(structure(), *CLASS, day="11/09/2026", degree="1D"),
        "IMPORT_OLDER": academie.files(structure(), *CLASS, day="09/09/2026"),
    }
    for code, files in wrong.items():
        run = academie.prepare(files)
        assert run.state == REFUSED
        assert code in run.reasons[0]


def test_files_of_two_exports_are_no_set(academie: Academie) -> None:
    one = academie.files(structure(), day="01/09/2026")
    other = academie.files(*CLASS, day="02/09/2026")
    run = academie.prepare(one, other)
    assert run.state == REFUSED
    assert "IMPORT_MIXED" in run.reasons[0]


def test_a_rehearsal_leaves_no_trace(academie: Academie, tmp_path: Path) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    files = academie.files(structure(), *CLASS[4:], day="02/09/2026")
    known = academie.runs.last()
    run = academie.prepare(files, rehearse=True)
    assert run.state == HELD
    assert run.result["removed"] == {"Eleve": 4}
    assert academie.runs.last() == known
    assert [each.name for each in (tmp_path / "imports" / INSTANCE).glob("0*")] == []


def test_a_record_that_cannot_be_read_withdraws_nobody(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    before = academie.state()
    files = academie.files(structure(), *CLASS, day="02/09/2026")
    (file,) = files.glob("*Eleve*")
    text = file.read_text("utf-8").replace("<id>700003</id>", "<id>7000 03</id>")
    file.write_text(text, "utf-8")
    run = academie.imported(files)
    assert run.result["set_aside"] == {"AAF_ID": 1}
    assert (run.result["removed"], run.result["spared"]) == ({}, 1)
    assert academie.state() == before


def test_a_record_that_is_set_aside_stays_as_it_was(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    before = academie.state()
    broken = pupil(0, "6B", ENTPersonDateNaissance="31/02/2015")
    run = academie.imported(academie.files(structure(), broken, *CLASS[1:], day="02/09/2026"))
    assert sum(run.result["set_aside"].values()) == 1
    lost = {key for key in before if key not in academie.state()}
    assert lost == set()


def test_one_number_for_two_records_is_told(academie: Academie) -> None:
    run = academie.imported(academie.files(structure(), *CLASS, pupil(3, "6B"), pupil(4)))
    assert run.result["set_aside"] == {"IMPORT_TWICE": 1}
    assert run.result["repeated"] == 1
    assert "43:6A:700003" in keys(academie, "membership")


def test_two_imports_of_one_source_never_run_at_once(academie: Academie) -> None:
    run = academie.prepare(academie.files(structure(), *CLASS))

    def during(_letters: Iterable[Intake]) -> None:
        academie.importer.drop(run)

    with pytest.raises(Stop, match="IMPORT_TAKEN"):
        academie.importer.release(run, during)


def test_letters_are_keyed_by_their_object_and_hold_no_ine(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    pupils = [each for each in academie.written if dict(each.headers)["event"] == b"Eleve"]
    assert {each.key for each in pupils} == {
        f"{INSTANCE}/{700_000 + n}".encode() for n in range(20)
    }
    assert all(each.topic == f"{INTAKE}aaf" for each in pupils)
    everything = b"".join(each.value + each.key for each in academie.written)
    everything += b"".join(f.read_bytes() for f in academie.tools.folder.rglob("*") if f.is_file())
    for number in range(20):
        assert f"{number:09}AB".encode() not in everything


def test_what_cannot_be_read_is_told_once_and_stays_as_it_was(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    before = academie.state()
    broken = pupil(3, ENTEleveClasses="43$6A$again")
    for told, day in ((1, "02/09/2026"), (0, "03/09/2026")):
        academie.written.clear()
        files = academie.files(structure(), *CLASS[:3], broken, *CLASS[4:], day=day)
        run = academie.imported(files)
        assert run.result["set_aside"] == ({"AAF_ARITY": 1} if told else {})
        assert len(academie.written) == told
        assert run.result["removed"] == {}
        assert academie.state() == before
    mended = academie.imported(academie.files(structure(), *CLASS, day="04/09/2026"))
    assert (mended.result["canonical"], academie.state()) == (0, before)


def test_who_could_never_be_read_comes_when_mended(academie: Academie) -> None:
    broken = pupil(3, ENTEleveClasses="43$6A$again")
    academie.imported(academie.files(structure(), *CLASS[:3], broken, *CLASS[4:]))
    assert len(keys(academie, "person")) == 19
    run = academie.imported(academie.files(structure(), *CLASS, day="02/09/2026"))
    assert run.result["added"] == {"Eleve": 1}
    assert len(keys(academie, "person")) == 20
