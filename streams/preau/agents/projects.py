"""The step `projects`: from what is known, what each ENT is to be told, on its own share topic.

Everything is computed from the state after the batch's transaction: the order in which topics are
read does not matter, and a repeat wants what is wanted already. Changes wait in the store until
Kafka has acknowledged them (`acknowledged`); a fresh process sends again what still waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
import structlog

from preau.agents.scene import Scene
from preau.agents.statements import RECORDS, said
from preau.agents.touched import Touched
from preau.agents.wanted import Recipient, listed
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON, LINK, RECEIPT, SHARE
from preau.canon.cloudevents import header_list
from preau.canon.codec import decode, encode
from preau.clock import Clock
from preau.errors import SetAside
from preau.ids import event_id
from preau.store import outgoing, projects
from preau.store import said as said_store
from preau.store.outgoing import Row, Wanted
from preau.store.projects import Alias

log = structlog.get_logger()
Pseudonym = Callable[[str, str], str]
"""(instance, person) → 26 characters that mean something to that instance only."""


class ProjectsStep:
    """Reads what projects follow from, writes `preau.share.<instance>`; one process works it."""

    name = "projects"

    def __init__(
        self,
        engine: sa.Engine,
        recipient: Callable[[str], Recipient | None],
        pseudonym: Pseudonym,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._recipient = recipient
        self._pseudonym = pseudonym
        self._clock = clock
        self._handed = 0

    def topics(self) -> list[str]:
        """States, projects, identity's decisions, receipts."""
        return [*(CANON + record for record in RECORDS), CANON + "project", LINK, RECEIPT]

    def opening(self) -> list[Output]:
        """What an earlier process could not hand over, and what projects want meanwhile."""
        with self._engine.begin() as connection:
            self._bring(connection, Touched(whole=set(projects.all_ids(connection))))
            self._handed = 0
            return self._waiting(connection)

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """What changes for the ENTs after this batch."""
        read = list(self._read(batch))
        with self._engine.begin() as connection:
            touched = self._note(connection, read)
            self._bring(connection, touched)
            return self._waiting(connection)

    def acknowledged(self) -> None:
        """Kafka has everything that was handed over."""
        with self._engine.begin() as connection:
            outgoing.mark_sent(connection, self._handed)

    def _read(self, batch: Sequence[Arrival]) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(record, key, fields) of each readable arrival."""
        for arrival in batch:
            if arrival.value is None or arrival.key is None:
                continue  # a tombstone: the deletion itself came before it
            try:
                decoded = decode(arrival.value)
            except SetAside as error:
                at = f"{arrival.topic}/{arrival.partition}/{arrival.offset}"
                log.warning("unreadable record", code=error.code, at=at)
                continue
            yield decoded.record, arrival.key.decode(), decoded.value

    def _note(
        self, connection: sa.Connection, read: Sequence[tuple[str, str, dict[str, Any]]]
    ) -> Touched:
        touched = Touched()
        states = [said(r, key, value) for r, key, value in read if r in RECORDS]
        kept = said_store.put(connection, states)
        self._learn_names(connection, touched, (v for r, _, v in read if r == "receipt"))
        touched.whole |= {key for r, key, _ in read if r == "project"}
        links = [value["source"] for r, _, value in read if r == "link"]
        touched.by_states(connection, kept)
        touched.by_links(connection, links)
        return touched

    def _learn_names(
        self, connection: sa.Connection, touched: Touched, receipts: Iterable[dict[str, Any]]
    ) -> None:
        """The ids that ENTs gave to what we made there: what they say of these ids is known."""
        named = [(f"{r['destination']}/{r['native_id']}", r) for r in receipts if r["native_id"]]
        found = [Alias(key, r["project"]) for key, r in named if r["operation"] == "GROUP_PUT"]
        known = projects.aliases(connection, [each.group_key for each in found])
        fresh = [each for each in found if known.get(each.group_key) != each.project]
        projects.put_aliases(connection, fresh)
        touched.whole |= {each.project for each in fresh}
        copies = {key for key, r in named if r["operation"] == "SHARE_PUT"}
        projects.put_copies(connection, copies)
        touched.by_resources(connection, copies)

    def _bring(self, connection: sa.Connection, touched: Touched) -> None:
        now = self._clock.now_ms()
        for project in projects.several(connection, touched.projects()):
            scene = Scene(connection, project, self._recipient, self._pseudonym)
            for held, wanted in scene.changes(touched):
                chosen = [listed(each, self._recipient(each.destination)) for each in wanted]
                outgoing.change(connection, held, chosen, now, self._sendable)

    def _sendable(self, wanted: Wanted) -> bool:
        """A withdrawal that the product has no operation for is not sent: nobody could do it."""
        recipient = self._recipient(wanted.destination)
        known = recipient.needs if recipient is not None else ()
        return not wanted.operation.endswith("_REMOVE") or wanted.operation in known

    def _waiting(self, connection: sa.Connection) -> list[Output]:
        rows = outgoing.unsent(connection, self._handed)
        if rows:
            self._handed = rows[-1].seq
        return [delivery(row) for row in rows]


def delivery(row: Row) -> Output:
    """The `delivery.v1` of a row; the same row gives the same id."""
    identity = event_id("hub", f"{row.destination}/{row.entity}", str(row.version))
    value = encode(
        "delivery",
        {
            "event_id": identity,
            "destination": row.destination,
            "project": row.project,
            "operation": row.operation,
            "entity": row.entity,
            "version": row.version,
            "parents": list(row.parents),
            "cause": row.cause,
            "occurred_at": row.occurred_at,
            "body": dict(row.body),
        },
    )
    headers = header_list("delivery", "hub", identity, row.occurred_at)
    return Output(SHARE + row.destination, row.entity.encode(), value, headers)
