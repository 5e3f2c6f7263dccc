"""What each ENT that held an erased person has done: answers, deadlines, and the proof of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from preau.app.control import Control
from preau.app.erasure_records import Publish, answered
from preau.app.proof import write_proof
from preau.store import audit, erasures, withdrawals
from preau.store.erasures import DONE, EXPIRED, PENDING, WAITING, Erasure, Recipient
from preau.store.withdrawals import Answer, Spot

DEADLINE = "DEADLINE"
"""The reason of an ENT that had not answered in time; its answer still counts when it comes."""
_PART = 100
"""People in one transaction: no other writer waits a second for its end."""


class _Heard(NamedTuple):
    """An erasure with what is known now of each ENT."""

    erasure: Erasure
    rows: Sequence[Recipient]

    def untold(self) -> list[Recipient]:
        return [row for row in self.rows if not row.told and row.outcome != PENDING]

    def over(self) -> bool:
        return self.erasure.state == WAITING and all(_ended(row) for row in self.rows)


class Answers:
    """Looks at every erasure that is not DONE."""

    def __init__(self, control: Control, publish: Publish) -> None:
        self._control = control
        self._publish = publish

    def settle(self) -> bool:
        """Hears what was answered and tells it; whether anything was forgotten by that."""
        now = self._control.clock.now_ms()
        with self._control.engine.connect() as connection:
            open_ = erasures.unended(connection)
            rows = erasures.recipients(connection, [each.id for each in open_])
            asked = {(r.destination, r.entity) for each in rows.values() for r in each if _asks(r)}
            said = withdrawals.answers(connection, asked)
        heard = [_Heard(e, [_heard(row, said, now, e) for row in rows[e.id]]) for e in open_]
        changed = [each for each in heard if each.untold() or each.over()]
        for first in range(0, len(changed), _PART):
            self._tell(changed[first : first + _PART])
        return bool(changed)

    def _tell(self, part: Sequence[_Heard]) -> None:
        """Kafka is told first, and told again after a kill: the same answer has the same id."""
        control, now = self._control, self._control.clock.now_ms()
        self._publish([answered(row) for each in part for row in each.untold()])
        told = [_told(each, now) for each in part]
        rows = [row for each in part for row in each.rows]
        with control.engine.begin() as connection:
            gone = [(row.destination, row.entity) for row in rows if _ended(row) and row.entity]
            withdrawals.drop_entities(connection, gone)
            erasures.put_recipients(connection, [row for each in told for row in each.rows])
            done = [each.erasure for each in told if each.erasure.state == DONE]
            erasures.put(connection, done)
            audit.append_all(connection, [_act(each) for each in done], now)
            for each in told:
                write_proof(control, each.erasure, each.rows)


def _asks(row: Recipient) -> bool:
    """Whether this ENT may still say something new."""
    return bool(row.entity) and row.outcome in {PENDING, EXPIRED}


def _heard(row: Recipient, said: Mapping[Spot, Answer], now: int, erasure: Erasure) -> Recipient:
    if not _asks(row):
        return row
    answer = said.get((row.destination, row.entity))
    if answer is not None:
        at = answer.at or now
        return row._replace(outcome=answer.outcome, reason=answer.reason, at=at, told=False)
    if row.outcome == PENDING and now > erasure.deadline:
        return row._replace(outcome=EXPIRED, reason=DEADLINE, at=now, told=False)
    return row


def _told(heard: _Heard, now: int) -> _Heard:
    """The same once it was told; what was answered for good needs no name any more."""
    rows = [
        row._replace(told=row.outcome != PENDING, entity="" if _ended(row) else row.entity)
        for row in heard.rows
    ]
    done = heard.erasure._replace(state=DONE, ended_at=now)
    return _Heard(done if heard.over() else heard.erasure, rows)


def _act(done: Erasure) -> audit.Act:
    return audit.Act(audit.HUB, "person.erasure_ended", done.person, {"erasure": done.id})


def _ended(row: Recipient) -> bool:
    """Whether an ENT has said its last word: a deadline that passed is not one."""
    return row.outcome != PENDING and row.reason != DEADLINE
