"""The name of a file or member as it may stand in a message: it may come from a hostile archive."""

from __future__ import annotations

from preau.errors import Place

_LONGEST = 100


def shown(name: str) -> str:
    """Printable, and no longer than a person reads."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in name)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"


def place(name: str) -> Place:
    """Where an error was met."""
    return Place(file=shown(name))
