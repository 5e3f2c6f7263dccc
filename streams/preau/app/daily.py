"""What the hub does once a day, beside a step: it says again what Kafka would else forget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from preau.errors import TryAgain

FIRST_S, EACH_S = 600.0, 86_400.0
"""Seconds after the start, then between two times."""
log = structlog.get_logger()


async def daily(
    work: Callable[[], int], stop: asyncio.Event, first_s: float = FIRST_S, each_s: float = EACH_S
) -> None:
    """Works until `stop`; a time at which Kafka does not answer is left out."""
    wait = first_s
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)
            return
        wait = each_s
        try:
            count = await asyncio.to_thread(work)
        except TryAgain as error:
            log.warning("nothing was said again", code=error.code)
        else:
            log.info("said again, since it is still true", records=count)
