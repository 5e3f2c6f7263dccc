"""The fictional Edifice as one server: its tables and its parts."""

from __future__ import annotations

from preau.sandbox.edifice.life import EdificeLife
from preau.sandbox.edifice.routes import Edifice
from preau.sandbox.edifice.state import TABLES
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Product

__all__ = ["TABLES", "product"]


def product(ledger: Ledger, _token: str, _origin: str) -> Product:
    """The whole product over its state."""
    ent, life = Edifice(ledger), EdificeLife(ledger)
    return Product(
        "edifice",
        ledger,
        ent.routes(),
        {},
        life.page,
        life.seed,
        life.say,
        life.holds,
        lie={"err": "temporarily.unavailable"},
        unauthorised={"error": "invalid_token"},
    )
