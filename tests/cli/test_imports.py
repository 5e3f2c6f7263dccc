"""`preau import` without a hub: what is refused, what waits, what is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preau.shelf import connectors

Preau = Callable[..., Any]


@pytest.fixture
def sample() -> str:
    return str(connectors() / "aaf/samples/MatEducNat.xml")


def test_a_dry_run_needs_no_hub_and_keeps_nothing(
    academie: Preau, sample: str, tmp_path: Path
) -> None:
    done = academie("import", "aaf", sample, "--instance", "academie", "--dry-run", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["state"], said["dry_run"], said["read"]) == ("SENDING", True, 2)
    assert said["added"] == {"MatEducNat": 2}
    assert list(tmp_path.rglob("letters")) == []
    assert "SENDING" not in academie("import", "list").stdout


def test_the_table_says_in_french_what_would_change(academie: Preau, sample: str) -> None:
    done = academie("import", "aaf", sample, "--instance", "academie", "--dry-run")
    assert "essai à blanc : rien n'a été gardé ni envoyé" in done.stdout
    assert "MatEducNat" in done.stdout
    assert "lues 2, canoniques 2, mises de côté 0" in " ".join(done.stdout.split())


def test_a_refused_set_exits_3_with_its_reason(academie: Preau, tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text("<planet/>")
    done = academie("import", "aaf", str(tmp_path / "x.xml"), "--instance", "academie")
    assert done.exit_code == 3
    assert "refusé, rien n'a changé" in done.stdout
    assert "AAF_NOT_AAF" in done.stdout
    assert "REFUSED" in academie("import", "list").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("aaf", "x", "--instance", "nobody"), "INSTANCE_UNKNOWN"),
        (("onde", "x", "--instance", "academie"), "IMPORT_CONNECTOR"),
        (("confirm", "0000"), "IMPORT_UNKNOWN"),
        (("drop", "0000"), "IMPORT_UNKNOWN"),
    ],
)
def test_what_cannot_be_done_is_told(
    academie: Preau, arguments: tuple[str, ...], code: str
) -> None:
    done = academie("import", *arguments)
    assert done.exit_code != 0
    assert getattr(done.exception, "code", "") == code


def test_an_ent_has_events_and_no_sets(academie: Preau, sample: str) -> None:
    academie("instance", "add", "ent", "--connector", "beneylu")
    done = academie("import", "beneylu", sample, "--instance", "ent")
    assert getattr(done.exception, "code", "") == "IMPORT_NO_STATE"


def test_a_set_that_was_not_sent_may_be_sent_later_or_dropped(academie: Preau, sample: str) -> None:
    stopped = academie("import", "aaf", sample, "--instance", "academie")  # no hub runs
    assert getattr(stopped.exception, "code", "") == "KAFKA_NOT_STARTED"
    (id_,) = [
        line.split()[0]
        for line in academie("import", "list").stdout.splitlines()
        if "SENDING" in line
    ]
    again = academie("import", "confirm", id_)
    assert getattr(again.exception, "code", "") == "KAFKA_NOT_STARTED"
    assert academie("import", "drop", id_).stdout == f"{id_} DROPPED\n"
    over = academie("import", "confirm", id_)
    assert getattr(over.exception, "code", "") == "IMPORT_NOT_HELD"


def test_what_waits_can_be_dropped_though_its_instance_is_disabled(
    academie: Preau, sample: str
) -> None:
    academie("import", "aaf", sample, "--instance", "academie")  # no hub runs: it was not sent
    (line,) = [line for line in academie("import", "list").stdout.splitlines() if "SENDING" in line]
    assert academie("instance", "disable", "academie").exit_code == 0
    again = academie("import", "aaf", sample, "--instance", "academie")
    assert getattr(again.exception, "code", "") == "INSTANCE_UNKNOWN"
    assert academie("import", "drop", line.split()[0]).stdout.endswith(" DROPPED\n")
