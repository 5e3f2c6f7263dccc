"""A delta says parts of records: each is put on what was last said, and leaves as a whole state."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from preau.errors import TryAgain
from preau.inlets.intake import Intake
from preau.store.imports import DONE, HELD, REFUSED, SENDING, ImportRun, ImportRuns
from tests.imports.conftest import INSTANCE, Academie, Row, change, departure, pupil, structure

CLASS = [pupil(number) for number in range(20)]
WHOLE = [structure(), *CLASS]
SOMEBODY = f"{INSTANCE}/700000"


@pytest.fixture
def based(academie: Academie) -> Academie:
    """Deltas may come, and a Complet came."""
    academie.expects_deltas()
    academie.imported(academie.files(*WHOLE))
    academie.written.clear()
    return academie


def names(academie: Academie) -> tuple[str, str]:
    said = academie.state()["person", SOMEBODY]["pii"]
    return said["usual_name"], said["family_name"]


def classes(academie: Academie) -> set[str]:
    keys = {key.removeprefix(f"{INSTANCE}/") for name, key in academie.state() if name != "group"}
    return {key for key in keys if key.startswith("43:") and key.endswith("700000")}


def test_a_change_replaces_what_it_names_and_nothing_else(based: Academie) -> None:
    run = based.imported(based.delta(change(0, sn="BONNET", ENTEleveClasses="43$6B")))
    assert (run.result["added"], run.result["changed"]) == ({}, {"Eleve": 1})
    assert names(based) == ("BONNET", "ABADIE")
    assert classes(based) == {"43:6B:700000"}
    assert len([key for key in based.state() if key[0] == "person"]) == 20


def test_a_change_of_several_values_replaces_them_all(based: Academie) -> None:
    based.imported(based.delta(change(0, ENTEleveClasses=["43$6A", "43$6B"])))
    assert classes(based) == {"43:6A:700000", "43:6B:700000"}
    based.imported(based.delta(change(0, ENTEleveClasses="43$6B"), day="03/09/2026"))
    assert classes(based) == {"43:6B:700000"}


def test_an_attribute_given_empty_is_no_more(based: Academie) -> None:
    based.imported(based.delta(change(0, ENTEleveClasses=[])))
    assert classes(based) == set()


def test_a_change_says_what_a_complet_would_have_said(based: Academie) -> None:
    based.imported(based.delta(change(0, sn="BONNET", ENTEleveClasses="43$6B")))
    by_delta = based.state()
    moved = pupil(0, "6B", sn="BONNET")
    again = based.imported(based.files(structure(), moved, *CLASS[1:], day="03/09/2026"))
    assert (again.result["canonical"], again.result["unchanged"]) == (0, 21)
    assert based.state() == by_delta


@pytest.mark.parametrize("left", [[], None], ids=["given empty", "left out"])
def test_the_complet_after_may_write_what_is_no_more_or_leave_it_out(
    based: Academie, left: list[str] | None
) -> None:
    based.imported(based.delta(change(0, sn=[])))
    row = pupil(0)
    values = {name: value for name, value in row.values.items() if name != "sn"}
    row = row._replace(values=values if left is None else {**values, "sn": left})
    again = based.imported(based.files(structure(), row, *CLASS[1:], day="03/09/2026"))
    assert again.result["canonical"] == 0


def test_the_same_delta_twice_sends_nothing(based: Academie) -> None:
    files = based.delta(change(0, sn="BONNET"), departure(1), pupil(50))
    first = based.imported(files)
    assert first.result["canonical"] > 0
    second = based.imported(files)
    assert (second.result["canonical"], second.result["set_aside"]) == (0, {})


def test_changes_follow_one_another_day_after_day(based: Academie) -> None:
    based.imported(based.delta(change(0, sn="BONNET")))
    based.imported(based.delta(change(0, ENTPersonNomPatro="CAZES"), day="03/09/2026"))
    assert names(based) == ("BONNET", "CAZES")


def test_a_delta_adds_and_withdraws_and_nobody_else_leaves(based: Academie) -> None:
    run = based.imported(based.delta(pupil(50), departure(1)))
    assert (run.result["added"], run.result["removed"]) == ({"Eleve": 1}, {"Eleve": 1})
    assert run.result["delta"] is True
    persons = {key for name, key in based.state() if name == "person"}
    assert persons == {f"{INSTANCE}/{700_000 + n}" for n in (*range(20), 50) if n != 1}


def test_who_came_by_a_delta_may_be_changed_by_the_next(based: Academie) -> None:
    based.imported(based.delta(pupil(50)))
    run = based.imported(based.delta(change(50, sn="BONNET"), day="03/09/2026"))
    assert run.result["changed"] == {"Eleve": 1}


def test_a_delta_is_known_by_what_it_says_whatever_its_files_are_called(based: Academie) -> None:
    run = based.imported(based.delta(change(0, sn="BONNET"), kind="Complet"))
    assert (run.result["delta"], run.result["removed"]) == (True, {})


def test_a_complet_is_no_delta(based: Academie) -> None:
    run = based.imported(based.files(structure(), *CLASS[1:], day="02/09/2026"))
    assert (run.result["delta"], run.result["removed"]) == (False, {"Eleve": 1})


def test_an_older_delta_is_refused(based: Academie) -> None:
    based.imported(based.delta(change(0, sn="BONNET"), day="05/09/2026"))
    run = based.prepare(based.delta(change(0, sn="CAZES"), day="04/09/2026"))
    assert (run.state, "IMPORT_OLDER" in run.reasons[0]) == (REFUSED, True)


def test_a_complet_and_a_delta_are_no_set(based: Academie) -> None:
    complet = based.files(structure(), day="02/09/2026")
    run = based.prepare(complet, based.delta(change(0, sn="BONNET")))
    assert (run.state, "IMPORT_MIXED" in run.reasons[0]) == (REFUSED, True)


def test_a_delta_never_takes_the_place_of_an_import_that_waits(based: Academie) -> None:
    held = based.prepare(based.files(structure(), *CLASS[9:], day="02/09/2026"))
    assert held.state == HELD
    for kind in ("Delta", "Complet"):
        run = based.prepare(based.delta(change(0, sn="BONNET"), kind=kind))
        assert (run.state, "IMPORT_WAITS" in run.reasons[0]) == (REFUSED, True)
    assert based.runs.unended() == [held]


def test_a_delta_that_would_empty_a_school_waits(based: Academie) -> None:
    run = based.prepare(based.delta(*(departure(number) for number in range(3))))
    assert run.state == HELD


def aside(academie: Academie, *rows: Row, day: str = "02/09/2026") -> dict[str, int]:
    before = academie.state()
    run = academie.imported(academie.delta(*rows, day=day))
    assert (run.result["canonical"], academie.state()) == (0, before)
    found: dict[str, int] = run.result["set_aside"]
    return found


def test_a_change_without_a_complet_before_is_set_aside(academie: Academie) -> None:
    academie.expects_deltas()
    assert aside(academie, change(0, sn="BONNET")) == {"IMPORT_NO_BASE": 1}
    academie.imported(academie.files(*WHOLE, day="03/09/2026"))
    run = academie.imported(academie.delta(change(0, sn="BONNET"), day="04/09/2026"))
    assert run.result["changed"] == {"Eleve": 1}


def test_a_change_of_who_is_not_there_is_set_aside(based: Academie) -> None:
    assert aside(based, change(77, sn="BONNET")) == {"IMPORT_NO_RECORD": 1}
    based.imported(based.delta(departure(0)))
    assert aside(based, change(0, sn="BONNET")) == {"IMPORT_NO_RECORD": 1}


def test_a_change_is_set_aside_where_deltas_are_not_expected(academie: Academie) -> None:
    academie.imported(academie.files(*WHOLE))
    assert aside(academie, change(0, sn="BONNET")) == {"IMPORT_NOT_KEPT": 1}
    assert list(academie.tools.folder.rglob("values*")) == []


def test_who_was_erased_is_changed_no_more(based: Academie) -> None:
    assert based.book.forget([SOMEBODY]) == 1
    assert aside(based, change(0, sn="BONNET")) == {"IMPORT_NOT_KEPT": 1}
    run = based.imported(based.delta(change(1, sn="BONNET"), day="03/09/2026"))
    assert run.result["changed"] == {"Eleve": 1}


def test_a_change_that_cannot_be_read_leaves_all_as_it_was(based: Academie) -> None:
    broken = change(0, ENTEleveClasses="43$6A$again")
    assert aside(based, broken, change(1)) == {"AAF_ARITY": 1}


def test_one_record_changed_twice_in_a_delta_is_told(based: Academie) -> None:
    run = based.imported(based.delta(change(0, sn="BONNET"), change(0, sn="CAZES")))
    assert run.result["set_aside"] == {"IMPORT_TWICE": 1}
    assert names(based)[0] == "BONNET"


def test_values_are_kept_from_the_first_complet_after_deltas_are_expected(
    academie: Academie,
) -> None:
    files = academie.files(*WHOLE)
    academie.imported(files)
    academie.expects_deltas()
    assert academie.imported(files).result["canonical"] == 0
    run = academie.imported(academie.delta(change(0, sn="BONNET")))
    assert run.result["changed"] == {"Eleve": 1}


def test_values_that_were_lost_come_back_with_the_next_complet(based: Academie) -> None:
    (based.tools.folder / INSTANCE / "values.db").unlink()
    assert aside(based, change(0, sn="BONNET")) == {"IMPORT_NO_BASE": 1}
    based.imported(based.files(*WHOLE, day="03/09/2026"))
    run = based.imported(based.delta(change(0, sn="BONNET"), day="04/09/2026"))
    assert run.result["changed"] == {"Eleve": 1}


def test_in_a_new_school_year_values_are_kept_under_its_keys(based: Academie) -> None:
    based.clock.advance(365 * 24 * 3_600_000)
    again = based.imported(based.files(*WHOLE, day="01/09/2027"))
    assert again.result["canonical"] == 0
    assert based.book.end_years(2027) == 21
    run = based.imported(based.delta(change(0, sn="BONNET"), day="02/09/2027"))
    assert run.result["changed"] == {"Eleve": 1}


def test_what_is_kept_can_be_forgotten(based: Academie) -> None:
    based.importer.forget_values()
    assert list(based.tools.folder.rglob("values*")) == []


def test_what_is_kept_says_nothing_to_who_reads_the_disk(based: Academie) -> None:
    based.imported(based.delta(change(0, sn="BONNET")))
    kept = based.tools.folder / INSTANCE / "values.db"
    assert kept.stat().st_size > 20 * 100
    for word in (b"BONNET", b"ABADIE", b"Capucine", b"03/2015", b"000000000AB"):
        assert word not in kept.read_bytes()


def test_who_left_leaves_nothing_behind(based: Academie) -> None:
    kept = based.tools.folder / INSTANCE / "values.db"
    based.imported(based.delta(departure(0)))
    based.imported(based.files(structure(), *CLASS[2:], day="03/09/2026"))
    assert b"700002" in kept.read_bytes()
    for number in (b"700000", b"700001"):
        assert number not in kept.read_bytes()


def test_a_delta_that_was_killed_while_sending_is_sent_again(based: Academie) -> None:
    run = based.prepare(based.delta(change(0, sn="BONNET"), change(1, sn="CAZES")))

    def failing(letters: Iterable[Intake]) -> None:
        based.publish(list(letters)[:1])
        raise TryAgain("KAFKA_WRITE", "no broker")

    with pytest.raises(TryAgain):
        based.importer.release(run, failing)
    assert based.release(run).state == DONE
    assert based.state()["person", f"{INSTANCE}/700001"]["pii"]["usual_name"] == "CAZES"
    further = based.imported(based.delta(change(0, ENTPersonNomPatro="CAZES"), day="03/09/2026"))
    assert further.result["changed"] == {"Eleve": 1}


class Dying(ImportRuns):
    """The process is killed when an import is all but done."""

    def put(self, run: ImportRun) -> None:
        if run.state == DONE:
            raise KeyboardInterrupt
        super().put(run)


def test_a_delta_that_was_killed_when_all_but_done_is_settled_again(based: Academie) -> None:
    run = based.prepare(based.delta(change(0, sn="BONNET")))
    alive = based.tools
    based.tools = alive._replace(runs=Dying(based.engine))
    with pytest.raises(KeyboardInterrupt):
        based.release(run)
    based.tools = alive
    assert based.release(run).state == DONE
    further = based.delta(change(0, ENTPersonNomPatro="CAZES"), day="03/09/2026")
    assert based.imported(further).result["set_aside"] == {}
    assert names(based) == ("BONNET", "CAZES")


def test_a_dry_run_of_a_delta_tells_all_and_keeps_nothing(based: Academie) -> None:
    files = based.delta(change(0, sn="BONNET"), departure(1), pupil(50))
    before = (based.tools.folder / INSTANCE / "values.db").read_bytes()
    run = based.prepare(files, rehearse=True)
    assert run.state == SENDING
    counts = [run.result[name] for name in ("added", "changed", "removed")]
    assert counts == [{"Eleve": 1}, {"Eleve": 1}, {"Eleve": 1}]
    assert (based.tools.folder / INSTANCE / "values.db").read_bytes() == before
    assert based.imported(files).result["changed"] == {"Eleve": 1}
