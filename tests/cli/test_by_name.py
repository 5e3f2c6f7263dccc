"""Commands are found by their name, and read no sooner."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from preau.cli import create_cli
from preau.cli.by_name import ByName, Commands

HEAVY = {"sqlalchemy", "confluent_kafka", "fastapi", "faust", "lxml", "aiohttp", "jinja2"}


_RUN = """
import sys
from preau.cli import main
try:
    main()
finally:
    sys.stderr.write(" ".join(sys.modules))
"""


def modules(*arguments: str) -> set[str]:
    """What a command read, by a process of its own."""
    words = [sys.executable, "-c", _RUN, *arguments]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_the_version_is_said_without_the_libraries_of_the_hub() -> None:
    read = modules("--version")
    assert "preau.cli.by_name" in read
    assert read & HEAVY == set()


def test_a_command_reads_its_own_module_only() -> None:
    read = {name for name in modules("key", "--help") if name.startswith("preau.cli.")}
    assert read == {"preau.cli.by_name", "preau.cli.door", "preau.cli.key"}


def test_every_command_is_where_it_is_said_to_be() -> None:
    group = typer.main.get_command(create_cli())
    assert isinstance(group, ByName)
    assert [name for name, command in group.commands.items() if command.name != name] == []
    assert [
        name for name, command in group.commands.items() if not command.get_short_help_str()
    ] == []


def test_a_command_is_opened_once() -> None:
    commands = Commands({"key": "preau.cli.key:create_cli"})
    assert commands["key"] is commands["key"]


def test_a_command_that_is_nowhere_is_unknown() -> None:
    commands = Commands({"key": "preau.cli.key:create_cli"})
    assert commands.get("lock") is None
    with pytest.raises(KeyError):
        commands["lock"]


def test_a_place_without_a_command_is_noticed() -> None:
    with pytest.raises(AttributeError):
        Commands({"key": "preau.cli.key:forge"})["key"]
