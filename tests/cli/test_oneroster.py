"""`preau oneroster check` tells an integrator what to mend in a package, and exits 1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from preau.outlets.oneroster.package import package
from tests.outlets.oneroster.directories import LIMOUX


def test_a_good_package_is_said_to_be_good(preau: Any, tmp_path: Path) -> None:
    file = tmp_path / "oneroster.zip"
    file.write_bytes(package(LIMOUX, "hub-11"))
    told = preau("oneroster", "check", str(file))
    assert told.exit_code == 0
    assert "as OneRoster 1.2 has it" in told.output


def test_a_bad_one_is_told_with_what_to_do(preau: Any, tmp_path: Path) -> None:
    file = tmp_path / "oneroster.zip"
    file.write_bytes(b"no zip")
    told = preau("oneroster", "check", str(file))
    assert told.exit_code == 1
    assert "[PACKAGE]" in told.output
    assert "fix: " in told.output
    assert "1 to mend" in told.output


def test_a_file_that_is_not_there_is_usage(preau: Any, tmp_path: Path) -> None:
    told = preau("oneroster", "check", str(tmp_path / "none.zip"))
    assert told.exit_code != 0
    assert getattr(told.exception, "code", "") == "PACKAGE_UNREAD"
