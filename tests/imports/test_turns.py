"""Of the imports of one source that have not ended: which gives way, and which must not."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from preau.errors import Stop, TryAgain
from preau.inlets.intake import Intake
from preau.store.imports import DONE, DROPPED, REFUSED, SENDING, ImportRun
from tests.imports.conftest import INSTANCE, Academie, pupil, structure

CLASS = [pupil(number) for number in range(20)]


def memberships(academie: Academie) -> set[str]:
    keys = academie.state()
    return {key.removeprefix(f"{INSTANCE}/") for name, key in keys if name == "membership"}


def test_a_newer_set_takes_the_place_of_one_that_waits(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    held = academie.prepare(academie.files(structure(), *CLASS[9:], day="02/09/2026"))
    academie.imported(academie.files(structure(), *CLASS, day="03/09/2026"))
    found = academie.runs.get(held.id)
    assert found is not None
    assert found.state == DROPPED
    assert not (academie.tools.folder / INSTANCE / held.id).exists()


def test_a_part_of_a_set_never_takes_the_place_of_one_that_waits(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    held = academie.prepare(academie.files(structure(), *CLASS[9:], day="02/09/2026"))
    part = academie.files(pupil(0, "6B"), day="02/09/2026")
    refused = academie.prepare(part, partial=True)
    assert (refused.state, "IMPORT_WAITS" in refused.reasons[0]) == (REFUSED, True)
    assert academie.prepare(part, partial=True, rehearse=True).state == SENDING
    assert academie.runs.unended() == [held]


def broken_off(academie: Academie, run: ImportRun, after: int) -> None:
    """Sends so many letters of an import, then Kafka is away."""

    def failing(letters: Iterable[Intake]) -> None:
        academie.publish(list(letters)[:after])
        raise TryAgain("KAFKA_WRITE", "no broker")

    with pytest.raises(TryAgain):
        academie.importer.release(run, failing)


def test_nothing_takes_the_place_of_an_import_that_was_sent_in_part(academie: Academie) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    moved = academie.files(structure(), pupil(0, "6B"), *CLASS[1:], day="02/09/2026")
    run = academie.prepare(moved)
    broken_off(academie, run, 1)
    back = academie.files(structure(), *CLASS, day="03/09/2026")
    refused = academie.prepare(back)
    assert (refused.state, "IMPORT_UNSENT" in refused.reasons[0]) == (REFUSED, True)
    with pytest.raises(Stop, match="IMPORT_BEGUN"):
        academie.importer.drop(run)
    assert academie.release(run).state == DONE
    academie.imported(back)
    assert "43:6A:700000" in memberships(academie)
    assert "43:6B:700000" not in memberships(academie)


def test_after_a_damaged_import_that_was_sent_in_part_everything_is_said_again(
    academie: Academie,
) -> None:
    academie.imported(academie.files(structure(), *CLASS))
    run = academie.prepare(
        academie.files(structure(), pupil(0, "6B"), *CLASS[1:], day="02/09/2026")
    )
    broken_off(academie, run, 1)
    letters = academie.tools.folder / INSTANCE / run.id / "letters"
    letters.write_bytes(letters.read_bytes()[:-1])
    with pytest.raises(Stop, match="IMPORT_DAMAGED"):
        academie.release(run)
    assert academie.importer.drop(run).state == DROPPED
    again = academie.imported(academie.files(structure(), *CLASS, day="03/09/2026"))
    assert again.result["renewed"] == 21
    assert "43:6A:700000" in memberships(academie)


def test_what_a_killed_process_was_reading_is_swept_by_the_next(academie: Academie) -> None:
    def killed(_read: int, _of: int) -> None:
        raise KeyboardInterrupt

    files = academie.files(structure(), *CLASS)
    with pytest.raises(KeyboardInterrupt):
        academie.prepare(files, progress=killed)
    (dead,) = academie.runs.unended()
    refused = academie.prepare(academie.folder / "nowhere")
    assert (refused.state, academie.runs.unended()) == (REFUSED, [])
    assert not (academie.tools.folder / INSTANCE / dead.id).exists()
