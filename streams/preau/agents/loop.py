"""The loop every step runs in: take a batch, compute, produce, wait for every report, commit.

The order of these five is the whole guarantee (at least once): an offset is committed only when
every output of every record before it has been acknowledged. Settings and call shapes are those
measured in the performance notes: `poll` then `consume(n, 0)`, never `consume(n, t)` alone.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

import confluent_kafka as ck

from preau.broker.clients import consumer_settings, producer_settings
from preau.broker.membership import give_up_place
from preau.broker.records import Arrival, Output, arrival
from preau.broker.standstill import Places, waiting
from preau.errors import Place, TryAgain

BATCH = 1_000
CHECKPOINT_S = 1.0
TICK_S = 1.0
CHECKPOINT_RECORDS = 20_000
FLUSH_S = 30.0
QUIET_S = 20.0
"""After so long without a record it is looked at what waits; the same twice is a standstill."""
Message = Any
"""A `ck.Message` without an error: topic, place and bytes are there; its types leave them open."""


class Step(Protocol):
    """One stream: a name, the topics it reads, and a repeatable function over a batch."""

    name: str

    def topics(self) -> list[str]:
        """Exact names, or one regular expression beginning with `^`."""
        ...

    def handle(self, batch: Sequence[Arrival]) -> Iterable[Output]:
        """The outputs of a batch; called again with the same batch, the same outputs."""
        ...


@runtime_checkable
class Opening(Protocol):
    """A step that may owe outputs to an earlier life, one that was killed between SQL and Kafka."""

    def opening(self) -> Iterable[Output]:
        """What is owed; sent and acknowledged once, before the first batch is read."""
        ...


@runtime_checkable
class Acknowledged(Protocol):
    """A step that keeps its outputs until Kafka has them."""

    def acknowledged(self) -> None:
        """Every output given so far is on disk; the offsets are committed after this returns."""
        ...


@runtime_checkable
class Timed(Protocol):
    """A step that has something to look at though nothing arrives: the store, the date."""

    def tick(self) -> Iterable[Output]:
        """What follows; asked for once a second, between two batches."""
        ...


class Loop:
    """Runs one step until told to stop; raises what the step or Kafka raises, uncommitted."""

    def __init__(
        self,
        bootstrap: str,
        step: Step,
        *,
        on_batch: Callable[[int, int], None] = lambda _in, _out: None,
        slot: int = 0,
    ) -> None:
        self._step = step
        self._on_batch = on_batch
        self._failed: list[str] = []
        self._done: dict[tuple[str, int], int] = {}
        self._since = 0
        self._last = self._heard = time.monotonic()
        self._round: float | None = None
        self._unmoved: Places = ()
        self._timed = step if isinstance(step, Timed) else None
        self._ticked = 0.0
        self._stopping = False
        self._producer = ck.Producer(
            {**producer_settings(bootstrap), "on_delivery": self._on_delivery}
        )
        self._bootstrap, self._group = bootstrap, f"preau-{step.name}"
        self._member = f"{step.name}-{slot}"
        membership = consumer_settings(bootstrap, self._group, _membership(self._member))
        self._consumer = ck.Consumer({**membership, "on_commit": self._on_commit})

    def stop(self) -> None:
        """Asks the loop to finish its batch, commit and return; may be called from any thread."""
        self._stopping = True

    @property
    def in_round_s(self) -> float:
        """For how long, in seconds, it has been in its present round; 0 before the first."""
        return 0.0 if self._round is None else time.monotonic() - self._round

    def run(self) -> None:
        """Works until `stop`; a clean stop commits everything that was acknowledged."""
        settle_memory()
        try:
            self._open()
            give_up_place(self._bootstrap, self._group, self._member)
            self._consumer.subscribe(
                self._step.topics(),
                on_revoke=lambda *_: self._checkpoint(wait=True),
                on_lost=lambda *_: self._done.clear(),
            )
            while not self._stopping:
                self._round = time.monotonic()
                self._work(self._take())
                self._tick()
                self._look()
                if self._since >= CHECKPOINT_RECORDS or self._due():
                    self._checkpoint(wait=False)
            self._checkpoint(wait=True)
        finally:
            self._consumer.close()

    def _open(self) -> None:
        if isinstance(self._step, Opening):
            self._produce(self._step.opening())
            self._confirm()

    def _take(self) -> list[Arrival]:
        first = self._consumer.poll(0.1)
        if first is None:
            return []
        batch = (first, *self._consumer.consume(BATCH - 1, 0))
        self._heard, self._unmoved = time.monotonic(), ()
        return [arrival(message) for message in batch if message.error() is None or _sound(message)]

    def _work(self, batch: list[Arrival]) -> None:
        if not batch:
            self._producer.poll(0)
            return
        sent = self._produce(self._step.handle(batch))
        for place, offset in {(topic, part): at for topic, part, at, *_ in batch}.items():
            self._done[place] = offset + 1
        self._since += len(batch)
        self._on_batch(len(batch), sent)

    def _produce(self, outputs: Iterable[Output]) -> int:
        produce: Callable[..., None] = self._producer.produce
        poll, sent = self._producer.poll, 0
        for topic, key, value, headers in outputs:
            while True:
                try:
                    produce(topic, value, key, headers=headers)
                    break
                except BufferError:  # the queue is full: let the network take some
                    poll(0.5)
            sent += 1
        poll(0)
        return sent

    def _tick(self) -> None:
        if self._timed is None or time.monotonic() - self._ticked < TICK_S:
            return
        self._ticked = time.monotonic()
        if self._produce(self._timed.tick()):
            self._confirm()

    def _look(self) -> None:
        if self._since or time.monotonic() - self._heard < QUIET_S:
            return
        waits = waiting(self._bootstrap, self._group, self._step.topics())
        before, self._unmoved = self._unmoved, waits
        self._heard = time.monotonic()
        if self._unmoved and before == self._unmoved:
            raise TryAgain(
                "KAFKA_STILL",
                f"records wait in {len(before)} partitions and none has come for {QUIET_S:.0f} s",
                where=Place(file=before[0][0]),
                fix="nothing is lost: the process is started again and reads on where it was",
            )

    def _due(self) -> bool:
        return bool(self._done) and time.monotonic() - self._last > CHECKPOINT_S

    def _checkpoint(self, *, wait: bool) -> None:
        if not self._done:
            return
        self._confirm()
        offsets = [ck.TopicPartition(t, p, offset) for (t, p), offset in self._done.items()]
        if wait:
            self._consumer.commit(offsets=offsets, asynchronous=False)
        else:
            self._consumer.commit(offsets=offsets, asynchronous=True)
        self._done.clear()
        self._since, self._last = 0, time.monotonic()

    def _confirm(self) -> None:
        left = self._producer.flush(FLUSH_S)
        if left or self._failed:
            self._done.clear()
            raise TryAgain(
                "KAFKA_WRITE",
                f"{left} outputs unanswered, {len(self._failed)} refused ({self._failed[:1]})",
                fix="nothing was committed: the batch is worked again",
            )
        if isinstance(self._step, Acknowledged):
            self._step.acknowledged()

    def _on_commit(self, error: ck.KafkaError | None, places: list[ck.TopicPartition]) -> None:
        """What Kafka did not take, just restarted say, is committed again while it is ours."""
        refused = [at for at in places if error is not None or at.error is not None]
        if not refused or self._stopping:
            return
        ours = {(at.topic, at.partition) for at in self._consumer.assignment()}
        for at in refused:
            if (at.topic, at.partition) in ours:
                self._done.setdefault((at.topic, at.partition), at.offset)

    def _on_delivery(self, error: ck.KafkaError | None, message: ck.Message) -> None:
        if error is not None:
            self._failed.append(f"{message.topic()}: {error.name()}")


def settle_memory() -> None:
    """Lets Python's collector of cycles run less: its visits take a sixth of the time of a batch.

    What start-up made lives as long as the process, and is not visited again; what a batch makes
    holds no cycles, and a batch of `BATCH` makes some 5,000 objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20 * BATCH, 10, 10)


def _sound(message: Message) -> bool:
    """False for what may be passed over: a pattern that no topic matches yet; raises otherwise."""
    error = message.error()
    if error is None:
        return True
    unmatched = error.code() == ck.KafkaError.UNKNOWN_TOPIC_OR_PART
    if unmatched and (message.topic() or "").startswith("^"):
        return False
    raise TryAgain("KAFKA_READ", f"Kafka refused a read: {error.name()}")


def _membership(member: str) -> dict[str, str | int | bool]:
    """A static member: killed and started again in its slot, it has its partitions back at once."""
    return {
        "group.instance.id": member,
        "session.timeout.ms": 10_000,
        "topic.metadata.refresh.interval.ms": 5_000,  # a new instance's topic is seen in 5 s
    }
