"""What is done once a day is done, whatever Kafka answers, and ends when it is told to."""

from __future__ import annotations

import asyncio

from preau.app.daily import daily
from preau.errors import TryAgain


def test_it_works_again_and_again_until_it_is_stopped() -> None:
    done = 0

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def work() -> int:
            nonlocal done
            done += 1
            if done == 1:
                raise TryAgain("KAFKA_READ", "nothing came")
            if done == 3:
                loop.call_soon_threadsafe(stop.set)
            return 0

        await asyncio.wait_for(daily(work, stop, 0.0, 0.0), 30)

    asyncio.run(run())
    assert done >= 3


def test_stopped_before_its_hour_it_does_nothing() -> None:
    async def run() -> None:
        stop = asyncio.Event()
        stop.set()
        await daily(lambda: 1 // 0, stop)

    asyncio.run(run())
