"""The fictional GAR as one server: nobody calls it, it reads sets of files."""

from __future__ import annotations

from preau.sandbox.gar.life import GarLife
from preau.sandbox.gar.taking import TABLES, Taking
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Product
from preau.sandbox.watching import Watching

__all__ = ["TABLES", "product"]


def product(ledger: Ledger, _token: str, _origin: str) -> Product:
    """The whole product over its state."""
    life = GarLife(ledger)
    return Product(
        "gar",
        ledger,
        {},
        {},
        life.page,
        life.seed,
        life.say,
        life.holds,
        lie={},
        unauthorised={},
        beside=Watching(Taking(ledger).turn).context,
    )
