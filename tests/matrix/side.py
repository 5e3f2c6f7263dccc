"""What the matrix needs to know of one product: how its people make it speak, what it then shows.

A product of the matrix is a file in `sides/` with a class `Here`; nothing else names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

SIDES = Path(__file__).parent / "sides"
Order = dict[str, Any]


class Side(Protocol):
    """One instance of a product, with one school; `number` keeps its ids apart from all others'."""

    product: str
    degree: str
    shares: bool
    """Whether its teachers can share a document with a group of the hub."""

    def __init__(self, name: str, number: int) -> None: ...

    @property
    def classes(self) -> Sequence[str]:
        """The classes that take part, by their ids in this instance."""
        ...

    @property
    def picked(self) -> Sequence[Order]:
        """The accounts that somebody picks one by one, with their roles."""
        ...

    @property
    def let_go(self) -> Sequence[str]:
        """Those of the picked whom only a person can take back, since nothing here says it."""
        ...

    @property
    def all_members(self) -> Sequence[Any]:
        """What its group holds as members when everybody is in it, as `holds` says it."""
        ...

    @property
    def members_left(self) -> Sequence[Any]:
        """The same when one has left."""
        ...

    def seed(self, uai: str) -> Order:
        """What it holds when the matrix begins."""
        ...

    def leave(self) -> Order:
        """What its people do so that one member leaves."""
        ...

    def come_back(self) -> Order:
        """And so that the member is there again."""
        ...

    def share(self, group: Any, title: str) -> Order:
        """A teacher shares a document with the hub's group."""
        ...

    def withdraw(self, said: Any) -> Order:
        """The teacher takes it away; `said` is what the ENT answered to `share`."""
        ...


def sides() -> dict[str, type[Side]]:
    """Every product of the matrix."""
    found = sorted(file.stem for file in SIDES.glob("[a-z]*.py"))
    return {name: import_module(f"tests.matrix.sides.{name}").Here for name in found}
