"""Commands found by their name, as plugins are: a command's module is read when it is asked for.

A module of `preau.cli` brings the libraries of all it stands on, half a second for the larger ones.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any

import typer
from typer.core import TyperGroup


class Commands(UserDict[str, Any]):
    """Name → command, opened once; given are places, `module:function`.

    The function makes a Typer application when it is called `create_cli`; else it is the command.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__(places)

    def __getitem__(self, name: str) -> Any:
        """The command; raises `KeyError` when none has this name."""
        found = self.data[name]
        if isinstance(found, str):
            found = self.data[name] = _opened(name, found)
        return found


class ByName(TyperGroup):
    """A group of such commands; each kind of it says where they are."""

    places: Mapping[str, str] = {}

    def __init__(self, **told: Any) -> None:
        super().__init__(**told)
        self.commands = Commands(self.places)


def _opened(name: str, place: str) -> Any:
    made = resolve_name(place)
    around = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    around.callback()(lambda: None)  # with one command alone Typer would make no group
    if place.endswith(":create_cli"):
        around.add_typer(made(), name=name)
    else:
        around.command(name)(made)
    group = typer.main.get_group(around)
    return group.commands[name]
