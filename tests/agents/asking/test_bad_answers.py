"""A bad answer moves nothing, is told in words, and is asked for again later and later."""

from __future__ import annotations

from functools import partial

import pytest
from aiohttp import web

from preau.agents import asker
from tests.agents.asking.world import Answer, Ent, World, play


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (lambda _: web.Response(text="<html>"), "POLL_ANSWER"),
        (lambda _: web.json_response({"err": "temporarily.unavailable"}), "POLL_ANSWER"),
        (lambda _: web.Response(body=b"x" * (asker.MAX_ANSWER + 1)), "POLL_ANSWER"),
        (lambda _: web.Response(status=204), "POLL_FAILED"),
        (lambda _: web.Response(status=302, headers={"Location": "/feed/9"}), "POLL_FAILED"),
        (lambda _: web.Response(status=500), "POLL_FAILED"),
        (lambda _: web.Response(status=401), "POLL_REFUSED"),
        (lambda _: web.Response(status=404), "POLL_REFUSED"),
    ],
)
def test_a_bad_answer_moves_nothing_and_is_told(world: World, fault: Answer, code: str) -> None:
    ent = Ent(2)
    ent.faults = [fault]
    play(world, ent, lambda: bool(world.row().code))
    row = world.row()
    assert (row.code, row.cursor, world.letters) == (code, "0", [])
    assert row.said
    world.clock.advance(1_000)
    play(world, ent, lambda: world.row().cursor == "2")
    assert (world.ids, world.row().code, world.row().tries) == (["e1", "e2"], "", 0)


def test_a_call_that_is_cut_moves_nothing(world: World) -> None:
    ent = Ent(2)
    ent.faults = [_hang_up] * 2  # the client itself tries a cut call once more
    play(world, ent, lambda: bool(world.row().code))
    assert (world.row().code, world.row().cursor) == ("POLL_UNREACHABLE", "0")


async def _hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def test_the_pause_doubles_and_has_an_end(world: World) -> None:
    ent = Ent(2)
    pauses = []
    for tries in range(1, 14):
        ent.faults = [lambda _: web.Response(status=500)]
        play(world, ent, partial(_failed, world, tries))
        pauses.append(world.row().due - world.clock.now_ms())
        world.clock.advance(pauses[-1])
    assert all(500 * 2**rank <= pause for rank, pause in enumerate(pauses[:10]))
    assert max(pauses) <= asker.LONGEST_WAIT_MS * 1.2


def _failed(world: World, tries: int) -> bool:
    return world.row().tries == tries
