"""Writers of a database take turns, readers do not: told apart by how a transaction is opened.

`engine.begin()` opens one to write in, and takes its turn at once. A statement outside a
transaction (`engine.connect()`) opens one to read in: it sees one snapshot and waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy import event

_BY_STATEMENT = "preau: the next transaction is opened by a statement"
Opening = Callable[[sa.Connection], None]


def take_turns(engine: sa.Engine, to_read: Opening, to_write: Opening) -> None:
    """From now on each transaction of this engine is opened by one of the two."""

    def begin(connection: sa.Connection) -> None:
        reads = connection.info.pop(_BY_STATEMENT, False)
        (to_read if reads else to_write)(connection)

    event.listen(engine, "engine_connect", _forget_statement)
    event.listen(engine, "before_execute", _note_statement)
    event.listen(engine, "begin", begin)


def _forget_statement(connection: sa.Connection) -> None:
    connection.info.pop(_BY_STATEMENT, None)


def _note_statement(connection: sa.Connection, *_said: object) -> None:
    """Outside a transaction SQLAlchemy says this first, then opens one for the statement."""
    if not connection.in_transaction():
        connection.info[_BY_STATEMENT] = True
