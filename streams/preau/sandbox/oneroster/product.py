"""The fictional reader of OneRoster as one server: a zip is uploaded, or dropped in a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from preau.sandbox.ledger import Ledger
from preau.sandbox.oneroster.held import TABLES
from preau.sandbox.oneroster.life import ReaderLife
from preau.sandbox.oneroster.package import Importing
from preau.sandbox.oneroster.service import Service
from preau.sandbox.surface import Product
from preau.sandbox.watching import Watching

__all__ = ["TABLES", "product"]


def product(ledger: Ledger, _token: str, _origin: str) -> Product:
    """The whole product over its state."""
    importing, service = Importing(ledger), Service(ledger)
    life = ReaderLife(ledger, service)
    watching = asynccontextmanager(Watching(importing.turn).context)
    reading = asynccontextmanager(service.context)

    async def beside(site: web.Application) -> AsyncIterator[None]:
        async with watching(site), reading(site):
            yield

    return Product(
        "oneroster",
        ledger,
        {"POST /imports": importing.upload},
        {},
        life.page,
        life.seed,
        life.say,
        life.holds,
        lie={},
        unauthorised={},
        beside=beside,
    )
