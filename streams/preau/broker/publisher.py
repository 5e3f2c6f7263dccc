"""Writes a few records and says when Kafka has them on disk: for the edges, not for the loops.

An outcome that is not known (time-out, refused) is `TryAgain`: the same records with the same ids
are sent again later, and whoever reads them twice changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import confluent_kafka as ck

from preau.broker.clients import producer_settings
from preau.broker.records import Output
from preau.errors import Place, TryAgain

TIMEOUT_S = 30.0
_TICK_S = 0.1
_ROOM_S = 5.0

Report = Callable[[str | None], None]
"""Called once per call: None when every record is acknowledged, else what went wrong."""


class Publisher:
    """One idempotent producer shared by every thread and every asyncio task of the process."""

    def __init__(
        self, bootstrap: str, overrides: Mapping[str, str | int | bool] | None = None
    ) -> None:
        settings = producer_settings(bootstrap, overrides)
        self._settings = {**settings, "delivery.report.only.error": False}
        self._producer = self._new()
        self._fatal = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="publisher", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _t: TracebackType | None,
    ) -> None:
        self.close()

    def publish(self, outputs: Sequence[Output], timeout_s: float = TIMEOUT_S) -> None:
        """Returns when every record is acknowledged; raises `TryAgain` otherwise."""
        told = threading.Event()
        problems: list[str | None] = []

        def report(problem: str | None) -> None:
            problems.append(problem)
            told.set()

        self._send(outputs, report)
        if not told.wait(timeout_s):
            raise _unknown(f"no answer within {timeout_s:.0f} s")
        if problems[0] is not None:
            raise _unknown(problems[0])

    async def publish_async(self, outputs: Sequence[Output], timeout_s: float = TIMEOUT_S) -> None:
        """The same for asyncio; many callers at once share the producer's batches."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[str | None] = loop.create_future()

        def settle(problem: str | None) -> None:
            if not answer.done():
                answer.set_result(problem)

        def report(problem: str | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(settle, problem)

        self._send(outputs, report)
        try:
            problem = await asyncio.wait_for(answer, timeout_s)
        except TimeoutError as error:
            raise _unknown(f"no answer within {timeout_s:.0f} s") from error
        if problem is not None:
            raise _unknown(problem)

    def close(self, timeout_s: float = TIMEOUT_S) -> None:
        """Waits for what is under way, then stops; afterwards nothing may be published."""
        self._producer.flush(timeout_s)
        self._closing.set()
        self._thread.join()

    def _send(self, outputs: Sequence[Output], report: Report) -> None:
        if not outputs:
            report(None)
            return
        if self._fatal.is_set():  # an idempotent producer that lost its place never recovers
            self._fatal.clear()
            self._producer = self._new()
        pending = _Pending(len(outputs), report)
        for output in outputs:
            try:
                self._produce(output, pending)
            except (BufferError, ck.KafkaException) as error:
                pending.settle(f"{output.topic}: {_name(error)}")

    def _produce(self, output: Output, pending: _Pending) -> None:
        limit = time.monotonic() + _ROOM_S
        while True:
            try:
                self._producer.produce(
                    output.topic,
                    output.value,
                    output.key,
                    headers=list(output.headers),
                    on_delivery=pending.delivered,
                )
            except BufferError:
                if time.monotonic() > limit:
                    raise
                self._producer.poll(_TICK_S)  # full: let the network take some
            else:
                return

    def _new(self) -> ck.Producer:
        return ck.Producer({**self._settings, "error_cb": self._on_error})

    def _on_error(self, error: ck.KafkaError) -> None:
        if error.fatal():
            self._fatal.set()

    def _serve(self) -> None:
        while not self._closing.is_set():
            self._producer.poll(_TICK_S)


class _Pending:
    """Counts the reports of one call; tells once, when the last has come."""

    def __init__(self, expected: int, report: Report) -> None:
        self._left = expected
        self._report = report
        self._problem: str | None = None
        self._turn = threading.Lock()

    def delivered(self, error: ck.KafkaError | None, message: ck.Message) -> None:
        self.settle(None if error is None else f"{message.topic()}: {error.name()}")

    def settle(self, problem: str | None) -> None:
        with self._turn:
            self._problem = self._problem or problem
            self._left -= 1
            last = self._left == 0
        if last:
            self._report(self._problem)


def _name(error: BufferError | ck.KafkaException) -> str:
    if isinstance(error, ck.KafkaException):
        return str(error.args[0].name())
    return "the producer's queue is full"


def _unknown(what: str) -> TryAgain:
    return TryAgain(
        "KAFKA_WRITE",
        f"not every record was acknowledged ({what})",
        where=Place(field="PREAU_KAFKA"),
        fix="send the same records again: their ids are the same, nothing is doubled",
    )
