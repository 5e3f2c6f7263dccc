"""The instances that the hub serves, each a deployment of one vendor's product, and their secrets.

The secret (a token, or a webhook's signing secret) is wrapped by the master key, bound to its
instance's name; an instance is disabled rather than deleted, since records name it for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.clock import Clock
from preau.errors import Place, Stop
from preau.ids import instance_name
from preau.keys.master import MasterKey
from preau.store import audit, mandates
from preau.store.audit import OPERATOR, Act

DEGREES = ("", "FIRST", "SECOND")


class Instance(NamedTuple):
    """One deployment: `degree` is "" when both; `academy` its code as in `preau.mapping`.

    `way_out` is what the connector's card offers (push, webhook, …), `base_url` where it leads, and
    `loopback` says that this address may be on this machine (the fictional ENTs).
    """

    name: str
    connector: str
    degree: str
    academy: str | None
    base_url: str
    secret: str
    way_out: str
    loopback: bool
    disabled: bool

    def __repr__(self) -> str:
        return f"Instance({self.name!r}, {self.connector!r}, disabled={self.disabled})"


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "instance" in metadata.tables:
        return
    sa.Table(
        "instance",
        metadata,
        sa.Column("name", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("connector", "degree")),
        sa.Column("academy", sa.Text),
        sa.Column("base_url", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("way_out", sa.Text, nullable=False),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("loopback", "disabled")),
    )


_NAMES = ", ".join(Instance._fields)
_PUT = sa.text(
    f"insert into instance ({_NAMES}) values ({', '.join(':' + n for n in Instance._fields)})"  # noqa: S608 - our own column names
    " on conflict (name) do update set "
    + ", ".join(f"{n} = excluded.{n}" for n in Instance._fields if n != "name")
)
_ALL = sa.text(f"select {_NAMES} from instance order by name")  # noqa: S608 - our own column names
_GET = sa.text(f"select {_NAMES} from instance where name = :name")  # noqa: S608 - the same
_NAMED = sa.text("select name from instance order by name")
_DISABLED = sa.text("select disabled from instance where name = :name")
_DISABLE = sa.text("update instance set disabled = :disabled where name = :name")


def names(connection: sa.Connection) -> list[str]:
    """The names of all that were declared, disabled or not, in order."""
    return list(connection.execute(_NAMED).scalars())


def is_disabled(connection: sa.Connection, name: str) -> bool:
    """Whether it was declared, and is neither heard nor written to now."""
    return bool(connection.execute(_DISABLED, {"name": name}).scalar())


class Instances:
    """The register of instances in SQL; one statement, one transaction."""

    def __init__(self, engine: sa.Engine, master: MasterKey, clock: Clock) -> None:
        self._engine = engine
        self._master = master
        self._clock = clock

    def put(self, instance: Instance, by: str = OPERATOR) -> None:
        """Declares an instance, or replaces what was declared; `Stop` on a bad name or degree.

        The first time it is given its standing mandate, to publish its directory; once revoked,
        that does not come back by itself.
        """
        name = instance_name(instance.name)
        if instance.degree not in DEGREES:
            where = Place(connector=instance.connector, field="degree")
            fix = "say FIRST (école), SECOND (collège), or nothing when it serves both"
            what = f"the degree of instance {name} is not one"
            raise Stop("INSTANCE_DEGREE", what, where=where, known=DEGREES[1:], fix=fix)
        secret = self._master.wrap(instance.secret.encode(), _bound(name))
        with self._engine.begin() as connection:
            before = connection.execute(_GET, {"name": name}).mappings().one_or_none()
            connection.execute(_PUT, {**instance._asdict(), "secret": secret})
            mandates.grant(connection, [mandates.standing(name, self._clock.now_ms())])
            audit.append(connection, _declared(instance, before, by), self._clock.now_ms())

    def get(self, name: str) -> Instance | None:
        """The instance of that name, disabled or not."""
        with self._engine.connect() as connection:
            row = connection.execute(_GET, {"name": name}).mappings().one_or_none()
        return None if row is None else self._opened(row)

    def all(self) -> list[Instance]:
        """Every instance, disabled ones too, by name."""
        with self._engine.connect() as connection:
            return [self._opened(row) for row in connection.execute(_ALL).mappings()]

    def disable(self, name: str, by: str = OPERATOR) -> None:
        """Nothing is taken from it nor sent to it any more; `Stop` when there is none so named."""
        with self._engine.begin() as connection:
            changed = connection.execute(_DISABLE, {"name": name, "disabled": True}).rowcount
            if changed:
                act = Act(by, "instance.disabled", name, {})
                audit.append(connection, act, self._clock.now_ms())
        if not changed:
            known = tuple(each.name for each in self.all())
            fix = "give the name of a declared instance"
            where = Place(field="instance")
            raise Stop("INSTANCE_UNKNOWN", "no such instance", where=where, known=known, fix=fix)

    def _opened(self, row: Mapping[Any, Any]) -> Instance:
        said = dict(row)
        said["secret"] = self._master.unwrap(said["secret"], _bound(said["name"])).decode()
        said |= {name: bool(said[name]) for name in ("loopback", "disabled")}
        return Instance(**said)


def _declared(instance: Instance, before: Mapping[Any, Any] | None, by: str) -> Act:
    """What a declaration is to the audit chain: a first one, a change, or its return."""
    facts: dict[str, str | int | bool] = {
        "connector": instance.connector,
        "degree": instance.degree,
        "way_out": instance.way_out,
        "loopback": instance.loopback,
    }
    if before is None:
        return Act(by, "instance.added", instance.name, facts)
    back = bool(before["disabled"]) and not instance.disabled
    return Act(by, "instance.enabled" if back else "instance.changed", instance.name, facts)


def _bound(name: str) -> bytes:
    return b"instance\x00" + name.encode()
