"""The fictional m@gistère as one server: its tables and its parts."""

from __future__ import annotations

from preau.sandbox.ledger import Ledger
from preau.sandbox.magistere.functions import TABLES as COHORTS
from preau.sandbox.magistere.life import MagistereLife
from preau.sandbox.magistere.messages import TABLES as MESSAGES
from preau.sandbox.magistere.rest import Rest
from preau.sandbox.surface import Product

__all__ = ["TABLES", "product"]
TABLES = COHORTS + MESSAGES


def product(ledger: Ledger, token: str, _origin: str) -> Product:
    """The whole product over its state; Moodle reads the token in the form, not in a header."""
    rest, life = Rest(ledger, token), MagistereLife(ledger)
    return Product(
        "magistere",
        ledger,
        {"POST /webservice/rest/server.php": rest.answer},
        {},
        life.page,
        life.seed,
        life.say,
        life.holds,
        lie={"exception": "dml_write_exception", "errorcode": "dmlwriteexception"},
        unauthorised={},
        own_door=True,
    )
