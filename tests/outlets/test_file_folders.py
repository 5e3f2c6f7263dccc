"""Every shipped product that takes files: what its card needs goes in, and all of it comes out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from preau import shelf
from preau.catalogue.card import Card, read_card
from preau.clock import SetClock
from preau.outlets.adults import AdultsOnly
from preau.outlets.file_forms import read_forms
from preau.outlets.filing import Drops, Filing
from preau.outlets.opening import Product, WaysOut
from preau.outlets.operation import read_operations
from preau.outlets.outcome import Outcome, Outlet, Parcel
from preau.store.database import open_database, prepare
from preau.store.instances import Instance

CARDS = {card.product: card for card in map(read_card, sorted(shelf.connectors().glob("*/")))}
TAKERS = sorted(
    name
    for name, card in CARDS.items()
    if "file" in card.ways_out and "PSEUDONYM" not in card.members  # these take complete sets
)
VALUES = {
    "group": "g",
    "name": "Défi lecture",
    "member_kind": "PERSON",
    "local_id": "ne-4471",
    "role": "TEACHER",
    "title": "=Règles du défi",
    "source_instance": "neo",
    "source_media": "d/7",
    "homework": "h",
    "due": "2026-10-12",
    "calendar_event": "d",
    "start": "2026-10-12T06:30:00Z",
    "end": "2026-10-12T08:00:00Z",
    "all_day": "",
    "recurrence": "",
}


def opened(name: str) -> Product:
    folder, card = shelf.connectors() / name, CARDS[name]
    outlet = folder / "outlet"
    operations = read_operations(name, outlet, card.needs)
    return Product(operations, card.needs, card.adults_only, read_forms(name, outlet, card.needs))


def parcel(card: Card, operation: str, version: int, **said: str) -> Parcel:
    body = {field: {**VALUES, **said}[field] for field in card.needs[operation]}
    what = operation.partition("_")[0].lower()
    event = f"{what}-{version}"
    return Parcel(event, "ent", operation, f"{what}:g", version, "cause", 0, body)


def instance(name: str, connector: str, address: str, way_out: str) -> Instance:
    said = (name, connector, "", "15", address, "", way_out)
    return Instance(*said, loopback=False, disabled=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "sorties"


@pytest.fixture
def ways(root: Path, one_database: str) -> Iterator[WaysOut]:
    engine = open_database(one_database)
    prepare(engine)
    known = {name: instance(name, name, "", "file") for name in TAKERS}
    known["neo"] = instance("neo", "edifice", "https://neo.example.org/", "push")
    yield WaysOut(known.get, opened, SetClock(1_000), Drops(root, engine))
    engine.dispose()


def deliver(ways: WaysOut, name: str, *parcels: Parcel) -> list[Outcome]:
    async def together() -> list[Outcome]:
        way = ways.open(name)
        assert isinstance(way, Filing | AdultsOnly)
        outlet: Outlet = way
        told = (outlet.deliver(each, {}, unknown=False) for each in parcels)
        found = await asyncio.gather(*told)
        await outlet.close()
        return list(found)

    return asyncio.run(together())


def test_there_are_such_products() -> None:
    assert {"netecole", "netcirco", "netcollege"} <= set(TAKERS)


@pytest.mark.parametrize("name", TAKERS)
def test_what_it_needs_is_written_and_what_is_withdrawn_is_gone(
    name: str, ways: WaysOut, root: Path
) -> None:
    card = CARDS[name]
    listed = [each for each in card.needs if not each.startswith("NOTICE")]  # that is a mail
    given = [parcel(card, each, 1) for each in listed if each.endswith("_PUT")]
    for outcome, each in zip(deliver(ways, name, *given), given, strict=True):
        assert outcome.state == "ACCEPTED"
        lesser = each.operation == "SHARE_PUT"
        assert outcome.reason == ("APPLIED_AS_LINK" if lesser else "")
    written = {file.name: file.read_bytes().decode("utf-8-sig") for file in (root / name).iterdir()}
    assert "\r\ng;Défi lecture;group-1\r\n" in written["groupes.csv"]
    assert "\r\ng;ne-4471;COMPTE;" in written["membres.csv"]
    assert 'HREF="https://neo.example.org/workspace/document/d%2F7"' in written["liens.html"]
    assert "SUMMARY:=Règles du défi\r\n" in written["agenda.ics"]
    assert all(";=" not in text for text in written.values())
    back = [parcel(card, each, 2) for each in listed if each.endswith("_REMOVE")]
    assert {each.state for each in deliver(ways, name, *back)} == {"ACCEPTED"}
    left = {file.name: file.read_text("utf-8-sig") for file in (root / name).iterdir()}
    assert left["membres.csv"].splitlines()[1:] == []
    assert left["groupes.csv"].splitlines()[1:] == []
    assert "HREF" not in left["liens.html"]
    assert "VEVENT" not in left["agenda.ics"]


@pytest.mark.parametrize("name", TAKERS)
def test_without_a_mail_server_a_notice_has_no_place_and_nothing_is_to_withdraw(
    name: str, ways: WaysOut
) -> None:
    card = CARDS[name]
    told = [parcel(card, f"NOTICE_{how}", n) for n, how in enumerate(("PUT", "REMOVE"), 1)]
    put, remove = deliver(ways, name, *told)
    assert (put.state, put.reason) == ("REFUSED", "NOT_SUPPORTED")
    assert remove.state == "APPLIED"


def test_no_pupil_is_written_for_a_product_of_adults(ways: WaysOut, root: Path) -> None:
    card = CARDS["netcirco"]
    pupil = parcel(card, "MEMBER_PUT", 1, role="PUPIL")
    [outcome] = deliver(ways, "netcirco", pupil)
    assert (outcome.state, outcome.reason) == ("REFUSED", "ADULTS_ONLY")
    assert not (root / "netcirco").exists()
