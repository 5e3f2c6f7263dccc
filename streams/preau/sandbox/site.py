"""Puts one fictional ENT together and binds it to a loopback port."""

from __future__ import annotations

import socket
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from aiohttp import web

from preau.clock import Clock, SystemClock
from preau.sandbox.emitter import Emitter
from preau.sandbox.instances import INSTANCES
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Product, create_site

HERE = Path(__file__).parent
PRODUCTS = tuple(sorted(file.parent.name for file in HERE.glob("*/product.py")))
"""A product is a folder here with a `product.py`: nothing else names it."""


class Made(Protocol):
    """What `product.py` of a product holds: the tables of its state, and how it is put together."""

    TABLES: str

    def product(self, ledger: Ledger, token: str, origin: str, /) -> Product: ...


def open_site(
    product: str,
    data: Path,
    token: str,
    origin: str,
    hub: tuple[str, str] = ("", ""),
    clock: Clock | None = None,
) -> web.Application:
    """The server of `product` over the state in `data`; `origin` is its own address.

    `product` may be the name of an instance: then it has that name and title from the beginning.
    """
    named = INSTANCES.get(product)
    product = named.product if named else product
    parts = cast("Made", import_module(f"preau.sandbox.{product}.product"))
    ledger = Ledger(data / f"{product}.db", parts.TABLES, clock or SystemClock())
    if named is not None:
        with ledger.transaction():
            ledger.set("instance", ledger.setting("instance") or named.name)
            ledger.set("title", ledger.setting("title") or named.title)
    emitter = Emitter(ledger)
    if hub[0]:
        with ledger.transaction():
            emitter.aim({"url": hub[0], "key": hub[1]})
    site = create_site(parts.product(ledger, token, origin), token, emitter)

    async def close(_site: web.Application) -> None:
        ledger.close()

    site.on_cleanup.append(close)
    return site


async def started(
    make: Callable[[str], web.Application], port: int = 0
) -> tuple[web.AppRunner, str]:
    """A running server and its address; the port is taken before the site is made."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", port))
    origin = f"http://127.0.0.1:{door.getsockname()[1]}"
    runner = web.AppRunner(make(origin), access_log=None)
    await runner.setup()
    await web.SockSite(runner, door).start()
    return runner, origin
