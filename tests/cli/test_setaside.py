"""`preau setaside` lists by cause, shows one, and drops or sends again what is chosen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from preau.clock import SystemClock
from preau.store import set_asides
from preau.store.set_asides import SetAsideRow

Preau = Callable[..., Any]


@pytest.fixture
def hub(preau: Preau, hub_engine: sa.Engine) -> Preau:
    """A hub with two refusals of a file."""
    now = SystemClock().now_ms()
    with hub_engine.begin() as connection:
        for number, code in enumerate(("DATE", "UAI")):
            told: Any = (f"id-{number}", "ecole", "onde", "ELEVE", code, "born", "text")
            why: Any = (("2016-03-09",), "write it")
            where: Any = ("", -1, -1, "0011 row 7", 0, now, now, number)
            set_asides.put(connection, [SetAsideRow(*told, *why, *where)])
    return preau


def test_causes_are_listed_with_the_fix_and_examples(hub: Preau) -> None:
    lines = hub("setaside", "list", "--code", "DATE").stdout.splitlines()
    assert lines[0].split()[:5] == ["1", "DATE", "onde", "ELEVE", "born"]
    assert lines[1:] == ["        fix: write it", "        e.g. id-0"]
    told = json.loads(hub("setaside", "list", "--code", "UAI", "--json").stdout)
    assert (told["records"], told["examples"][0]["event_id"]) == (1, "id-1")
    assert hub("setaside", "list", "--since", "2200-01-01").stdout == ""


def test_one_is_shown_without_any_value(hub: Preau) -> None:
    shown = hub("setaside", "show", "id-0").stdout
    assert "2016-03-09" in shown  # what would be taken
    assert "0011 row 7" in shown
    assert json.loads(hub("setaside", "show", "id-0", "--json").stdout)["state"] == "OPEN"


def test_dropping_is_previewed_then_done(hub: Preau) -> None:
    assert hub("setaside", "drop", "id-0", "--dry-run").stdout == "1 would be dropped\n"
    assert hub("setaside", "drop", "--code", "DATE").stdout == "1 dropped\n"
    assert hub("setaside", "drop", "--code", "DATE").stdout == "0 dropped\n"
    assert "DROPPED" in hub("setaside", "list", "--code", "DATE").stdout


def test_a_refusal_of_a_file_is_not_sent_again(hub: Preau) -> None:
    done = hub("setaside", "redrive", "--connector", "onde")
    assert done.exit_code == 0, done.output
    assert done.stdout == "2 refusals of 2 events: 0 sent again\n     2  FILED\n"
    told = json.loads(hub("setaside", "redrive", "id-1", "--dry-run", "--json").stdout)
    assert told["verdicts"] == {"FILED": 1}


def test_nothing_is_decided_without_a_choice(hub: Preau) -> None:
    for verb in ("redrive", "drop"):
        done = hub("setaside", verb)
        assert done.exit_code != 0
        assert "SETASIDE_CHOICE" in str(done.exception)
