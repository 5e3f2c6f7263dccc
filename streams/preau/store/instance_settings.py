"""What an operator says of one instance that its folder cannot know: a name, and its value.

A call of the folder that reads `setting.<name>` is left out where nobody said it. Functions work
inside the caller's transaction.
"""

from __future__ import annotations

import sqlalchemy as sa


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "instance_setting" in metadata.tables:
        return
    sa.Table(
        "instance_setting",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("instance", "name")),
        sa.Column("value", sa.Text, nullable=False),
    )


_PUT = sa.text(
    "insert into instance_setting values (:instance, :name, :value)"
    " on conflict (instance, name) do update set value = excluded.value"
)
_TAKE = sa.text("delete from instance_setting where instance = :instance and name = :name")
_OF = sa.text("select name, value from instance_setting where instance = :instance order by name")


def put(connection: sa.Connection, instance: str, name: str, value: str) -> None:
    """Says it, in the place of what was said before; an empty value takes it back."""
    said = {"instance": instance, "name": name}
    if value:
        connection.execute(_PUT, said | {"value": value})
    else:
        connection.execute(_TAKE, said)


def of(connection: sa.Connection, instance: str) -> dict[str, str]:
    """Everything that is said of this instance."""
    rows = connection.execute(_OF, {"instance": instance}).all()
    return {row.name: row.value for row in rows}
