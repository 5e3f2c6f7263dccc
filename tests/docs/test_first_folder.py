"""`docs/en/first-folder.md`: its blocks, written into a folder, keep every promise and are sent."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from preau.catalogue.card import read_card
from preau.clock import SetClock
from preau.contract.acceptance import accept, changes
from preau.contract.evidence import Evidence
from preau.contract.promises import judge
from preau.contract.scaffold import create
from preau.outlets.address import open_session
from preau.outlets.operation import read_operations
from preau.outlets.outcome import Outcome, Parcel, Target
from preau.outlets.push import Push

PAGE = "docs/en/first-folder.md"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`([\w./-]+\.(?:yaml|json|txt))`")
EVENTS = ("classe.creee", "eleve.inscrit", "eleve.parti", "document.partage")
SENT = "which sends\n"
PIECES = "one `share` for each class, here\n"


def files(page: str) -> Iterator[tuple[str, str]]:
    """Every file that a paragraph names before its blocks, with the block that is its own."""
    waiting: list[str] = []
    before = 0
    for found in _FENCE.finditer(page):
        told = page[before : found.start()].strip()
        waiting = _FILE.findall(told.rpartition("\n\n")[2]) if told else waiting
        if waiting and found[1] in {"yaml", "json", "text"}:
            yield waiting.pop(0), found[2]
        before = found.end()


def block_after(page: str, words: str) -> Any:
    """The JSON that the page shows after these words."""
    found = _FENCE.search(page, page.index(words))
    assert found is not None
    return json.loads(found[2])


@pytest.fixture(scope="module")
def page(pages: Mapping[str, str]) -> str:
    return pages[PAGE]


@pytest.fixture
def folder(page: str, tmp_path: Path) -> Path:
    """What the page tells to do: `preau new`, its files, `preau accept`."""
    made = create(tmp_path, "marelle", "first")
    for file in (*made.glob("samples/*"), *made.glob("expected/*"), *made.glob("mapping/*")):
        file.unlink()
    for name, text in files(page):
        file = made.parent / name if name.endswith(".txt") else made / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    lines = [f"| {event} | | grounded |" for event in EVENTS]
    (made / "README.md").write_text("\n".join(lines), "utf-8")
    accept(changes(Evidence(made)))
    return made


def test_the_page_has_a_block_for_every_file_of_the_folder(page: str) -> None:
    named = [name for name, _ in files(page)]
    assert len(named) == len(set(named))
    assert {f"mapping/{event}.yaml" for event in EVENTS} <= set(named)
    assert sum(name.startswith("outlet/") for name in named) == 9


def test_the_folder_of_the_page_keeps_every_promise(folder: Path) -> None:
    assert [str(verdict.defect) for verdict in judge(folder) if verdict.defect] == []
    assert len(read_operations("marelle", folder / "outlet", read_card(folder).needs)) == 9


def test_each_sample_gives_records_and_no_refusal(folder: Path, page: str) -> None:
    expected = {file.stem: json.loads(file.read_text()) for file in folder.glob("expected/*")}
    assert set(expected) == {*EVENTS, "document.partage--une-seule-classe"}
    for name, records in expected.items():
        assert isinstance(records, list), name
        assert all("set_aside" not in record for record in records), name
    shared = [record["key"] for record in expected["document.partage"]]
    assert shared == block_after(page, PIECES)
    alone = [record["key"] for record in expected["document.partage--une-seule-classe"]]
    assert alone == ["marelle/3002", "marelle/3002:412"]


def test_homework_is_sent_as_the_page_shows(folder: Path, page: str) -> None:
    told = block_after(page, SENT)
    body = {"homework": told["ref_externe"], "group": "g", "title": told["titre"]}
    outcome, sent = asyncio.run(_sent(folder, "HOMEWORK_PUT", {**body, "due": "2026-10-12"}))
    assert (outcome.state, outcome.kept) == ("APPLIED", {"native_id": "6"})
    assert sent == [("/api/groupes/9/devoirs", told)]


def test_a_document_is_sent_by_its_address(folder: Path) -> None:
    body = {"share": "s", "group": "g", "title": "Lire", "source_instance": "ecole"}
    outcome, sent = asyncio.run(_sent(folder, "SHARE_PUT", {**body, "source_media": "3001"}))
    assert (outcome.state, outcome.reason) == ("APPLIED", "APPLIED_AS_LINK")
    [(path, said)] = sent
    assert path == "/api/groupes/9/liens"
    assert said == {"titre": "Lire", "url": "https://ecole.example/doc/3001", "ref_externe": "s"}


async def _sent(
    folder: Path, operation: str, body: dict[str, Any]
) -> tuple[Outcome, list[tuple[str, Any]]]:
    """The outcome, and what a real server that answers as Marelle does was asked."""
    heard: list[tuple[str, Any]] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append((request.path, json.loads(await request.read())))
        return web.json_response({"ok": True, "devoir": {"id": 6}, "lien": {"id": 5}})

    async def no_bytes(_instance: str, _media: str) -> Outcome:
        return Outcome("REFUSED", "NOT_SUPPORTED", sent=False)

    app = web.Application()
    app.router.add_post("/{path:.*}", hear)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    target = Target("m", f"http://127.0.0.1:{runner.addresses[0][1]}", "token", loopback=True)
    needs = read_card(folder).needs
    operations = read_operations("marelle", folder / "outlet", needs)
    said = (target, operations, needs, open_session(loopback=True), no_bytes, SetClock(0))
    push = Push(*said, lambda instance, media: f"https://{instance}.example/doc/{media}")
    parcel = Parcel("e", "m", operation, "thing:t", 1, "", 0, body)
    try:
        outcome = await push.deliver(parcel, {"group:g": {"native_id": "9"}}, unknown=False)
    finally:
        await push.close()
        await runner.cleanup()
    return outcome, heard
