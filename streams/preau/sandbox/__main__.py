"""`python -m preau.sandbox beneylu-cantal --port N --data DIR --token T`: one ENT until a signal.

The first word is an instance of `preau.sandbox.instances`, or a product.
`--hub URL --hub-key K` says where its events go: the whole intake address of its instance, for
example `http://127.0.0.1:8640/v1/intake/ent-ecole`. Port 0 takes a free one; the line
`listening on http://127.0.0.1:N` is printed once it answers.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from preau.sandbox.instances import INSTANCES
from preau.sandbox.site import PRODUCTS, open_site, started

KNOWN = tuple(dict.fromkeys((*INSTANCES, *PRODUCTS)))


def main(
    product: Annotated[str, typer.Argument(help=" or ".join(KNOWN), metavar="ENT")],
    data: Annotated[Path, typer.Option(help="folder of its state")],
    token: Annotated[str, typer.Option(help="bearer token of the machine account")],
    port: Annotated[int, typer.Option(help="TCP port on loopback; 0 takes a free one")] = 0,
    hub: Annotated[str, typer.Option(help="intake address its events go to")] = "",
    hub_key: Annotated[str, typer.Option(help="API key for that address")] = "",
    *,
    with_parent: Annotated[bool, typer.Option(help="ends when its standard input closes")] = False,
) -> None:
    """Runs one fictional ENT."""
    if product not in KNOWN:
        raise typer.BadParameter(f"{product} is not known", param_hint="ENT")
    asyncio.run(_serve(product, data, token, port, (hub, hub_key), with_parent=with_parent))


async def _serve(
    product: str, data: Path, token: str, port: int, hub: tuple[str, str], *, with_parent: bool
) -> None:
    ended = asyncio.Event()
    if with_parent:
        _end_with_parent(asyncio.get_running_loop(), ended)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    runner, origin = await started(lambda at: open_site(product, data, token, at, hub), port)
    typer.echo(f"listening on {origin}")
    await ended.wait()
    await runner.cleanup()


def _end_with_parent(loop: asyncio.AbstractEventLoop, ended: asyncio.Event) -> None:
    def watch() -> None:
        while os.read(0, 1):  # not sys.stdin: its lock would hold up the end of the process
            pass
        with suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    typer.run(main)
