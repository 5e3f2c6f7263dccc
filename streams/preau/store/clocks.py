"""How long each row of the database lives: one table, and the sweep that applies it.

Kafka forgets by itself after 90 days; these follow. A table that is not here fails a test. What has
no time of its own is remembered from the day on which the sweep first saw that it is over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa

from preau.clock import paris_day
from preau.store import version_floors

DAY_MS = 86_400_000
PERSONAL_MS = 83 * DAY_MS
"""As long as Kafka keeps what is personal (without the span of a segment)."""
YEAR_MS = 365 * DAY_MS
SET_MS = 7 * DAY_MS
"""A complete set lies no longer in a directory service's folder, and only the last one does."""


class Clock(NamedTuple):
    """How long the rows of one table live.

    `words` is what the register says, in French. `over` is the condition under which a row goes,
    with `:limit`, `ms` before now, and `:day`, the day of that; without `over` something else ends
    them, or nothing must.
    """

    words: str
    ms: int = 0
    over: str = ""


_WITH_ENTRY = "source not in (select source from person_entry)"
_ENTITY_GONE = (
    "not exists (select 1 from outgoing o where o.destination = {0}.destination"
    " and o.entity = {0}.entity)"
)
_NO_PROJECT = "tant que le projet existe ; rien de personnel"
_PLACE = "tant que l’installation est déclarée ; rien de personnel"
CLOCKS: Mapping[str, Clock] = {
    "person_entry": Clock(
        *("tant que le compte existe, puis 83 jours", PERSONAL_MS),
        "deleted = true and at <= :limit",
    ),
    "person_key": Clock("avec le compte", 0, _WITH_ENTRY),
    "person_move": Clock("avec le compte", 0, _WITH_ENTRY),
    "person_past": Clock("83 jours après la décision", PERSONAL_MS, "until <= :limit"),
    "person_ruled": Clock("avec le compte", 0, _WITH_ENTRY),
    "person_trace": Clock("83 jours après le départ", 0, "until <= :limit"),
    "ruling": Clock("83 jours après avoir été redite ; l’étape d’identité l’efface"),
    "ruling_source": Clock("avec la décision"),
    "subject_key": Clock("90 jours après la fin de l’année scolaire ; un effacement la détruit"),
    "letter_key": Clock("un jour ouverte, puis 7 jours ; un effacement la détruit"),
    "said": Clock("tant que l’objet existe, puis 83 jours"),
    "said_point": Clock("avec l’objet"),
    "waiting": Clock("83 jours", PERSONAL_MS, "since <= :limit"),
    "outgoing": Clock(
        *("tant que l’ENT le tient, puis 83 jours", PERSONAL_MS),
        "operation like '%_REMOVE' and answered = true and occurred_at <= :limit",
    ),
    "delivery": Clock(
        "83 jours après la réponse", PERSONAL_MS, "state = 'DONE' and occurred_at <= :limit"
    ),
    "delivery_parent": Clock(
        *("avec l’envoi", 0),
        "not exists (select 1 from delivery d where d.destination = delivery_parent.destination"
        " and d.entity = delivery_parent.entity and d.version = delivery_parent.version)",
    ),
    "version_floor": Clock("toujours ; un numéro par ENT"),
    "native_id": Clock("tant que l’ENT le tient", 0, _ENTITY_GONE.format("native_id")),
    "filed": Clock("tant que l’ENT le tient", 0, _ENTITY_GONE.format("filed")),
    "roster_row": Clock(
        *("tant que l’ENT le tient, puis 83 jours", PERSONAL_MS),
        "gone = true and changed_at <= :limit",
    ),
    "orphan": Clock("tant que l’ENT le tient", 0, _ENTITY_GONE.format("orphan")),
    "lost_group": Clock("tant que l’ENT le tient", 0, _ENTITY_GONE.format("lost_group")),
    "receipt": Clock(
        *("tant que l’ENT le tient, puis 83 jours", PERSONAL_MS),
        _ENTITY_GONE.format("receipt") + " and at <= :limit",
    ),
    "set_aside": Clock("83 jours ; son étape l’efface"),
    "set_aside_decision": Clock("avec ce qui a été mis de côté"),
    "erasure": Clock(
        "un an après la fin (preuve)", YEAR_MS, "state = 'DONE' and ended_at <= :limit"
    ),
    "erasure_recipient": Clock("avec l’effacement", 0, "erasure not in (select id from erasure)"),
    "erasure_source": Clock("une minute, le temps que les messages en route soient traités"),
    "erasure_terms": Clock("une minute, le temps que les messages en route soient traités"),
    "kept_out": Clock("jusqu’à ce que quelqu’un réadmette le compte ; empreintes seules"),
    "import_run": Clock("un an", YEAR_MS, "ended > 0 and ended <= :limit"),
    "audit_entry": Clock("un an, puis la racine du jour seule ; aucun nom"),
    "audit_head": Clock("toujours ; aucun nom"),
    "audit_root": Clock("toujours ; aucun nom"),
    "project": Clock(_NO_PROJECT),
    "project_place": Clock(_NO_PROJECT),
    "project_class": Clock(_NO_PROJECT),
    "project_alias": Clock(_NO_PROJECT),
    "project_terms": Clock(_NO_PROJECT),
    "project_pick": Clock(
        "tant que le projet existe ; le compte d’une personne, qu’un effacement retire"
    ),
    "project_leaving": Clock(_NO_PROJECT),
    "project_directory": Clock(_NO_PROJECT),
    "project_move": Clock(_NO_PROJECT),
    "project_member": Clock(
        "jusqu’à 83 jours après le projet ; après la rentrée pour qui n’est pas arrivé au collège",
        PERSONAL_MS,
        "(idle_since > 0 and idle_since <= :limit) or project in (select t.project"
        " from project_terms t join project p on p.id = coalesce(nullif(t.parent, ''), t.project)"
        " where p.state = 'CLOSED' or p.ends < :day)",
    ),
    "project_turn": Clock(_NO_PROJECT),
    "project_transmitted": Clock(_NO_PROJECT),
    "repeat_key": Clock(
        *("sept jours, le temps d’être redite ; des empreintes", 7 * DAY_MS), "at <= :limit"
    ),
    "mandate": Clock("toujours, pour la preuve ; aucun nom"),
    "sector_declared": Clock(_PLACE),
    "sector_circonscription": Clock(_PLACE),
    "sector_network": Clock(_PLACE),
    "sector_told": Clock(_PLACE),
    "own_copy": Clock(_NO_PROJECT),
    "instance": Clock(_PLACE),
    "delta_source": Clock(_PLACE),
    "instance_setting": Clock(_PLACE),
    "sftp_source": Clock(_PLACE),
    "directory_set": Clock(_PLACE),
    "poll": Clock("tant que l’installation est déclarée ; des repères et des empreintes"),
    "api_key": Clock("toujours, pour le journal ; l’empreinte d’une clé"),
    "feed_address": Clock("toujours, pour le journal ; l’empreinte d’une adresse"),
    "master_mark": Clock("toujours ; une empreinte"),
    "schema_edition": Clock("toujours ; un numéro"),
    "receipt_late": Clock("tant que l’ENT le tient", 0, _ENTITY_GONE.format("receipt_late")),
    "drift": Clock(
        *("tant que l’ENT tient le groupe ; un mois après la réparation", 30 * DAY_MS),
        "(state = 'REPAIRED' and at <= :limit) or not exists (select 1 from outgoing o"
        " where o.destination = drift.destination and o.entity = drift.within)",
    ),
    "comparison": Clock(_PLACE),
    "person_origin": Clock("avec le compte", 0, _WITH_ENTRY),
    "kept_back": Clock("jusqu’à la fin de la coupure"),
    "switch_cut": Clock("toujours ; aucun nom"),
    "audit_key": Clock("toujours ; une clé enveloppée"),
    "rebuild_mark": Clock("le temps d’une reconstruction ; un moment"),
    "seen_over": Clock("avec ce qui est fini"),
}
"""Table → its clock."""


