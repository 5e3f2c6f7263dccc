"""Opens the way out to an instance, push, webhook or file, and finds where media come from.

The connector folder says how its product is written to; the instance says where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache, partial
from typing import NamedTuple, Protocol
from urllib.parse import quote, urlsplit

import aiohttp

from preau.clock import Clock
from preau.outlets.address import open_session
from preau.outlets.adults import AdultsOnly
from preau.outlets.fetching import Fetching, Source
from preau.outlets.file_forms import FileForm
from preau.outlets.filing import Drops, Filing
from preau.outlets.mail_forms import NO_MAIL, MailForms
from preau.outlets.mail_relay import MailRelay, post
from preau.outlets.mailing import Mailing
from preau.outlets.operation import FETCH, Operation
from preau.outlets.outcome import Outlet, Target
from preau.outlets.push import Push
from preau.outlets.read_back import NOTHING, ReadBack
from preau.outlets.set_keeping import SetKeeping
from preau.outlets.webhook import SignedWebhook

_NO_BYTES = Operation(FETCH, None, (), 1000)


class Product(NamedTuple):
    """What the folder says: its operations (`read_operations`), the card's `needs`, its people.

    `set` is the format of the complete sets that a directory service takes (`gar`), else empty.
    `read_back` is how it is asked what it holds, `mails` what its distribution lists are sent.
    """

    operations: Mapping[str, Operation]
    needs: Mapping[str, Collection[str]]
    adults_only: bool = False
    forms: tuple[FileForm, ...] = ()
    set: str = ""
    read_back: ReadBack = NOTHING
    mails: MailForms = NO_MAIL


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
        drops: Drops | None = None,
        relay: MailRelay | None = None,
    ) -> None:
        self._instance = instance
        self._product = cache(product)  # read once: it is asked for at every document
        self._clock = clock
        self._drops = drops
        self._relay = relay
        self._sources: dict[str, aiohttp.ClientSession] = {}

    def open(self, name: str) -> Outlet | None:
        """None for an instance that is unknown, disabled, or that nothing is written to.

        Must be called inside a running event loop. With `way_out: webhook`, `base_url` is the
        webhook's address and `secret` its signing secret (`whsec_…`).
        """
        reached = self._instance(name)
        known = {"push", "webhook"} | ({"file"} if self._drops is not None else set())
        if reached is None or reached.disabled or reached.way_out not in known:
            return None
        product = self._product(reached.connector)
        outlet = self._opened(reached, product)
        return AdultsOnly(outlet) if product.adults_only else outlet

    def _opened(self, reached: Reached, product: Product) -> Outlet:
        if product.set and self._drops is not None:
            return SetKeeping(reached.name, product.needs, self._drops, self._clock)
        if reached.way_out == "file" and self._drops is not None:
            return self._by_files(reached, product, self._drops)
        session = open_session(loopback=reached.loopback)
        target = _target(reached)
        if reached.way_out == "webhook":
            return SignedWebhook(target, product.needs, session, self._clock)
        fetching = Fetching(self._source, self._clock)
        said = (product.operations, product.needs)
        return Push(target, *said, session, fetching, self._clock, self._link)

    def _by_files(self, reached: Reached, product: Product, drops: Drops) -> Outlet:
        filing = Filing(reached.name, product.forms, drops, self._link, self._clock)
        relay = self._relay
        if relay is None or not product.mails.letters:
            return filing
        host = urlsplit(reached.base_url).hostname or ""
        return Mailing(filing, product.mails, relay, host, partial(post, relay))

    async def close(self) -> None:
        """Closes the sessions from which media were fetched."""
        for session in self._sources.values():
            await session.close()

    def _link(self, name: str, media: str) -> str:
        """Where that instance's users see a document; empty when its folder does not say."""
        reached = self._instance(name)
        operation = reached and self._product(reached.connector).operations.get(FETCH)
        if reached is None or not operation or not operation.page or not reached.base_url:
            return ""
        path = operation.page.replace("{media}", quote(media, safe=""))
        return reached.base_url.rstrip("/") + path

    def _source(self, name: str) -> Source | None:
        reached = self._instance(name)
        if reached is None or reached.disabled:
            return None
        operation = self._product(reached.connector).operations.get(FETCH, _NO_BYTES)
        if name not in self._sources:
            self._sources[name] = open_session(loopback=reached.loopback)
        return Source(_target(reached), operation, self._sources[name])


def _target(reached: Reached) -> Target:
    return Target(reached.name, reached.base_url, reached.secret, reached.loopback)
