"""What each ENT that held an erased person has done: answers, deadlines, and the proof of it."""

from __future__ import annotations

import sqlalchemy as sa

from preau.app.control import Control
from preau.app.erasure_records import answered
from preau.app.erasure_request import Publish
from preau.app.proof import write_proof
from preau.store import audit, erasures, forgetting
from preau.store.erasures import DONE, EXPIRED, PENDING, WAITING, Erasure, Recipient

DEADLINE = "DEADLINE"
"""The reason of an ENT that had not answered in time; its answer still counts when it comes."""


class Answers:
    """Looks at every erasure that is not DONE."""

    def __init__(self, control: Control, publish: Publish) -> None:
        self._control = control
        self._publish = publish

    def settle(self) -> bool:
        """Hears what was answered and tells it; whether anything was forgotten by that."""
        changed = False
        with self._control.engine.connect() as connection:
            open_ = erasures.unended(connection)
        for erasure in open_:
            changed |= self._settle(erasure)
        return changed

    def _settle(self, erasure: Erasure) -> bool:
        control = self._control
        with control.engine.begin() as connection:
            rows = erasures.recipients(connection, erasure.id)
            now = control.clock.now_ms()
            heard = [self._heard(connection, erasure, row, now) for row in rows]
            erasures.put_recipients(
                connection, [new for new, old in zip(heard, rows, strict=True) if new != old]
            )
        untold = [row for row in heard if not row.told and row.outcome != PENDING]
        self._publish([answered(row) for row in untold])
        over = erasure.state == WAITING and all(_ended(row) for row in heard)
        if not untold and not over:
            return False
        self._tell(erasure, heard, over=over)
        return True

    def _heard(
        self, connection: sa.Connection, erasure: Erasure, row: Recipient, now: int
    ) -> Recipient:
        if not row.entity or (row.outcome not in {PENDING, EXPIRED}):
            return row
        said = forgetting.answer(connection, row.destination, row.entity)
        if said is not None:
            return row._replace(
                outcome=said.outcome, reason=said.reason, at=said.at or now, told=False
            )
        if row.outcome == PENDING and now > erasure.deadline:
            return row._replace(outcome=EXPIRED, reason=DEADLINE, at=now, told=False)
        return row

    def _tell(self, erasure: Erasure, heard: list[Recipient], *, over: bool) -> None:
        """What was answered for good needs no name any more."""
        control = self._control
        told = [
            row._replace(told=row.outcome != PENDING, entity="" if _ended(row) else row.entity)
            for row in heard
        ]
        with control.engine.begin() as connection:
            done = [row for row in heard if _ended(row) and row.entity]
            forgetting.drop_entities(
                connection, [{"destination": r.destination, "entity": r.entity} for r in done]
            )
            erasures.put_recipients(connection, told)
            if over:
                now = control.clock.now_ms()
                erasure = erasure._replace(state=DONE, ended_at=now)
                erasures.put(connection, erasure)
                facts = {"erasure": erasure.id}
                act = audit.Act(audit.HUB, "person.erasure_ended", erasure.person, facts)
                audit.append(connection, act, now)
            write_proof(control, erasure, told)


def _ended(row: Recipient) -> bool:
    """Whether an ENT has said its last word: a deadline that passed is not one."""
    return row.outcome != PENDING and row.reason != DEADLINE
