"""Opens the way out to an instance, push or webhook, and finds where media come from.

The connector folder says how its product is written to; the instance says where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import NamedTuple, Protocol

import aiohttp

from preau.clock import Clock
from preau.outlets.address import open_session
from preau.outlets.fetching import Fetching, Source
from preau.outlets.operation import FETCH, Operation
from preau.outlets.outcome import Outlet, Target
from preau.outlets.push import Push
from preau.outlets.webhook import SignedWebhook


class Product(NamedTuple):
    """What the folder says: its operations (`read_operations`) and the card's `needs`."""

    operations: Mapping[str, Operation]
    needs: Mapping[str, Collection[str]]


class Reached(Protocol):
    """An instance as its operator declared it."""

    @property
    def name(self) -> str: ...
    @property
    def connector(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def secret(self) -> str: ...
    @property
    def way_out(self) -> str: ...
    @property
    def loopback(self) -> bool: ...
    @property
    def disabled(self) -> bool: ...


class WaysOut:
    """Opens outlets; the sessions from which media are fetched are shared and closed here."""

    def __init__(
        self,
        instance: Callable[[str], Reached | None],
        product: Callable[[str], Product],
        clock: Clock,
    ) -> None:
        self._instance = instance
        self._product = cache(product)  # read once: it is asked for at every document
        self._clock = clock
        self._sources: dict[str, aiohttp.ClientSession] = {}

    def open(self, name: str) -> Outlet | None:
        """None for an instance that is unknown, disabled, or that nothing is pushed to.

        Must be called inside a running event loop. With `way_out: webhook`, `base_url` is the
        webhook's address and `secret` its signing secret (`whsec_…`).
        """
        reached = self._instance(name)
        if reached is None or reached.disabled or reached.way_out not in {"push", "webhook"}:
            return None
        product = self._product(reached.connector)
        session = open_session(loopback=reached.loopback)
        target = _target(reached)
        if reached.way_out == "webhook":
            return SignedWebhook(target, product.needs, session, self._clock)
        fetching = Fetching(self._source, self._clock)
        return Push(target, product.operations, product.needs, session, fetching, self._clock)

    async def close(self) -> None:
        """Closes the sessions from which media were fetched."""
        for session in self._sources.values():
            await session.close()

    def _source(self, name: str) -> Source | None:
        reached = self._instance(name)
        if reached is None or reached.disabled:
            return None
        operation = self._product(reached.connector).operations.get(FETCH)
        if operation is None:
            return None
        if name not in self._sources:
            self._sources[name] = open_session(loopback=reached.loopback)
        return Source(_target(reached), operation, self._sources[name])


def _target(reached: Reached) -> Target:
    return Target(reached.name, reached.base_url, reached.secret, reached.loopback)
