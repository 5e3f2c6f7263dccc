"""The operator's page names every command, every setting and every metric."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from preau.app.steps import STEPS
from preau.cli import create_cli
from preau.settings import Settings


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).resolve().parents[2] / "docs/en/operators.md").read_text("utf-8")


def commands() -> list[str]:
    group = typer.main.get_command(create_cli())
    assert isinstance(group, typer.core.TyperGroup)
    return sorted(group.commands)


def test_every_command_is_there(page: str) -> None:
    table = page.partition("## Commands")[2].partition("##")[0]
    assert [name for name in commands() if not re.search(rf"\b{name}\b", table)] == []


def test_every_setting_is_in_the_table_and_nothing_else(page: str) -> None:
    told = re.findall(r"^\| `(PREAU_[A-Z_]+)` \|", page, re.MULTILINE)
    assert sorted(told) == sorted(f"PREAU_{f.name.upper()}" for f in fields(Settings))


def test_every_default_is_the_real_one(page: str) -> None:
    told = dict(re.findall(r"^\| `PREAU_([A-Z_]+)` \| `([^`]+)` \|", page, re.MULTILINE))
    real = {f.name.upper(): str(f.default) for f in fields(Settings)}
    assert {name: told[name] for name in told if real[name]} == {
        name: value for name, value in real.items() if value
    }


def test_every_step_is_named(page: str) -> None:
    assert [name for name in STEPS if f"`{name}`" not in page] == []
