"""Every error leaves in words, with its own exit code, and quotes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from preau.cli.door import through_the_door
from preau.errors import FixTheFolder, Place, SetAside, Stop, TryAgain


def raising(error: BaseException) -> Callable[[], None]:
    def run() -> None:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FixTheFolder("CARD", "the card is bad", where=Place("ent"), fix="mend it"), 3),
        (SetAside("JSON_SIZE", "too large", fix="send less"), 3),
        (Stop("HUB_RUNNING", "a hub runs", fix="stop it"), 4),
        (TryAgain("KAFKA_AWAY", "no answer", fix="wait"), 7),
    ],
)
def test_an_error_of_ours_is_a_sentence_with_its_code_and_its_fix(
    error: Stop, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        through_the_door(raising(error))
    assert left.value.code == code
    said = capsys.readouterr().err
    assert f"[{error.code}]" in said
    assert error.complaint.fix in said
    assert "docs/en/errors.md" in said


def test_a_fault_of_ours_tells_where_and_not_what_it_met(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as left:
        through_the_door(raising(ValueError("DELPRAT Maëlys")))
    assert left.value.code == 70
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "test_door.py:" in said
    assert "DELPRAT" not in said


def test_ctrl_c_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        through_the_door(raising(KeyboardInterrupt()))
    assert left.value.code == 130
    assert capsys.readouterr().err == ""
