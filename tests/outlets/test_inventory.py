"""What an ENT is asked over HTTP, page by page, and what of its answers tells nothing at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from preau.clock import SetClock
from preau.errors import Place
from preau.outlets.address import open_session
from preau.outlets.inventory import Busy, Held, Inventory, Item, Unread
from preau.outlets.outcome import Parcel, Target
from preau.outlets.read_back import ReadBack, parse_read_back

NEEDS = {"GROUP_PUT": ("group", "name"), "MEMBER_PUT": ("group", "local_id")}
ABOUT = Parcel("", "ent", "MEMBER_PUT", "group:g", 1, "", 0, {"group": "g"})
KEPT = {"group:g": {"native_id": "7"}}
MEMBER = {
    "call": "GET /groups/{group.native_id}/members",
    "items": "data",
    "id": "id",
    "name": "label",
    "error": "error",
    "answers": {"busy": "LATER", "no_group": "UNKNOWN_GROUP"},
}
Answer = Callable[[web.Request], web.StreamResponse]


def read_back(**changed: Any) -> ReadBack:
    raw = {"member": {**MEMBER, **changed}, "per_minute": 600}
    return parse_read_back(raw, NEEDS, Place())


def said(*ids: object, **more: object) -> dict[str, object]:
    return {"data": [{"id": each} for each in ids], **more}


def ask(answer: Answer, asked: ReadBack, kept: Any = KEPT) -> tuple[Held | Unread, list[str]]:
    """What is understood of a real server's answers, and which addresses were asked."""
    heard: list[str] = []

    async def hear(request: web.Request) -> web.StreamResponse:
        heard.append(str(request.rel_url))
        assert request.headers["Authorization"] == "Bearer the-token"
        return answer(request)

    async def run() -> Held | Unread:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", hear)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/api"
        target = Target("ent", url, "the-token", loopback=True)
        session = open_session(loopback=True)
        try:
            inventory = Inventory(target, asked, NEEDS, session, SetClock(0))
            return await inventory.ask(asked.questions["member"], ABOUT, kept)
        finally:
            await session.close()
            await runner.cleanup()

    return asyncio.run(run()), heard


def always(body: object, status: int = 200, **headers: str) -> Answer:
    return lambda _request: web.json_response(body, status=status, headers=headers)


def test_one_list_is_the_whole_of_it() -> None:
    found, heard = ask(always({"data": [{"id": 5, "label": "CM2"}, {"id": "6"}]}), read_back())
    assert found == Held((Item("5", "CM2"), Item("6")))
    assert heard == ["/api/groups/7/members"]


@pytest.mark.parametrize("link", ["/api/more?page=2", "{origin}/api/more?page=2"])
def test_links_are_followed_to_the_last_page(link: str) -> None:
    def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/api/more":
            return web.json_response(said("c"))
        following = link.replace("{origin}", f"http://{request.host}")
        return web.json_response(said("a", "b", links={"next": following}))

    found, heard = ask(answer, read_back(more={"link": "links.next"}))
    assert found == Held((Item("a"), Item("b"), Item("c")))
    assert heard == ["/api/groups/7/members", "/api/more?page=2"]


def test_pages_and_offsets_are_counted_until_one_brings_nothing_new() -> None:
    pages = [["a", "b"], ["c"], []]

    def page(request: web.Request) -> web.StreamResponse:
        return web.json_response(said(*pages[int(request.query.get("n", "1")) - 1]))

    def offset(request: web.Request) -> web.StreamResponse:
        first = int(request.query.get("n", "0"))
        return web.json_response(said(*["a", "b", "c"][first : first + 2]))

    for answer, way in ((page, "page"), (offset, "offset")):
        found, _ = ask(answer, read_back(more={way: "n"}))
        assert found == Held((Item("a"), Item("b"), Item("c")))


def test_an_ent_that_knows_of_no_pages_is_not_asked_for_ever() -> None:
    found, heard = ask(always(said("a")), read_back(more={"page": "n"}))
    assert found == Held((Item("a"),))
    assert len(heard) == 2


@pytest.mark.parametrize(
    "link", ["https://elsewhere.example/x", "http://127.0.0.1:1/x", "/x{group}", "http://[", 7]
)
def test_a_page_elsewhere_is_not_followed_and_half_a_list_tells_nothing(link: object) -> None:
    asked = read_back(more={"link": "next"})
    found, _ = ask(always(said("a", next=link)), asked)
    assert isinstance(found, Unread)


def test_links_in_a_circle_tell_nothing() -> None:
    def answer(request: web.Request) -> web.StreamResponse:
        there = "/api/b" if request.path != "/api/b" else "/api/c"
        return web.json_response(said(request.path, next=there))

    found, _ = ask(answer, read_back(more={"link": "next"}))
    assert found == Unread("ENT_ERROR")


def test_only_the_ents_own_word_says_that_it_is_not_there() -> None:
    assert ask(always({"error": "no_group"}, 404), read_back())[0] == Held(gone=True)
    assert ask(always({}, 404), read_back())[0] == Unread("REFUSED")


@pytest.mark.parametrize(
    "body",
    [None, "a page", [], {"data": "none"}, {"data": [{}]}, {"data": [{"id": ""}]}, {"rows": []}],
)
def test_a_form_that_nobody_asked_for_tells_nothing(body: object) -> None:
    assert isinstance(ask(always(body), read_back())[0], Unread)


def test_an_answer_that_is_no_json_or_not_ready_or_too_long_tells_nothing() -> None:
    texts: list[Answer] = [
        lambda _r: web.Response(text="<html>En maintenance</html>", content_type="text/html"),
        always(said("a"), 202),
        lambda _r: web.Response(body=b"[" + b" " * 1_100_000 + b"]"),
    ]
    for answer in texts:
        assert isinstance(ask(answer, read_back())[0], Unread)


def test_without_the_groups_own_id_nothing_is_asked() -> None:
    found, heard = ask(always(said()), read_back(), kept={})
    assert (found, heard) == (Unread("PARENT_MISSING"), [])


@pytest.mark.parametrize(
    ("status", "body"), [(500, {}), (429, {}), (401, {}), (302, {}), (200, {"error": "busy"})]
)
def test_an_ent_in_trouble_ends_the_asking(status: int, body: object) -> None:
    with pytest.raises(Busy) as told:
        ask(always(body, status, **{"Retry-After": "30"}), read_back())
    assert told.value.wait_ms == 30_000


def test_an_empty_list_is_an_answer() -> None:
    assert ask(always(said()), read_back())[0] == Held()
