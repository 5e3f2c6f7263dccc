"""`preau gar check` tells an integrator what to mend in a set, and exits 1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from preau.outlets.gar.archive import archive
from tests.outlets.gar.plans import COLLEGE, ECOLE, account, directory


def written(folder: Path) -> Path:
    made = archive(directory(account(1, ECOLE), account(2, COLLEGE)), "U3")
    path = folder / made.name
    path.write_bytes(made.content)
    path.with_name(f"{path.name}.md5").write_bytes(made.sum)
    return path


def test_a_good_set_is_said_to_be_good(preau: Any, tmp_path: Path) -> None:
    told = preau("gar", "check", str(written(tmp_path)))
    assert told.exit_code == 0
    assert "as the GAR's files are documented" in told.output


def test_a_bad_one_is_told_and_leaves_with_1(preau: Any, tmp_path: Path) -> None:
    path = written(tmp_path)
    path.with_name(f"{path.name}.md5").write_text("0")
    told = preau("gar", "check", str(path))
    assert told.exit_code == 1
    assert "SUM" in told.output
    assert "1 to mend" in told.output


def test_a_set_that_is_not_there_is_usage(preau: Any, tmp_path: Path) -> None:
    told = preau("gar", "check", str(tmp_path / "none.tar.gz"))
    assert getattr(told.exception, "code", "") == "GAR_UNREAD"


def test_no_set_is_written_for_an_ent(preau: Any) -> None:
    told = preau("instance", "write", "inconnu")
    assert getattr(told.exception, "code", "") == "NO_SET"
