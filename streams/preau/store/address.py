"""The address of the database as an operator gives it, and how a bad one is refused."""

from __future__ import annotations

from preau.errors import Place, Stop

WHERE = Place(field="PREAU_DATABASE")
KNOWN = ("sqlite:///<file>", "postgresql+psycopg://<user>:<password>@<host>/<database>")


def bad_address(what: str) -> Stop:
    """The refusal (DATABASE_URL) of an address, which is not shown: it may hold a password."""
    return Stop("DATABASE_URL", what, where=WHERE, known=KNOWN, fix="correct the address")


def lacking() -> Stop:
    """The error of a database in which a table, or a column of one, is not there."""
    what = "a table of the database, or a column of one, is not there: nothing can be decided"
    fix = "give the database its backup again, or start the hub that made it"
    return Stop("DATABASE_TABLES", what, where=WHERE, fix=fix)
