"""Puts one fictional ENT together and binds it to a loopback port."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from preau.clock import Clock, SystemClock
from preau.sandbox import beneylu_state, edifice_state
from preau.sandbox.beneylu import Beneylu
from preau.sandbox.beneylu_life import BeneyluLife
from preau.sandbox.edifice import Edifice
from preau.sandbox.edifice_life import EdificeLife
from preau.sandbox.emitter import Emitter
from preau.sandbox.ledger import Ledger
from preau.sandbox.surface import Product, create_site

PRODUCTS = ("beneylu", "edifice")


def open_site(
    product: str,
    data: Path,
    token: str,
    origin: str,
    hub: tuple[str, str] = ("", ""),
    clock: Clock | None = None,
) -> web.Application:
    """The server of `product` over the state in `data`; `origin` is its own address."""
    tables = {"beneylu": beneylu_state.TABLES, "edifice": edifice_state.TABLES}[product]
    ledger = Ledger(data / f"{product}.db", tables, clock or SystemClock())
    emitter = Emitter(ledger)
    if hub[0]:
        with ledger.transaction():
            emitter.aim({"url": hub[0], "key": hub[1]})
    made = (_beneylu if product == "beneylu" else _edifice)(ledger, token, origin)
    site = create_site(made, token, emitter)

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


def _beneylu(ledger: Ledger, token: str, origin: str) -> Product:
    ent, life = Beneylu(ledger, token, origin), BeneyluLife(ledger)
    return Product(
        "beneylu",
        ledger,
        ent.routes(),
        ent.open_routes(),
        life.page,
        life.seed,
        life.say,
        life.holds,
        lie={"error": "temporarily_unavailable"},
        unauthorised={"error": "invalid_token"},
    )


def _edifice(ledger: Ledger, _token: str, _origin: str) -> Product:
    ent, life = Edifice(ledger), EdificeLife(ledger)
    return Product(
        "edifice",
        ledger,
        ent.routes(),
        {},
        life.page,
        life.seed,
        life.say,
        life.holds,
        lie={"err": "temporarily.unavailable"},
        unauthorised={"error": "invalid_token"},
    )
