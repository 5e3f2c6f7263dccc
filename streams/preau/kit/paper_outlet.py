"""A folder's own way out, up to the call: its operation files are filled in, and nobody is called.

What an ENT would answer is made from what the file says it keeps. Files are really written.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, NamedTuple, cast

import aiohttp
from yarl import URL

from preau.catalogue.catalogue import Connector
from preau.clock import Clock
from preau.outlets.adults import AdultsOnly
from preau.outlets.answer import Answer
from preau.outlets.file_forms import read_forms, read_set
from preau.outlets.filing import Drops, Filing
from preau.outlets.filling import Sheet
from preau.outlets.mail_forms import read_mails
from preau.outlets.mail_relay import SENT, MailRelay
from preau.outlets.mailing import Mailing
from preau.outlets.opening import Product
from preau.outlets.operation import Call, read_operations
from preau.outlets.outcome import Kept, Media, Outcome, Outlet, Parcel, Target
from preau.outlets.push import Push
from preau.outlets.read_back import read_read_back
from preau.outlets.set_keeping import SetKeeping
from preau.outlets.webhook import SignedWebhook

ADDRESS = "https://ent.invalid"
"""Nobody's, by RFC 6761; and nothing connects to it."""

_RELAY = MailRelay("smtps", "ent.invalid", 465, "preau@ent.invalid")


class Called(NamedTuple):
    """One delivery that reached the way out, and what came of it."""

    parcel: Parcel
    outcome: Outcome

    @property
    def done(self) -> bool:
        """Whether the ENT has it now."""
        return self.outcome.state in ("APPLIED", "ACCEPTED")


class PaperOutlet:
    """The way out of a product, and a list of all that went out; `refuses` are operations."""

    def __init__(self, name: str, product: Product, drops: Drops, clock: Clock) -> None:
        self.calls: list[Called] = []
        self.refuses: frozenset[str] = frozenset()
        inner = _opened(name, product, drops, clock)
        self._inner = AdultsOnly(inner) if product.adults_only else inner

    def reads(self, parcel: Parcel) -> set[str]:
        """As the product's own."""
        return self._inner.reads(parcel)

    async def deliver(self, parcel: Parcel, kept: Kept, *, unknown: bool) -> Outcome:
        """One try by the product's own way out, noted."""
        if parcel.operation in self.refuses:
            outcome = Outcome("REFUSED", "NOT_ALLOWED")
        else:
            outcome = await self._inner.deliver(parcel, kept, unknown=unknown)
        self.calls.append(Called(parcel, outcome))
        return outcome

    async def close(self) -> None:
        """Lets a writing that is under way end."""
        await self._inner.close()

    def holds(self) -> dict[str, Parcel]:
        """What the ENT has now, by entity."""
        there: dict[str, Parcel] = {}
        for called in (each for each in self.calls if each.done):
            if called.parcel.operation.endswith("_PUT"):
                there[called.parcel.entity] = called.parcel
            else:
                there.pop(called.parcel.entity, None)
        return there


def read_product(connector: Connector) -> Product:
    """How a product is written to, as its folder says; raises `FixTheFolder`."""
    card, folder = connector.card, connector.path / "outlet"
    operations = read_operations(connector.name, folder, card.needs)
    forms = read_forms(connector.name, folder, card.needs)
    kind = read_set(connector.name, folder)
    back = read_read_back(connector.name, folder, card.needs)
    mails = read_mails(connector.name, folder, card.needs)
    return Product(operations, card.needs, card.adults_only, forms, kind, back, mails)


def _opened(name: str, product: Product, drops: Drops, clock: Clock) -> Outlet:
    if product.set:
        return SetKeeping(name, product.needs, drops, clock)
    if product.forms:
        filing = Filing(name, product.forms, drops, _link, clock)
        return Mailing(filing, product.mails, _RELAY, "ent.invalid", lambda _mail: SENT)
    session = cast("aiohttp.ClientSession", _Nobody())
    if not product.operations:
        target = Target(name, ADDRESS, "whsec_" + "c2VjcmV0" * 4)
        return SignedWebhook(target, product.needs, session, clock)
    target = Target(name, ADDRESS, "secret")
    return _Uncalled(target, product.operations, product.needs, session, _media, clock, _link)


class _Uncalled(Push):
    """Everything of a push but the exchange itself."""

    async def call(self, call: Call, sheet: Sheet, parcel: Parcel, base: URL) -> Answer | Outcome:
        """Fills in the call as for a real one (a missing id is told alike), and answers it."""
        del base
        for fill in (sheet.path, sheet.query, sheet.json):
            fill(call)
        body: Any = {}
        for name, path in call.keep.items():
            body = _with(body, path.split("."), f"{name}-{parcel.entity[-9:]}")
        return Answer(200, {}, body)


def _with(body: Any, path: list[str], value: str) -> Any:
    """The plain value with one more, at a path; a number in it makes a list."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if head.isdigit():
        items = body if isinstance(body, list) else []
        items += [{} for _ in range(int(head) + 1 - len(items))]
        items[int(head)] = _with(items[int(head)], rest, value)
        return items
    inner = body if isinstance(body, dict) else {}
    return {**inner, head: _with(inner.get(head, {}), rest, value)}


class _Nobody:
    """In the place of a session: whatever is posted is taken, and goes nowhere."""

    @asynccontextmanager
    async def post(self, _url: URL, **_said: object) -> AsyncIterator[_Taken]:
        """What a webhook posts."""
        yield _Taken()

    async def close(self) -> None:
        """There is no connection."""


class _Taken:
    """The answer: 200."""

    status = 200
    headers: Mapping[str, str] = MappingProxyType({})


async def _media(_instance: str, media: str) -> Media:
    return Media(b"%PDF-1.7", "application/pdf", f"{media}.pdf")


def _link(_instance: str, media: str) -> str:
    return f"https://autre-ent.invalid/documents/{media}"
