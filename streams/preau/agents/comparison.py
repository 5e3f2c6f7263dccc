"""Compares one instance: what it should hold is read, it is asked, what it should hold read again.

An ENT that is down ends the comparison, and nothing of it counts. What differs is noted; where its
folder says so it is to be repaired, which the step `projects` does, unless there is too much at
once: that waits for a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import aiohttp
import sqlalchemy as sa

from preau.agents.comparing import Asked, Hide, Result, Sight, compared, groups_of
from preau.clock import Clock
from preau.outlets.inventory import Busy, Held, Inventory, Unread
from preau.outlets.outcome import Kept, Parcel, Target
from preau.outlets.read_back import GROUP, Question, ReadBack
from preau.store import comparisons, drifts, holdings
from preau.store.comparisons import Comparison
from preau.store.drifts import EXTRA, FOUND, MISSING, REPAIR, TOLD, Drift
from preau.store.holdings import GONE, HELD, Holding

AGAIN_S = (1.0, 4.0)
"""Before a question is asked once more, and a third time."""
PATIENCE_MS = 60_000
"""A longer wait that an ENT asks for ends the comparison."""
MOST_REPAIRS = 3
"""What was repaired so often and is gone again is left to a person."""


class Compared(NamedTuple):
    """One instance to compare: where it is, and how its product can be asked."""

    target: Target
    read_back: ReadBack
    needs: Mapping[str, tuple[str, ...]]


class CompareTools(NamedTuple):
    """`hide`: an id → its keyed digest."""

    engine: sa.Engine
    clock: Clock
    hide: Hide


class Comparing:
    """One comparison; `confirmed`: a person says that a mass of differences is real."""

    def __init__(self, what: Compared, tools: CompareTools, *, confirmed: bool = False) -> None:
        self._what = what
        self._tools = tools
        self._confirmed = confirmed
        self._unread = 0

    async def run(self, session: aiohttp.ClientSession) -> Comparison:
        """How it went; it is noted. Raises `Busy`, and then nothing is."""
        what, tools = self._what, self._tools
        inventory = Inventory(what.target, what.read_back, what.needs, session, tools.clock)
        before = await asyncio.to_thread(self._holdings)
        seen: dict[Asked, Held] = {}
        for group in groups_of(before).values():
            await self._ask_group(inventory, before, group, seen)
        return await asyncio.to_thread(self._conclude, before, seen)

    async def _ask_group(
        self,
        inventory: Inventory,
        before: Mapping[str, Holding],
        group: str,
        seen: dict[Asked, Held],
    ) -> None:
        """A group that is not there is not asked what is in it."""
        holding, questions = before[group], self._what.read_back.questions
        if holding.state not in {HELD, GONE}:
            return
        for record, about in _asked(questions, before, group):
            question, entity = questions[record], about or group
            if record != GROUP and not _there(seen.get((GROUP, group))):
                return
            found = await self._patiently(inventory, question, before, (entity, group))
            if isinstance(found, Held):
                seen[record, entity] = found
            elif before[entity].state == HELD:
                self._unread += 1

    async def _patiently(
        self,
        inventory: Inventory,
        question: Question,
        before: Mapping[str, Holding],
        about: tuple[str, str],
    ) -> Held | Unread:
        entity, group = about
        holding = before[entity]
        parcel = Parcel(
            *("", self._what.target.instance, question.operation, entity, holding.version, "", 0),
            {**holding.body, GROUP: group.partition(":")[2]},
        )
        kept: Kept = {each: before[each].native for each in (entity, group)}
        for wait_s in (*AGAIN_S, None):
            try:
                return await inventory.ask(question, parcel, kept)
            except Busy as busy:
                if wait_s is None or busy.wait_ms > PATIENCE_MS:
                    raise
                await asyncio.sleep(max(wait_s, busy.wait_ms / 1000))
        raise AssertionError

    def _holdings(self) -> dict[str, Holding]:
        with self._tools.engine.connect() as connection:
            return holdings.of(connection, self._what.target.instance)

    def _conclude(self, before: Mapping[str, Holding], seen: Mapping[Asked, Held]) -> Comparison:
        name, now = self._what.target.instance, self._tools.clock.now_ms()
        with self._tools.engine.begin() as connection:
            after = holdings.of(connection, name)
            result = compared(
                Sight(before, after, seen, self._what.read_back.questions), self._hide
            )
            known = {row.entity: row for row in drifts.of(connection, name)}
            drifts.drop(connection, _over(known, result, after))
            drifts.put(connection, self._rows(result, known, now))
            told = self._summary(result, comparisons.get(connection, name), now)
            comparisons.put(connection, told)
        return told

    def _hide(self, text: str) -> str:
        return self._tools.hide(f"{self._what.target.instance}/{text}")

    def _rows(self, result: Result, known: Mapping[str, Drift], now: int) -> Iterator[Drift]:
        for each in result.found:
            row = Drift(self._what.target.instance, *each, found_at=now, at=now)
            old = known.get(each.entity)
            if old is not None:
                again = old.state in {drifts.REPAIRED, drifts.FAILED}
                row = row._replace(times=old.times, found_at=now if again else old.found_at)
            state = self._state(row, result)
            if old is not None and (old.kind, old.state) == (row.kind, state):
                row = row._replace(at=old.at)
            yield row._replace(state=state)

    def _state(self, row: Drift, result: Result) -> str:
        """What becomes of it: what the hub did not put there is never touched."""
        record = GROUP if row.entity == row.within else _record(row)
        question = self._what.read_back.questions.get(record)
        in_lost_group = any(e.entity == row.within and e.kind == MISSING for e in result.found)
        if in_lost_group:
            question = self._what.read_back.questions.get(GROUP, question)
        if row.foreign or question is None or not question.repair:
            return FOUND
        if not self._confirmed and (result.mass or row.times >= MOST_REPAIRS):
            return drifts.HELD
        return REPAIR

    def _summary(self, result: Result, before: Comparison, now: int) -> Comparison:
        kinds = [each.kind for each in result.found]
        foreign = sum(1 for each in result.found if each.entity.startswith(drifts.FOREIGN))
        return before._replace(
            at=now,
            compared_at=now,
            should=result.should,
            unread=self._unread,
            missing=kinds.count(MISSING),
            extra=kinds.count(EXTRA),
            foreign=foreign,
            different=kinds.count(drifts.DIFFERENT),
            held=int(result.mass and not self._confirmed),
            code="",
            tries=0,
        )


def _asked(
    questions: Mapping[str, Question], before: Mapping[str, Holding], group: str
) -> Iterator[tuple[str, str]]:
    """(record, entity) of every question about a group and what is in it; the group first.

    Of a group that was withdrawn, only whether it is there.
    """
    project, withdrawn = before[group].project, before[group].state == GONE
    for record, question in sorted(questions.items(), key=lambda each: each[0] != GROUP):
        if record == GROUP:
            yield record, ""
        elif withdrawn:
            return
        elif not question.each:
            yield record, ""
        else:
            for entity, holding in before.items():
                mine = (holding.project, holding.what) == (project, record.upper())
                if mine and holding.state in {HELD, GONE}:
                    yield record, entity


def _there(seen: Held | None) -> bool:
    """Whether a group may be there; nobody asked about it, perhaps."""
    return seen is None or bool(seen.items)


def _over(
    known: Mapping[str, Drift], result: Result, after: Mapping[str, Holding]
) -> Iterable[Drift]:
    """What was noted once and is no difference any more; what is being told is left alone."""
    found = {each.entity for each in result.found}
    for entity, row in known.items():
        if entity in found or row.state == drifts.REPAIRED:
            continue
        about = entity.rpartition(":")[0] if row.foreign else entity
        if _moot(row, after) or (about in result.concluded and row.state != TOLD):
            yield row


def _moot(row: Drift, after: Mapping[str, Holding]) -> bool:
    """Whether the thing is to be the other way round by now: withdrawn, or there."""
    if row.foreign:
        return False
    holding = after.get(row.entity)
    return holding is None or holding.state == (HELD if row.kind == EXTRA else GONE)


def _record(row: Drift) -> str:
    return "member" if row.what in {"CLASS", "MEMBER"} else row.what.lower()
