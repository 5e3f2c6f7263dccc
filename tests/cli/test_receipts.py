"""`preau receipts` tells both levels of every answer, in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from preau.store import outgoing, receipt_levels
from preau.store.outgoing import Wanted
from preau.store.receipt_levels import Late

Preau = Callable[..., Any]


@pytest.fixture
def hub(preau: Preau, hub_engine: sa.Engine) -> Preau:
    """A hub that told an ENT of a group an hour ago."""
    wanted = [Wanted("ent", "group:1", "p-1", "GROUP_PUT", {}, cause="c-1")]
    with hub_engine.begin() as connection:
        outgoing.change(connection, [], wanted, 1_000, lambda each: (each, True))
        receipt_levels.put_late(connection, [Late("ent", "group:1", 1, "TRANSPORT", "p-1", 9)])
    return preau


def test_a_line_says_both_levels_and_what_is_late(hub: Preau) -> None:
    said = hub("receipts", "--project", "p-1").stdout
    assert said.startswith("ent  GROUP_PUT group:1 v1  WAITING  … LATE:TRANSPORT  L'ENT n'a")
    assert hub("receipts", "--late").stdout == said
    told = json.loads(hub("receipts", "--event", "c-1", "--json").stdout)
    assert (told["late"], told["late_since"], told["processing"]) == ("TRANSPORT", 9, "")
    assert hub("receipts", "--project", "p-2").stdout == ""


def test_it_needs_to_be_told_which(hub: Preau) -> None:
    done = hub("receipts")
    assert done.exit_code != 0
    assert "RECEIPT_CHOICE" in str(done.exception)
