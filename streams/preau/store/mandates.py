"""Mandates: this establishment lets this instance publish or receive these records, for a purpose.

Nothing is accepted, routed or delivered without one. A mandate is never changed after it was
given: it is revoked, and another is given. `fields` are named `<record>.<field>`, as deliveries
have them. Days are days in Paris, times milliseconds since 1970. Functions work inside the caller's
transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.canon.purposes import DIRECTORY, purposes
from preau.ids import event_id
from preau.store.persons import chunks

PUBLISH, RECEIVE = "PUBLISH", "RECEIVE"
EVERY = "*"
"""In the place of a UAI: every establishment of the instance; for the directory only."""
OPERATOR = "OPERATOR"


class Mandate(NamedTuple):
    """One mandate; `project` is empty for a standing one, a day when there is none."""

    id: str
    establishment: str
    instance: str
    direction: str
    records: tuple[str, ...]
    fields: tuple[str, ...]
    purpose: str
    project: str
    legal_basis: str
    granted_by: str
    starts: str
    until: str
    granted_at: int
    revoked_at: int | None = None

    def live(self, day: str) -> bool:
        """Whether it holds on this day (2026-10-12)."""
        return (
            self.revoked_at is None and self.starts <= day and (not self.until or day <= self.until)
        )

    def of(self, uai: str) -> bool:
        """Whether it speaks of this establishment."""
        return self.establishment in (uai, EVERY)

    def for_project(self, project: str, purpose: str) -> bool:
        """Whether it serves this project: given for it, or standing for its purpose."""
        return self.project == project if self.project else self.purpose == purpose

    @property
    def version(self) -> int:
        """Of its record: it is given, then perhaps revoked."""
        return 1 if self.revoked_at is None else 2

    @property
    def event_id(self) -> str:
        """Of its record."""
        return event_id("hub", f"mandate:{self.id}", str(self.version))


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "mandate" in metadata.tables:
        return
    sa.Table(
        "mandate",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in Mandate._fields[1:12]),
        sa.Column("granted_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.Index("mandate_instance", "instance", "direction", "purpose"),
        sa.Index("mandate_project", "project", "purpose"),
    )


_NAMES = ", ".join(Mandate._fields)
_GRANT = sa.text(
    f"insert into mandate ({_NAMES}, sent) values ({', '.join(':' + n for n in Mandate._fields)},"  # noqa: S608 - our own column names
    " false) on conflict (id) do nothing"
)
_REVOKE = sa.text(
    "update mandate set revoked_at = :now, sent = false where id in :named and revoked_at is null"
).bindparams(sa.bindparam("named", expanding=True))
_ALL = sa.text(f"select {_NAMES} from mandate order by granted_at, id")  # noqa: S608
_BY_ID = sa.text(f"select {_NAMES} from mandate where id = :id")  # noqa: S608
_SERVING = sa.text(
    f"select {_NAMES} from mandate where revoked_at is null and (project = :project"  # noqa: S608
    " or (project = '' and purpose = :purpose))"
)
_OF_PROJECT = sa.text(f"select {_NAMES} from mandate where project = :project order by granted_at")  # noqa: S608
_DIRECTORIES = sa.text(
    f"select {_NAMES} from mandate where revoked_at is null and direction = 'PUBLISH'"  # noqa: S608
    " and purpose = :directory and project = '' and instance in :named"
).bindparams(sa.bindparam("named", expanding=True))
_PUBLISHED = sa.text(
    "select distinct m.instance, m.establishment, m.records from mandate m"
    " where m.revoked_at is null and m.direction = 'PUBLISH' and m.instance in :named"
    " and m.starts <= :day and (m.until = '' or m.until >= :day)"
    " and not exists (select 1 from project_leaving l where l.project = m.project"
    " and l.uai = m.establishment and l.until < :day)"
).bindparams(sa.bindparam("named", expanding=True))
_UNSENT = sa.text(f"select {_NAMES} from mandate where sent = false order by granted_at, id")  # noqa: S608
_SENT = sa.text(
    "update mandate set sent = true where id = :id and coalesce(revoked_at, -1) = :revoked"
)
_EDGES = sa.text(
    "select distinct project, instance from mandate where revoked_at is null"
    " and ((starts > :after and starts <= :day) or (until >= :after and until < :day))"
)


def grant(connection: sa.Connection, rows: Sequence[Mandate]) -> None:
    """Gives them; one that was given already, revoked or not, is left as it is."""
    if rows:
        connection.execute(_GRANT, [_row(each) for each in rows])


def revoke(connection: sa.Connection, named: Collection[str], now_ms: int) -> int:
    """Revokes these from now on; gives how many were not revoked before."""
    return sum(
        connection.execute(_REVOKE, {"named": chunk, "now": now_ms}).rowcount
        for chunk in chunks(sorted(named))
    )


def get(connection: sa.Connection, id_: str) -> Mandate | None:
    """The mandate of that id."""
    return next(_read(connection.execute(_BY_ID, {"id": id_})), None)


def every(connection: sa.Connection) -> list[Mandate]:
    """All that were ever given, the oldest first."""
    return list(_read(connection.execute(_ALL)))


def serving(connection: sa.Connection, project: str, purpose: str) -> list[Mandate]:
    """Those not revoked that may serve a project: its own, and the standing ones of its purpose."""
    return list(_read(connection.execute(_SERVING, {"project": project, "purpose": purpose})))


def of_project(connection: sa.Connection, project: str) -> list[Mandate]:
    """All that were ever given for a project."""
    return list(_read(connection.execute(_OF_PROJECT, {"project": project})))


def directories(connection: sa.Connection, instances: Iterable[str]) -> list[Mandate]:
    """The standing mandates of these instances to say who is in which class, not revoked."""
    return [
        each
        for chunk in chunks(sorted(instances))
        for each in _read(
            connection.execute(_DIRECTORIES, {"named": chunk, "directory": DIRECTORY})
        )
    ]


def unsent(connection: sa.Connection) -> list[Mandate]:
    """Those whose last state Kafka may not have."""
    return list(_read(connection.execute(_UNSENT)))


def mark_sent(connection: sa.Connection, rows: Iterable[Mandate]) -> None:
    """Kafka has these, as they were when they were handed over."""
    for each in rows:
        revoked = -1 if each.revoked_at is None else each.revoked_at
        connection.execute(_SENT, {"id": each.id, "revoked": revoked})


class Edges(NamedTuple):
    """Whose mandates begin or end: projects by their own, instances by standing ones."""

    projects: frozenset[str]
    instances: frozenset[str]


def edges(connection: sa.Connection, after: str, day: str) -> Edges:
    """Whose mandates begin or end between these days."""
    rows = connection.execute(_EDGES, {"after": after, "day": day}).all()
    own = frozenset(project for project, _ in rows if project)
    return Edges(own, frozenset(instance for project, instance in rows if not project))


def published(
    connection: sa.Connection, instances: Iterable[str], day: str
) -> dict[str, dict[str, frozenset[str]]]:
    """Instance → record → the UAIs (or `*`) for which it may say that on this day."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for chunk in chunks(sorted(instances)):
        for instance, uai, records in connection.execute(
            _PUBLISHED, {"named": chunk, "day": day}
        ).all():
            may = found.setdefault(instance, {})
            for record in json.loads(records):
                may[record] = may.get(record, frozenset()) | {uai}
    return found


def standing(instance: str, now_ms: int) -> Mandate:
    """What every declared instance is given once: to say who is in which class, of its schools."""
    records = tuple(sorted(purposes()[DIRECTORY].publishes))
    return Mandate(
        event_id("hub", f"standing:{instance}", DIRECTORY),
        *(EVERY, instance, PUBLISH, records, tuple(f"{name}.*" for name in records)),
        purpose=DIRECTORY,
        project="",
        legal_basis="convention",
        granted_by=OPERATOR,
        starts="",
        until="",
        granted_at=now_ms,
    )


def _row(mandate: Mandate) -> dict[str, Any]:
    said = {"records": json.dumps(mandate.records), "fields": json.dumps(mandate.fields)}
    return {**mandate._asdict(), **said}


def _read(rows: Iterable[Sequence[Any]]) -> Iterator[Mandate]:
    for row in rows:
        said = dict(zip(Mandate._fields, row, strict=True))
        said["records"] = tuple(json.loads(said["records"]))
        said["fields"] = tuple(json.loads(said["fields"]))
        yield Mandate(**said)
