"""Puts a fictional ENT of the family together: what a product's own folder says, and the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiohttp import web

from preau.sandbox.itop.fileset import Columns
from preau.sandbox.itop.importing import Importing
from preau.sandbox.itop.life import Life
from preau.sandbox.itop.post_office import PostOffice
from preau.sandbox.itop.speech import Speech
from preau.sandbox.itop.state import DATES, GROUPS, LINKS, MEMBERS, WORKS
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Product
from preau.sandbox.watching import Watching

SCHOOL_FILES: Columns = {
    GROUPS: ("code", "libelle", "envoi"),
    MEMBERS: ("groupe", "identifiant", "type", "envoi"),
    LINKS: (),
    DATES: (),
    WORKS: ("identifiant", "groupe", "titre", "pour_le", "envoi"),
}
ADULT_FILES: Columns = {
    GROUPS: ("code", "libelle", "envoi"),
    MEMBERS: ("groupe", "identifiant", "type", "role", "envoi"),
    LINKS: (),
    DATES: (),
}


class Member(NamedTuple):
    """One product of the family; `letters` begin the ids of what is made in it."""

    name: str
    title: str
    letters: str
    speech: Speech
    files: Columns
    adults_only: bool = False


def open_member(member: Member, ledger: Ledger) -> Product:
    """The whole product over its state; nobody calls it: it reads files, and says events."""
    adults = member.adults_only
    life = Life(ledger, member.title, member.speech, member.letters, adults_only=adults)
    return Product(
        member.name,
        ledger,
        {},
        {},
        life.page,
        life.seed,
        life.say,
        life.holds,
        lie={},
        unauthorised={},
        beside=_beside(Watching(Importing(ledger, member.files, adults_only=adults).turn), ledger),
    )


def _beside(watching: Watching, ledger: Ledger) -> Callable[[web.Application], AsyncIterator[None]]:
    files, office = (asynccontextmanager(e.context) for e in (watching, PostOffice(ledger)))

    async def both(site: web.Application) -> AsyncIterator[None]:
        async with files(site), office(site):
            yield

    return both
