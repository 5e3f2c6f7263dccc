"""One command of an operator with its route, and who hears both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

FILE = "FILE"
"""Stands for the path of a file that holds the body."""
ACT, READ = True, False


class Door(NamedTuple):
    """One command with its route: `path` fills the pattern; `act` when it changes something."""

    command: str
    route: str
    desk: tuple[Any, str]
    body: Any = None
    path: Mapping[str, str] = {}
    query: str = ""
    act: bool = ACT


def act(
    command: str, route: str, desk: tuple[Any, str], body: Any = None, query: str = "", **path: str
) -> Door:
    """One that changes something, or is an entry in the audit chain."""
    return Door(command, route, desk, body, path, query)


def read(command: str, route: str, desk: tuple[Any, str], query: str = "", **path: str) -> Door:
    """One that only tells."""
    return Door(command, route, desk, None, path, query, READ)
