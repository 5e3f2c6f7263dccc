"""`preau switch`: one command cuts, one resumes, and both tell what holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

Preau = Callable[..., Any]


@pytest.fixture
def ent(preau: Preau) -> Preau:
    assert preau("instance", "add", "ent-ecole", "--connector", "beneylu").exit_code == 0
    return preau


def test_what_is_cut_is_listed_until_it_is_resumed(ent: Preau) -> None:
    told = ent("switch", "cut", "--instance", "ent-ecole", "--reason", "clé volée")
    assert told.exit_code == 0
    found = re.fullmatch(r"(\d+)  instance ent-ecole  since .+ UTC  cut  clé volée\n", listed(ent))
    assert found is not None
    assert told.stdout.endswith(f"next: preau switch resume {found[1]}\n")
    assert "resumed" in ent("switch", "resume", found[1]).stdout
    assert listed(ent).endswith("nothing is cut\n")
    chain = ent("audit", "verify").stdout
    assert chain == "3 entries, 0 roots: whole\n"


def listed(ent: Preau) -> str:
    return str(ent("switch", "list").stdout)


@pytest.mark.parametrize(
    "said",
    [("--record", "homework"), ("--record", "person"), ("--uai", "0119001Z")],
)
def test_a_record_type_or_an_establishment_is_cut_as_well(ent: Preau, said: Any) -> None:
    assert ent("switch", "cut", *said, "--let-withdrawals").exit_code == 0
    assert f"{said[0][2:]} {said[1]} " in listed(ent)
    assert "withdrawals go out" in listed(ent)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ((), "SWITCH_ONE"),
        (("--instance", "ent-ecole", "--record", "share"), "SWITCH_ONE"),
        (("--instance", "nobody"), "SWITCH_TARGET"),
        (("--record", "usage"), "SWITCH_TARGET"),
        (("--uai", "119001Z"), "SWITCH_TARGET"),
        (("--uai", "0119001Z", "--reason", "x" * 201), "SWITCH_REASON"),
    ],
)
def test_what_cannot_be_cut_is_refused_in_words(ent: Preau, said: Any, code: str) -> None:
    refused = ent("switch", "cut", *said)
    assert code in str(refused.exception)
    assert listed(ent) == "nothing is cut\n"


def test_what_is_not_cut_cannot_be_resumed(ent: Preau) -> None:
    assert "SWITCH_UNKNOWN" in str(ent("switch", "resume", "7").exception)
