"""Opens the database of the control plane, SQLite or PostgreSQL, and makes its tables.

On both, `engine.begin()` takes the write lock at once, so that processes that write queue instead
of failing half-way; `engine.connect()` reads one snapshot and locks nobody out (turns.py). What
passes by itself (a busy file, a full disk, a lost server) is raised as `TryAgain`. Messages of
errors never hold the values of a statement.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import exc

from preau.clock import Clock, SystemClock
from preau.errors import Stop
from preau.store import (
    aliases,
    api_keys,
    audit,
    audit_roots,
    clocks,
    comparisons,
    deliveries,
    delta_sources,
    directory_sets,
    drifts,
    erasures,
    feed_addresses,
    filed,
    imports,
    instance_settings,
    instances,
    kept_back,
    letter_keys,
    lost_groups,
    made_there,
    mandates,
    master_mark,
    origins,
    orphans,
    outgoing_table,
    persons,
    polls,
    projections,
    projects,
    receipt_levels,
    receipts,
    remembered,
    repeat_keys,
    roster_rows,
    rulings,
    said,
    sectors,
    set_asides,
    sftp_sources,
    subject_keys,
    switches,
    taking_part,
    traces,
    version_floors,
)
from preau.store.address import WHERE, bad_address
from preau.store.editions import needed
from preau.store.postgresql import collate, open_postgresql
from preau.store.sqlite import open_sqlite

#: Grows when a table that exists changes, or has one more index; a new table needs no new edition.
EDITION = 4
#: How long a writer waits for its turn, in seconds.
PATIENCE_S = 30.0
_TABLES = (
    origins,
    *(deliveries, receipts, instances, api_keys, subject_keys, letter_keys, erasures),
    *(said, persons, traces, projects, version_floors, outgoing_table),
    *(repeat_keys, master_mark, imports, audit, audit_roots),
    *(switches, kept_back, delta_sources, instance_settings),
    *(rulings, aliases, set_asides, orphans, lost_groups, receipt_levels, projections, clocks),
    feed_addresses,
    *(filed, made_there, mandates, remembered, sectors, taking_part, polls, sftp_sources),
    directory_sets,
    roster_rows,
    *(drifts, comparisons),
)


def open_database(url: str, *, patience_s: float = PATIENCE_S) -> sa.Engine:
    """The engine of this SQLAlchemy address; an SQLite file and its folder are made if absent.

    A writer waits `patience_s` for its turn, then raises `TryAgain` (DATABASE_BUSY). Raises `Stop`:
    DATABASE_URL, DATABASE_IN_MEMORY (it would forget keys), DATABASE_DRIVER, DATABASE_FILE. The
    address, which may hold a password, is in no message.
    """
    try:
        said = sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        raise bad_address("the address of the database cannot be read") from None
    if said.drivername in {"sqlite", "sqlite+pysqlite"}:
        return open_sqlite(said, patience_s)
    if said.get_backend_name() == "postgresql":
        return open_postgresql(said, patience_s)
    raise bad_address("Préau does not know this kind of database")


def prepare(engine: sa.Engine, clock: Clock | None = None) -> None:
    """Makes the tables that are missing; processes that do so at once wait for one another.

    Raises `Stop` (DATABASE_NEWER), touching nothing, when a newer Préau made this database.
    """
    metadata = declared(engine.dialect.name)
    editions = metadata.tables["schema_edition"]
    with engine.begin() as connection:
        editions.create(connection, checkfirst=True)
        found = connection.execute(sa.select(sa.func.max(editions.c.edition))).scalar() or 0
        if found > EDITION:
            what = f"a newer Préau made this database: edition {found}, we know up to {EDITION}"
            fix = "install the newer Préau again, or give this one a database of its own"
            raise Stop("DATABASE_NEWER", what, where=WHERE, fix=fix)
        ways = needed(found)
        for way in ways:
            way.before(connection)
        metadata.create_all(connection)
        if ways:
            _index(connection, metadata)
        for way in ways:
            way.after(connection, subject_keys.year_of((clock or SystemClock()).now_ms()))
        if found < EDITION:
            connection.execute(sa.insert(editions), {"edition": EDITION})


def declared(kind: str) -> sa.MetaData:
    """Every table of the hub, as a database of this kind has it: sqlite or postgresql."""
    metadata = sa.MetaData()
    sa.Table("schema_edition", metadata, sa.Column("edition", sa.Integer, primary_key=True))
    for module in _TABLES:
        module.declare(metadata)
    if kind == "postgresql":
        collate(metadata)
    return metadata


def _index(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Makes the indexes that a table of an older edition has not."""
    for table in metadata.tables.values():
        for index in table.indexes:
            index.create(connection, checkfirst=True)
