"""Brings erasures to their end: letters under way, what came back meanwhile, what ENTs answer.

Every part may be done again after a kill: nothing is remembered but in SQL. One process works it,
the one of the step `receipts`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

import sqlalchemy as sa
import structlog

from preau.app.control import Control
from preau.app.erasure_answers import Answers
from preau.app.erasure_files import forget_files
from preau.app.erasure_letters import WaitingLetters
from preau.app.erasure_records import Publish, asked, nobodys
from preau.app.erasure_relations import relations
from preau.app.personal_records import PersonalRecords
from preau.app.proof import write_proof
from preau.broker.lookup import Lookup, Spot, committed
from preau.broker.topics import INTAKE
from preau.errors import PreauError, TryAgain
from preau.rights.mentions import Terms, any_of, terms
from preau.store import erasures, forgetting
from preau.store.erasures import DRAINING, WAITING, Erasure
from preau.store.letter_keys import DRAIN_MS
from preau.store.wal import empty_log

NORMALISE = "preau-normalise"
"""The consumer group that works the letters."""
_PART = 100
"""People in one transaction: no other writer waits a second for its end."""
log = structlog.get_logger()


class Erasing:
    """What is left to do of every erasure; `turn` does what can be done now."""

    def __init__(self, control: Control, find: Callable[[], str], publish: Publish) -> None:
        self._control = control
        self._find = find
        self._publish = publish
        self._answers = Answers(control, publish)
        self._ends: dict[str, dict[Spot, int]] = {}
        self._closed: dict[str, int] = {}
        self._lingers = False

    def turn(self) -> None:
        """One look at everything; raises `TryAgain` when Kafka or the database does not answer."""
        control = self._control
        with control.engine.connect() as connection:
            open_ = erasures.unended(connection)
            self._close([e for e in open_ if e.id not in self._closed], connection)
        due = [e for e in open_ if e.state == DRAINING and self._drained(e)]
        if due:
            self._end(self._worked(due))
        if open_:
            self._lingers |= self._answers.settle()
        if self._lingers:
            empty_log(control.engine)
            self._lingers = False

    def quiet_turn(self) -> None:
        """The same; a fault is told in the log, and the next turn tries again."""
        try:
            self.turn()
        except TryAgain as error:
            log.warning("erasures wait", code=error.code)
        except PreauError as error:
            log.critical("erasures stopped", code=error.code)

    def _drained(self, erasure: Erasure) -> bool:
        """Whether nothing under the keys that were closed is written any more."""
        return self._control.clock.now_ms() >= self._closed[erasure.id] + DRAIN_MS

    def _close(self, fresh: Sequence[Erasure], connection: sa.Connection) -> None:
        """Whatever was said until now, of whoever is erased, is under keys that are closed now."""
        draining = [each.id for each in fresh if each.state == DRAINING]
        sources = erasures.sources_of(connection, draining)
        if named := {source for each in sources.values() for source in each}:
            self._control.letter_keys.close({source.partition("/")[0] for source in named})
        now = self._control.clock.now_ms()
        self._closed |= dict.fromkeys(draining, now)

    def _worked(self, due: Sequence[Erasure]) -> list[Erasure]:
        """Those whose letters were all worked by `normalise`."""
        names = self._control.catalogue.names()
        with Lookup(self._find()) as lookup:
            if any(erasure.id not in self._ends for erasure in due):
                ends = lookup.ends([INTAKE + name for name in names])
                for erasure in due:
                    self._ends.setdefault(erasure.id, ends)
        spots = {at for erasure in due for at in self._ends[erasure.id]}
        reached = committed(self._find(), NORMALISE, spots)
        return [e for e in due if all(reached[at] >= end for at, end in self._ends[e.id].items())]

    def _end(self, worked: Sequence[Erasure]) -> None:
        """The second pass: waiting letters get a new key, the old ones go, rows go once more."""
        if not worked:
            return
        control, ids = self._control, [each.id for each in worked]
        with control.engine.connect() as connection:
            sources = erasures.sources_of(connection, ids)
            sealed = erasures.terms_of(connection, ids)
        every = {source for each in sources.values() for source in each}
        instances = {source.partition("/")[0] for source in every}
        told = any_of(self._terms(id_, each) for id_, each in sealed.items())
        letters = WaitingLetters(control, self._find(), self._publish).renew(instances, told)
        letters += forget_files(control.settings.folder, every)
        control.subject_keys.forget(every)
        self._publish(list(relations(PersonalRecords(control, self._find), every)))
        for first in range(0, len(worked), _PART):
            self._end_part(worked[first : first + _PART], sources, letters)
        self._lingers = True
        with suppress(TryAgain):  # a reader may hold the log: the next turn empties it
            empty_log(control.engine)
            self._lingers = False

    def _end_part(
        self,
        part: Sequence[Erasure],
        sources: Mapping[str, Collection[str]],
        letters: Counter[str],
    ) -> None:
        control, ids = self._control, [each.id for each in part]
        self._publish([o for e in part for o in (asked(e), *nobodys(e, sources[e.id]))])
        with control.engine.begin() as connection:
            again = forgetting.forget(connection, {id_: sources[id_] for id_ in ids})
            rows, now = erasures.recipients(connection, ids), control.clock.now_ms()
            ended = [
                each._replace(
                    state=WAITING,
                    drained_at=now,
                    counts=Counter(each.counts) + again[each.id] + letters,
                )
                for each in part
            ]
            for each in ended:
                write_proof(control, each, rows[each.id], sources[each.id])
            erasures.put(connection, ended)
            erasures.drop_sources(connection, ids)
        for id_ in ids:
            self._ends.pop(id_, None)
            self._closed.pop(id_, None)
        log.info("people erased in the hub", erasures=len(ids), first=ids[0])

    def _terms(self, id_: str, sealed: bytes) -> Terms:
        said = json.loads(self._control.master.unwrap(sealed, id_.encode()))
        return terms(said["ids"], [(given, family) for given, family in said["names"]])
