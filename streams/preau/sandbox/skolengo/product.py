"""The fictional Skolengo as one server: its tables and its parts."""

from __future__ import annotations

from preau.sandbox.ledger import Ledger
from preau.sandbox.skolengo.documents import MEDIA_TYPE, refusal
from preau.sandbox.skolengo.life import SkolengoLife
from preau.sandbox.skolengo.routes import Skolengo
from preau.sandbox.skolengo.state import TABLES
from preau.sandbox.surface import Product

__all__ = ["TABLES", "product"]


def product(ledger: Ledger, token: str, origin: str) -> Product:
    """The whole product over its state; `origin` is its own address."""
    ent, life = Skolengo(ledger, token, origin), SkolengoLife(ledger)
    return Product(
        "skolengo",
        ledger,
        ent.routes(),
        ent.open_routes(),
        life.page,
        life.seed,
        life.say,
        life.holds,
        lie=refusal(200, "SERVICE_UNAVAILABLE"),
        unauthorised=refusal(401, "UNAUTHORIZED"),
        json_type=MEDIA_TYPE,
    )
