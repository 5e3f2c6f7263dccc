"""One destination's queue: what is due goes out, in order per entity, and what came of it is kept.

The order of things is the guarantee. A row is marked started, durably, before its first call; when
nobody knows how an earlier try ended, the outlet looks before it acts; a receipt is acknowledged by
Kafka before the row is done. So a process killed anywhere repeats at most a question or a receipt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import structlog

from preau.agents.listed import within
from preau.agents.outbox import Leave, Outbox
from preau.agents.receipt import Encode, receipt
from preau.agents.schedule import Pause, next_try_ms
from preau.broker.records import Output
from preau.clock import Clock
from preau.errors import TryAgain
from preau.outlets.outcome import CIRCLE, Outcome, Outlet, Parcel
from preau.outlets.reasons import PARENT_REFUSED, REPAIRED
from preau.store.circles import Circle
from preau.store.deliveries import Claimed, Delivery, Settled

AT_ONCE = 16
"""Entities that one destination is called for at the same time."""
_LOOK_AGAIN_S = 0.5
_TROUBLES = frozenset({"UNREACHABLE", "NO_ANSWER", "DISABLED", "NOT_AUTHENTICATED", "ENT_ERROR"})
"""Reasons that say more of the destination than of the row: it is left alone for a while."""
_PUBLISH_AGAIN_S = 0.2
log = structlog.get_logger()

Publish = Callable[[Sequence[Output]], Awaitable[None]]
"""Returns when Kafka has every record; raises `TryAgain` otherwise."""


class Tools(NamedTuple):
    """What every dispatcher of a process shares."""

    outbox: Outbox
    leave: Leave
    publish: Publish
    encode: Encode
    clock: Clock
    on_receipt: Callable[[str, str], None] = lambda _destination, _outcome: None
    on_disable: Callable[[str], None] = lambda _destination: None
    circle: Callable[[str, str], Circle] = lambda _project, _destination: Circle()


@dataclass
class _Result:
    """One row's end or postponement on its way to the store."""

    settled: Settled
    output: Output
    kept: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Dispatcher:
    """Works one destination until stopped; another destination's trouble never reaches it."""

    def __init__(self, destination: str, outlet: Outlet, tools: Tools) -> None:
        self._destination = destination
        self._outlet = outlet
        self._tools = tools
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._results: asyncio.Queue[_Result] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._trouble: BaseException | None = None
        self._ended = False
        self._pause = Pause()
        self._calm_until = 0.0
        self._probes = 0
        self._hanging: frozenset[str] = frozenset()

    def wake(self) -> None:
        """Says that there may be something new to deliver."""
        self._changed.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Delivers until `stop`, then lets what is under way end."""
        await asyncio.to_thread(self._tools.outbox.release, self._destination)
        keeper = asyncio.ensure_future(self._keep())
        try:
            while not (stop.is_set() or self._ended or self._trouble or keeper.done()):
                if not (await self._claim() or await self._refuse_orphans()):
                    await self._wait()
            rest = asyncio.ensure_future(self._rest())
            await asyncio.wait({rest, keeper}, return_when=asyncio.FIRST_COMPLETED)
            if self._trouble is not None:
                raise self._trouble
        finally:
            for task in (*self._busy.values(), keeper):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
            await self.close()

    async def close(self) -> None:
        """Lets the ENT's connection go; repeatable."""
        await self._outlet.close()

    async def _rest(self) -> None:
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def _wait(self) -> None:
        quiet = self._calm_until - asyncio.get_running_loop().time()
        if quiet > 0:
            await asyncio.sleep(min(quiet, _LOOK_AGAIN_S))
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), _LOOK_AGAIN_S)

    async def _claim(self) -> bool:
        free = AT_ONCE - len(self._busy)
        if self._calm_until:  # what hangs since before does not keep a probe from going
            free = min(free, 1 - len(self._busy.keys() - self._hanging))
        if free <= 0 or asyncio.get_running_loop().time() < self._calm_until:
            self._changed.clear()
            return False
        self._changed.clear()
        outbox, now = self._tools.outbox, self._tools.clock.now_ms()
        claim = outbox.youngest if self._probes_youngest() else outbox.claim
        claimed = await asyncio.to_thread(
            claim, self._destination, now, free, frozenset(self._busy)
        )
        for each in claimed:
            self._begin(each, self._work(each))
        return bool(claimed)

    def _probes_youngest(self) -> bool:
        """A troubled ENT is tried with the oldest thing and the youngest in turn.

        It may choke on some things only, perhaps many in a row: one that it takes ends the calm.
        """
        self._probes = self._probes + 1 if self._calm_until else 0
        return self._probes % 2 == 1

    async def _refuse_orphans(self) -> bool:
        """What depends on something that the ENT refused is refused too, without a call."""
        if len(self._busy) >= AT_ONCE:
            return False
        orphans, busy = self._tools.outbox.orphans, frozenset(self._busy)
        found = await asyncio.to_thread(orphans, self._destination, AT_ONCE, busy)
        for each in found:
            self._begin(each, self._end(each, Outcome("REFUSED", PARENT_REFUSED, sent=False)))
        return bool(found)

    def _begin(self, claimed: Claimed, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._busy[claimed.delivery.entity] = task
        task.add_done_callback(self._freed(claimed.delivery.entity))

    def _freed(self, entity: str) -> Callable[[asyncio.Task[None]], None]:
        def freed(task: asyncio.Task[None]) -> None:
            self._busy.pop(entity, None)
            if not task.cancelled():
                self._trouble = self._trouble or task.exception()
            self._changed.set()

        return freed

    async def _work(self, claimed: Claimed) -> None:
        outcome = await self._attempt(claimed)
        self._take_pulse(outcome)
        await self._end(claimed, outcome)

    async def _end(self, claimed: Claimed, outcome: Outcome) -> None:
        result = self._result(claimed, outcome)
        self._results.put_nowait(result)
        await result.kept

    async def _attempt(self, claimed: Claimed) -> Outcome:
        parcel, kept = await asyncio.to_thread(self._prepared, claimed.delivery)
        if parcel is None:
            return Outcome("REFUSED", "NO_MANDATE", sent=False)
        unknown = claimed.unknown or claimed.repair  # we saw no such thing: look once more
        outcome = await self._outlet.deliver(parcel, kept, unknown=unknown)
        if claimed.repair and outcome.state == "APPLIED" and not outcome.reason:
            return outcome._replace(reason=REPAIRED)
        return outcome

    def _prepared(self, delivery: Delivery) -> tuple[Parcel | None, dict[str, dict[str, str]]]:
        """What may leave now, asked again at each try, and the ids that it needs."""
        tools, now, operation = self._tools, self._tools.clock.now_ms(), delivery.operation
        listed = tools.leave.listed(delivery.project, self._destination, operation, now)
        body = within(operation, delivery.body, listed)
        if body is None:
            return None, {}
        parcel = parcel_of(delivery._replace(body=body))
        reads = self._outlet.reads(parcel)
        if CIRCLE in reads:
            parcel = parcel._replace(circle=tools.circle(delivery.project, self._destination))
        found = tools.outbox.natives(self._destination, reads) if reads else {}
        return parcel, {entity: dict(kept) for entity, kept in found.items()}

    def _take_pulse(self, outcome: Outcome) -> None:
        now = asyncio.get_running_loop().time()
        if outcome.state == "LATER" and outcome.reason in _TROUBLES and not outcome.wait_ms:
            if now >= self._calm_until:  # sixteen failures at once are one failure
                self._calm_until = now + self._pause.longer()
                self._hanging = frozenset(self._busy)
        elif outcome.state == "LATER" and outcome.wait_ms:
            self._calm_until = max(self._calm_until, now + outcome.wait_ms / 1000)
        elif outcome.sent:
            self._calm_until = 0.0
            self._pause.over()
        if outcome.disable:
            self._ended = True
            self._tools.on_disable(self._destination)

    def _result(self, claimed: Claimed, outcome: Outcome) -> _Result:
        now, delivery = self._tools.clock.now_ms(), claimed.delivery
        counted = claimed.attempts + (outcome.reason != "UNREACHABLE")
        wait = next_try_ms(max(counted, 1), outcome.wait_ms) if outcome.state == "LATER" else None
        if outcome.state == "LATER" and wait is not None:
            again = now if outcome.reason == "UNREACHABLE" else now + wait
            settled = Settled(
                *(delivery.destination, delivery.entity, delivery.version, "WAITING", "PENDING"),
                *(outcome.reason, again, dict(outcome.kept)),
                unknown=_in_doubt(claimed, outcome),
                attempts=counted,
            )
        else:
            state = "EXPIRED" if outcome.state == "LATER" else outcome.state
            settled = Settled(
                *(delivery.destination, delivery.entity, delivery.version, "DONE", state),
                *(outcome.reason, 0, dict(outcome.kept)),
                forget=state == "APPLIED" and delivery.operation.endswith("_REMOVE"),
                unknown=_in_doubt(claimed, outcome),
                attempts=counted,
            )
        return _Result(settled, receipt(delivery, settled, now, self._tools.encode))

    async def _keep(self) -> None:
        while True:
            results = [await self._results.get()]
            while not self._results.empty():
                results.append(self._results.get_nowait())
            await self._publish([result.output for result in results])
            settled = [result.settled for result in results]
            await asyncio.to_thread(self._tools.outbox.settle, settled)
            for result in results:
                self._tools.on_receipt(self._destination, result.settled.outcome)
                result.kept.set_result(None)

    async def _publish(self, outputs: Sequence[Output]) -> None:
        while True:
            try:
                await self._tools.publish(outputs)
            except TryAgain as error:
                log.warning("receipts wait for Kafka", code=error.code)
                await asyncio.sleep(_PUBLISH_AGAIN_S)
            else:
                return


def _in_doubt(claimed: Claimed, outcome: Outcome) -> bool:
    """Whether nobody knows what the ENT did: what follows then looks before it acts."""
    if outcome.state == "LATER":
        return claimed.unknown or outcome.sent
    return claimed.unknown and not outcome.sent


def parcel_of(delivery: Delivery) -> Parcel:
    """A row of the outbox as an outlet sees it."""
    return Parcel(
        delivery.event_id,
        delivery.destination,
        delivery.operation,
        delivery.entity,
        delivery.version,
        delivery.cause,
        delivery.occurred_at,
        delivery.body,
    )