def declare(metadata: sa.MetaData) -> None:
    """Declares the table of what was seen to be over, unless it is declared already."""
    if "seen_over" in metadata.tables:
        return
    sa.Table(
        "seen_over",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("record", "key")),
        sa.Column("since", sa.BigInteger, nullable=False, index=True),
    )


_SEE = sa.text(
    "insert into seen_over (record, key, since) select record, key, :now from said"
    " where deleted = true on conflict (record, key) do nothing"
)
_BACK = sa.text(
    "delete from seen_over where not exists (select 1 from said s where s.record = seen_over.record"
    " and s.key = seen_over.key and s.deleted = true)"
)
_SAID_OVER = tuple(
    sa.text(
        f"delete from {table} where exists (select 1 from seen_over o"  # noqa: S608 - our own tables
        f" where o.record = {table}.record and o.key = {table}.key and o.since <= :limit)"
    )
    for table in ("said_point", "said")
)
_SEEN_END = sa.text("delete from seen_over where since <= :limit")


def _told(clock: Clock, now_ms: int) -> dict[str, int | str]:
    """What the condition of a clock asks for."""
    before = now_ms - clock.ms
    told: dict[str, int | str] = {"limit": before, "day": paris_day(before)}
    return {name: value for name, value in told.items() if f":{name}" in clock.over}


def sweep(connection: sa.Connection, now_ms: int) -> Counter[str]:
    """Deletes whatever is over; by table, how many rows."""
    gone: Counter[str] = Counter()
    for table, clock in CLOCKS.items():
        if clock.over:
            delete = sa.text(f"delete from {table} where {clock.over}")  # noqa: S608 - our own words
            told = _told(clock, now_ms)
            if table == "outgoing":
                version_floors.forgetting(connection, clock.over, told)
            gone[table] += connection.execute(delete, told).rowcount
    connection.execute(_BACK)
    connection.execute(_SEE, {"now": now_ms})
    limit = {"limit": now_ms - PERSONAL_MS}
    for statement in _SAID_OVER:
        gone["said"] += connection.execute(statement, limit).rowcount
    connection.execute(_SEEN_END, limit)
    return +gone
