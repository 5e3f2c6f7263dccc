"""The address of the database as an operator gives it, and how a bad one is refused."""

from __future__ import annotations

from preau.errors import Place, Stop

WHERE = Place(field="PREAU_DATABASE")
KNOWN = ("sqlite:///<file>", "postgresql+psycopg://<user>:<password>@<host>/<database>")


def bad_address(what: str) -> Stop:
    """The refusal (DATABASE_URL) of an address, which is not shown: it may hold a password."""
    return Stop("DATABASE_URL", what, where=WHERE, known=KNOWN, fix="correct the address")
