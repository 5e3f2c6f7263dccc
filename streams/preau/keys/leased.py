"""Opened keys kept at hand for a while: few enough for memory, short enough for an erasure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import Generic, TypeVar

from preau.clock import Clock

#: A key that was destroyed is still used by a running process for at most this long.
LEASE_MS = 30_000
CAPACITY = 20_000
N = TypeVar("N")
V = TypeVar("V")


class Leased(Generic[N, V]):
    """What `ask` answered, at most `capacity` of it, the least recently used dropped first.

    Everything is dropped when the lease ends, and when the clock was set back.
    """

    def __init__(
        self,
        ask: Callable[[Collection[N]], Mapping[N, V]],
        clock: Clock,
        capacity: int = CAPACITY,
        lease_ms: int = LEASE_MS,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._capacity = capacity
        self._lease_ms = lease_ms
        self._kept: OrderedDict[N, V] = OrderedDict()
        self._since = clock.now_ms()

    def take(self, names: Collection[N]) -> dict[N, V]:
        """What belongs to these names, asking once for all that is not at hand."""
        self._end_lease()
        kept, taken, missing = self._kept, {}, []
        for name in names:
            value = kept.get(name)
            if value is None:
                missing.append(name)
            else:
                kept.move_to_end(name)
                taken[name] = value
        if missing:
            found = self._ask(missing)
            taken.update(found)
            kept.update(found)
            while len(kept) > self._capacity:
                kept.popitem(last=False)
        return taken

    def _end_lease(self) -> None:
        now = self._clock.now_ms()
        if not 0 <= now - self._since < self._lease_ms:
            self._kept.clear()
            self._since = now
