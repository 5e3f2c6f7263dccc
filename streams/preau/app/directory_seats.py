"""Whether people of a project may be in a directory service: it is one, the purpose needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from preau.agents.wanted import PSEUDONYM, Recipient
from preau.canon.purposes import for_projects, purposes
from preau.errors import Place as At
from preau.errors import SetAside

ESTABLISHMENT = "membership.establishment"
"""The field without which a directory service cannot say of which school somebody is."""


def check_directories(
    named: Iterable[str], purpose: str, recipient: Callable[[str], Recipient | None]
) -> None:
    """Raises `SetAside` (DIRECTORY_UNKNOWN, DIRECTORY_PURPOSE) with the reason."""
    for name in named:
        found = recipient(name)
        if found is None or PSEUDONYM not in found.members:
            where = At(field="participants.directories")
            what, fix = "no such directory service", "declare it first: preau instance add"
            raise SetAside("DIRECTORY_UNKNOWN", what, where=where, fix=fix)
        if ESTABLISHMENT not in purposes()[purpose].fields:
            known = tuple(p for p in for_projects() if ESTABLISHMENT in purposes()[p].fields)
            what = "a project for this purpose has no need of a directory service"
            where, fix = At(field="participants.directories"), "leave it out"
            raise SetAside("DIRECTORY_PURPOSE", what, where=where, known=known, fix=fix)
