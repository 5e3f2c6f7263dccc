"""The fictional Beneylu as one server: its tables and its parts."""

from __future__ import annotations

from preau.sandbox.beneylu import calendar, homework, teams
from preau.sandbox.beneylu.life import BeneyluLife
from preau.sandbox.beneylu.routes import Beneylu
from preau.sandbox.beneylu.state import TABLES as STATE
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Product

TABLES = STATE + calendar.TABLES + homework.TABLES + teams.TABLES


def product(ledger: Ledger, token: str, origin: str) -> Product:
    """The whole product over its state; `origin` is its own address."""
    ent, life = Beneylu(ledger, token, origin), BeneyluLife(ledger)
    return Product(
        "beneylu",
        ledger,
        {
            **ent.routes(),
            **calendar.Calendar(ledger).routes(),
            **homework.Homework(ledger).routes(),
            **teams.Teams(ledger).routes(),
        },
        ent.open_routes(),
        life.page,
        life.seed,
        life.say,
        life.holds,
        lie={"error": "temporarily_unavailable"},
        unauthorised={"error": "invalid_token"},
    )
