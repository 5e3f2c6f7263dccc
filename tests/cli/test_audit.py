"""`preau audit`: the chain is proved and handed out, and a file is proved with no hub at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

Preau = Callable[..., Any]


@pytest.fixture
def hub(preau: Preau) -> Preau:
    """A hub in which four things were done."""
    for name in ("ent-un", "ent-deux", "ent-trois"):
        assert preau("instance", "add", name, "--connector", "beneylu").exit_code == 0
    assert preau("instance", "disable", "ent-deux").exit_code == 0
    return preau


def tamper(tmp_path: Path, *statements: str) -> None:
    engine = sa.create_engine(database(tmp_path))
    with engine.begin() as raw:
        for statement in statements:
            raw.exec_driver_sql(statement)
    engine.dispose()


def database(tmp_path: Path) -> str:
    """Where the commands of a test work."""
    return os.environ["PREAU_DATABASE"] or f"sqlite:///{tmp_path / 'hub' / 'preau.db'}"


def test_a_chain_that_nobody_touched_is_whole(hub: Preau) -> None:
    told = hub("audit", "verify")
    assert (told.exit_code, told.stdout) == (0, "4 entries, 0 roots: whole\n")


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update audit_entry set object = 'x' where seq = 2", "entry 2: its content"),
        ("delete from audit_entry where seq = 3", "entry 3: it was deleted"),
        ("delete from audit_entry where seq = 4", "entry 4: the end of the chain was cut off"),
        ("delete from audit_entry", "entries 1 to 4: the end of the chain"),
    ],
)
def test_what_was_done_to_the_database_is_told_with_its_place(
    hub: Preau, tmp_path: Path, statement: str, told: str
) -> None:
    tamper(tmp_path, statement)
    found = hub("audit", "verify")
    assert found.exit_code == 1
    assert found.stdout.startswith(f"BROKEN at {told}")
    machine = json.loads(hub("audit", "verify", "--json").stdout)
    assert str(machine["fault"]["first"]) in told


def test_an_export_is_proved_without_the_hub(hub: Preau, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    assert hub("audit", "export", str(file)).stdout == f"{file}\n"
    assert file.stat().st_mode & 0o077 == 0
    for each in (tmp_path / "hub").glob("preau.db*"):
        each.unlink()
    told = hub("audit", "verify", "--file", str(file))
    assert told.exit_code == 0
    assert "4 entries, 0 roots: whole" in told.stdout
    assert not (tmp_path / "hub" / "preau.db").exists()
    file.write_bytes(file.read_bytes().replace(b"ent-deux", b"ent-zero", 1))
    assert "BROKEN at entry 2" in hub("audit", "verify", "--file", str(file)).stdout


def test_a_tail_cut_off_is_found_by_the_roots_that_somebody_kept(
    hub: Preau, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.jsonl"
    assert hub("audit", "export", str(kept), "--roots-only").exit_code == 0
    assert b'"entry"' not in kept.read_bytes()
    assert hub("audit", "verify", "--roots", str(kept)).exit_code == 0
    tamper(
        tmp_path,
        "delete from audit_entry where seq = 4",
        "update audit_head set seq = 3, digest = (select digest from audit_entry where seq = 3)",
    )
    assert hub("audit", "verify").exit_code == 0  # nothing here knows of the fourth
    told = hub("audit", "verify", "--roots", str(kept))
    assert told.exit_code == 1
    assert "entry 4: the end of the chain was cut off" in told.stdout


def test_an_export_of_other_days_has_no_entry(hub: Preau, tmp_path: Path) -> None:
    told = hub("audit", "export", str(tmp_path), "--from", "2020-01-01", "--to", "2020-12-31")
    file = Path(told.stdout.strip())
    assert file.name == "audit-2020-01-01-2020-12-31.jsonl"
    assert file.read_bytes().count(b"\n") == 1
    assert hub("audit", "verify", "--file", str(file)).exit_code == 0


def test_roots_of_another_hub_are_refused(
    hub: Preau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.jsonl"
    hub("audit", "export", str(kept))
    monkeypatch.setenv("PREAU_DATA", str(tmp_path / "other"))
    monkeypatch.setenv("PREAU_DATABASE", "")
    assert "AUDIT_OTHER_HUB" in str(hub("audit", "verify", "--roots", str(kept)).exception)


def test_an_export_that_cannot_be_written_leaves_nothing(hub: Preau, tmp_path: Path) -> None:
    told = hub("audit", "export", str(tmp_path / "nowhere" / "audit.jsonl"))
    assert "AUDIT_EXPORT" in str(told.exception)
