"""Which master key a database belongs to: another one is refused before it seals anything.

The mark is derived from the key and tells nothing of it (`MasterKey.secret`).
"""

from __future__ import annotations

import hmac

import sqlalchemy as sa

from preau.errors import Place, Stop

PURPOSE = "mark"
_PUT = sa.text("insert into master_mark (one, mark) values (1, :mark) on conflict do nothing")
_GET = sa.text("select mark from master_mark")


def declare(metadata: sa.MetaData) -> None:
    """Declares the table of one row, unless it is declared already."""
    if "master_mark" in metadata.tables:
        return
    sa.Table(
        "master_mark",
        metadata,
        sa.Column("one", sa.Integer, primary_key=True),
        sa.Column("mark", sa.Text, nullable=False),
    )


def check_mark(engine: sa.Engine, mark: bytes) -> None:
    """Leaves the mark at the first start; raises `Stop` (MASTER_KEY_WRONG) when it is another's."""
    with engine.connect() as connection:
        found = connection.execute(_GET).scalar()
    if found is None:
        with engine.begin() as connection:
            connection.execute(_PUT, {"mark": mark.hex()})
            found = connection.execute(_GET).scalar_one()
    if not hmac.compare_digest(found, mark.hex()):
        raise Stop(
            "MASTER_KEY_WRONG",
            "this master key is not the one that this database was begun with",
            where=Place(field="PREAU_MASTER_KEY"),
            fix="put back the master key that belongs to this database",
        )
