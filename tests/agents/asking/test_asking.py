"""Asking instances over real HTTP: the place moves once Kafka has it, nobody waits for others.

The clock stands still unless it is told to move, so a pause that is waited for is seen, not slept.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import pytest
from aiohttp import web

from preau.agents.asker import Asker, Source
from preau.agents.asking import Asking
from preau.inlets.publishing import NOTHING
from preau.store import polls
from preau.store.polls import Poll
from tests.agents.asking.world import NOW, TOKEN, Ent, World, inlet, play, source, wait


def test_every_page_is_asked_and_the_place_is_kept(world: World) -> None:
    ent = Ent()
    play(world, ent, lambda: world.row().due > NOW)
    assert world.ids == ["e1", "e2", "e3", "e4", "e5"]
    assert ent.asked == ["/feed/0", "/feed/2", "/feed/3", "/feed/4"]
    row = world.row()
    assert (row.cursor, row.code, row.tries) == ("5", "", 0)
    assert (row.asked_at, row.answered_at, row.moved_at) == (NOW, NOW, NOW)
    assert row.due == NOW + 300_000


def test_the_token_is_in_a_header_and_in_no_address(world: World) -> None:
    ent = Ent()
    play(world, ent, lambda: world.row().due > NOW)
    assert ent.tokens == {f"Bearer {TOKEN}"}
    assert not any(TOKEN in each for each in ent.asked)
    assert TOKEN not in repr(source(ent.url))


def test_what_kafka_refused_is_asked_again_from_the_same_place(world: World) -> None:
    world.refusals = 1
    ent = Ent()
    play(world, ent, lambda: bool(world.row().code))
    assert (world.row().code, world.row().cursor, world.letters) == ("KAFKA_WRITE", "0", [])
    world.clock.advance(1_000)
    play(world, ent, lambda: world.row().cursor == "5")
    assert world.ids == ["e1", "e2", "e3", "e4", "e5"]


def test_a_process_that_ends_before_the_place_is_kept_says_the_same_again(world: World) -> None:
    ent = Ent(2)
    play(world, ent, lambda: world.row().cursor == "2")
    with world.engine.begin() as connection:
        polls.put(connection, Poll("ent", "feed", "0"))  # as it was: published, not kept
    play(world, ent, lambda: world.row().cursor == "2")
    first, again = world.letters[:2], world.letters[2:]
    assert again == first


@pytest.mark.parametrize(
    ("said", "unit", "wait_ms"),
    [
        ("7", "seconds", 7_000),
        ("7000", "milliseconds", 7_000),
        ("Mon, 21 Sep 2026 14:13:30 GMT", "seconds", 10_000),
        ("soon", "seconds", 0),
        ("", "seconds", 0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_that_is_asked_for_is_kept(
    world: World, status: int, said: str, unit: str, wait_ms: int
) -> None:
    ent = Ent(2)
    ent.faults = [lambda _: web.Response(status=status, headers={"Retry-After": said})]
    asked = inlet(retry_after=unit)
    play(world, ent, lambda: bool(world.row().code), asked)
    row = world.row()
    assert (row.code, row.tries, row.cursor) == ("POLL_BUSY", 1, "0")
    pause = row.due - NOW
    assert pause == wait_ms if wait_ms else 500 <= pause <= 600
    world.clock.advance(pause - 1)
    play(world, ent, _after(20), asked)
    assert len(ent.asked) == 1
    world.clock.advance(1)
    play(world, ent, lambda: world.row().cursor == "2", asked)
    assert world.row().code == ""


def _after(times: int) -> Callable[[], bool]:
    """True when it has been asked so often."""
    looks = iter(range(times))
    return lambda: next(looks, None) is None


def test_without_a_mandate_nobody_is_asked(world: World) -> None:
    ent = Ent(2)

    async def run() -> None:
        runner = await ent.start()
        asked = source(ent.url)
        asked = asked._replace(speaker=asked.speaker._replace(may=NOTHING))
        task = asyncio.ensure_future(Asker(asked, world.tools).run())
        await wait(lambda: bool(world.row().code), task)
        task.cancel()
        await runner.cleanup()

    asyncio.run(run())
    assert (world.row().code, ent.asked) == ("MANDATE_MISSING", [])


def test_an_address_that_is_not_public_is_not_called(world: World) -> None:
    async def run() -> None:
        asked = source("http://127.0.0.1:9")._replace(loopback=False)
        task = asyncio.ensure_future(Asker(asked, world.tools).run())
        await wait(lambda: bool(world.row().code), task)
        task.cancel()

    asyncio.run(run())
    assert world.row().code == "ADDRESS_NOT_ALLOWED"


def test_calls_are_no_more_than_so_many_a_minute(world: World) -> None:
    ent, at = Ent(9), list[float]()

    def note(_: web.Request) -> web.StreamResponse:
        at.append(asyncio.get_running_loop().time())
        data = [{"id": f"n{len(at)}", "at": len(at)}]
        return web.json_response({"data": data}, headers={"X-HAS-MORE": "true"})

    ent.faults = [note] * 4
    play(world, ent, lambda: len(at) == 4, inlet(per_minute=400))
    assert all(later - sooner > 0.14 for sooner, later in itertools.pairwise(at))


def test_a_first_place_that_is_now_is_when_it_was_first_seen(world: World) -> None:
    ent = Ent(2)
    ent.faults = [lambda _: web.Response(status=500)]
    asked = inlet(cursor={"start": "now", "event": "at"})
    play(world, ent, lambda: bool(world.row().code), asked)
    world.clock.advance(60_000)
    play(world, ent, lambda: not world.row().code, asked)
    assert ent.asked == [f"/feed/{NOW}"] * 2


def test_a_dead_and_a_slow_instance_delay_no_other(world: World) -> None:
    well, slow = Ent(2), Ent(2)

    async def run() -> None:
        runners = [await well.start(), await slow.start()]
        never = asyncio.Event()

        async def hang(_: web.Request) -> web.StreamResponse:
            await never.wait()
            return web.Response()

        slow.faults = [hang]
        everybody = [
            source(slow.url, "a-slow"),
            source("http://127.0.0.1:9", "b-dead"),
            source(well.url, "c-well"),
        ]
        stop = asyncio.Event()
        task = asyncio.ensure_future(Asking(lambda: everybody, world.tools).run(stop))
        await wait(
            lambda: world.row("c-well").cursor == "2" and bool(world.row("b-dead").code), task
        )
        assert world.row("a-slow").asked_at == 0
        everybody.clear()  # disabled: what hangs is let go
        stop.set()
        await task
        never.set()
        for runner in runners:
            await runner.cleanup()

    asyncio.run(run())
    assert world.ids == ["e1", "e2"]
    assert world.row("b-dead").code == "POLL_UNREACHABLE"


def test_whoever_is_declared_later_is_asked_and_whoever_moved_is_asked_there(world: World) -> None:
    first, second = Ent(1), Ent(2)

    async def run() -> None:
        runners = [await first.start(), await second.start()]
        everybody: list[Source] = []
        stop = asyncio.Event()
        task = asyncio.ensure_future(Asking(lambda: list(everybody), world.tools).run(stop))
        everybody.append(source(first.url))
        await wait(lambda: world.row().cursor == "1", task)
        everybody[:] = [source(second.url)]
        world.clock.advance(300_000)
        await wait(lambda: world.row().cursor == "2", task)
        stop.set()
        await task
        for runner in runners:
            await runner.cleanup()

    asyncio.run(run())
    assert second.asked == ["/feed/1"]
    assert world.ids == ["e1", "e2"]


def test_a_fault_of_ours_with_one_instance_is_no_fault_with_the_others(world: World) -> None:
    well, odd = Ent(2), Ent(2)

    async def run() -> None:
        runners = [await well.start(), await odd.start()]
        broken = source(odd.url, "a-odd")._replace(secret="two\nlines")  # no header can hold it
        everybody = [broken, source(well.url, "b-well")]
        stop = asyncio.Event()
        task = asyncio.ensure_future(Asking(lambda: everybody, world.tools).run(stop))
        await wait(lambda: world.row("b-well").cursor == "2", task)
        stop.set()
        await task
        for runner in runners:
            await runner.cleanup()

    asyncio.run(run())
    assert (world.ids, odd.asked) == (["e1", "e2"], [])
