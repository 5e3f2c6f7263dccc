"""Says again what is still true and was said long ago: Kafka drops what is personal after 83 days.

A pupil of September is still in the class in January, and nobody says so: imports bring changes
only. So a state that is `AGE_MS` old is written once more, byte for byte: a repeat for every step.
What was deleted since, or erased, is left to go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Protocol

from preau.broker.backlog import Timed
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON, DAY_MS, PERSONAL_STATE
from preau.canon.codec import decode
from preau.clock import Clock
from preau.errors import SetAside

AGE_MS = 55 * DAY_MS
TOPICS = tuple(sorted(CANON + record for record in PERSONAL_STATE))


class Shelf(Protocol):
    """What Kafka holds, one partition after another; `preau.broker.backlog.Backlog`."""

    def partitions(self, topics: Sequence[str]) -> Iterable[tuple[str, int]]:
        """Those of these topics that exist."""
        ...

    def partition(self, topic: str, partition: int, start: int = 0) -> Iterator[Timed]:
        """Its records from an offset to its present end."""
        ...


Write = Callable[[Sequence[Output]], None]
"""Returns when Kafka has every record; raises `TryAgain` otherwise."""


class Refreshing:
    """Looks through all that is kept; repeatable, and harmless beside the steps at work."""

    def __init__(self, shelf: Shelf, write: Write, clock: Clock) -> None:
        self._shelf = shelf
        self._put = write
        self._clock = clock

    def run(self) -> int:
        """Says again what is due; how many records that was."""
        return sum(self._partition(*place) for place in self._shelf.partitions(TOPICS))

    def _partition(self, topic: str, partition: int) -> int:
        last: dict[bytes, tuple[int, int]] = {}
        end = 0
        for arrival, at in self._shelf.partition(topic, partition):
            if arrival.key is not None:
                last[arrival.key] = (arrival.offset, at)
            end = arrival.offset + 1
        limit = self._clock.now_ms() - AGE_MS
        due = {offset for offset, at in last.values() if at <= limit}
        return self._again(topic, partition, due, end) if due else 0

    def _again(self, topic: str, partition: int, due: Collection[int], end: int) -> int:
        count = 0
        chunk: list[Output] = []
        said: set[bytes | None] = set()
        for arrival, _ in self._shelf.partition(topic, partition, min(due)):
            if arrival.offset in due and _true(arrival):
                chunk.append(_output(arrival))
                said.add(arrival.key)
            if len(chunk) == _CHUNK:
                count += self._write(chunk)
                chunk = []
        count += self._write(chunk)
        self._mend(topic, partition, said, end)
        return count

    def _write(self, outputs: Sequence[Output]) -> int:
        if outputs:
            self._put(outputs)
        return len(outputs)

    def _mend(self, topic: str, partition: int, said: set[bytes | None], end: int) -> None:
        """What was newer and came just before our repeat must be the last word again."""
        newest: dict[bytes | None, Arrival] = {}
        last: dict[bytes | None, Arrival] = {}
        for arrival, _ in self._shelf.partition(topic, partition, end):
            if arrival.key in said:
                last[arrival.key] = arrival
                if _version(arrival) >= _version(newest.get(arrival.key)):
                    newest[arrival.key] = arrival
        wrong = [key for key, arrival in last.items() if arrival.value != newest[key].value]
        if wrong:
            self._write([_output(newest[key]) for key in wrong])


_CHUNK = 1_000
_GONE = 1 << 62


def _true(arrival: Arrival) -> bool:
    """Whether it still says something: no tombstone, no deletion, readable."""
    if arrival.value is None:
        return False
    try:
        return not decode(arrival.value).value["meta"]["deleted"]
    except SetAside:
        return False


def _version(arrival: Arrival | None) -> int:
    """Its version; a tombstone is newer than anything."""
    if arrival is None:
        return -1
    if arrival.value is None:
        return _GONE
    try:
        version: int = decode(arrival.value).value["meta"]["version"]
    except SetAside:
        return -1
    return version


def _output(arrival: Arrival) -> Output:
    return Output(arrival.topic, arrival.key, arrival.value, list(arrival.headers.items()))
