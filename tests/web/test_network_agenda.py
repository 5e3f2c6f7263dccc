"""The agenda of a network over real HTTP: one address over its projects, for its members only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from preau.app.feeds_desk import FeedsDesk
from preau.app.sectors_desk import SectorsDesk
from preau.errors import SetAside
from preau.store import audit, mandates, switches
from preau.store.switches import Order
from tests.agents.projects.conftest import NOW, PROJECT, Hub
from tests.web.agendas import COLLEGE, ECOLE, Outside
from tests.web.running import Running

pytestmark = pytest.mark.kafka
NAME, CIRCO, APART = "reseau-saint-flour", "0119900A", "0119003B"
FILE = (
    "college;ecole;circonscription;reseau;nom_reseau\n"
    f"{COLLEGE};{ECOLE};{CIRCO};oui;{NAME}\n{COLLEGE};{APART};;;\n"
)


@pytest.fixture
def hub(database: str) -> Iterator[Hub]:
    made = Hub(database)
    yield made
    made.engine.dispose()


@pytest.fixture
def sectors(hub: Hub) -> SectorsDesk:
    desk = SectorsDesk(hub.engine, hub.clock)
    desk.take(FILE.encode(), complete=False)
    return desk


@pytest.fixture
def feeds(hub: Hub) -> FeedsDesk:
    return FeedsDesk(hub.engine, {"ecole": "FIRST", "college": "SECOND"}.get, hub.clock)


@pytest.fixture
def purpose() -> str:
    return "RESEAU"


@pytest.fixture
def outside(
    hub: Hub,
    feeds: FeedsDesk,
    sectors: SectorsDesk,
    purpose: str,
    world: Any,
    serve: Callable[..., Running],
) -> Iterator[Outside]:
    """A project of the network, and the address of the école's agenda."""
    del sectors
    with serve(world, feeds=feeds) as app:
        seen = Outside(hub, app, feeds, purpose=purpose)
        seen.address = feeds.make_for_network(NAME, ECOLE, "DASEN")
        yield seen


def test_a_member_reads_the_dates_of_the_network_and_no_homework(outside: Outside) -> None:
    outside.date()
    outside.hub.hear(outside.say.homework("college/3", "college/g-8"))
    college = outside.feeds.make_for_network(NAME, COLLEGE, "PRINCIPAL")
    for address in (outside.address, college):
        assert outside.titles(address) == ["Rencontre"]
    assert NAME.encode() in outside.get("agenda.ics").body


def test_a_member_that_takes_part_in_no_project_reads_an_empty_calendar(outside: Outside) -> None:
    outside.date()
    for uai in (CIRCO, APART):
        assert outside.titles(outside.feeds.make_for_network(NAME, uai, "DASEN")) == []


@pytest.mark.parametrize("purpose", ["PROJET_PEDAGOGIQUE"])
def test_a_project_for_another_purpose_is_not_the_networks(outside: Outside) -> None:
    outside.date()
    assert outside.titles(outside.feeds.make(PROJECT, ECOLE, "DASEN")) == ["Rencontre"]
    assert outside.titles() == []


def test_without_a_mandate_or_out_of_the_network_it_is_empty_and_not_gone(
    outside: Outside, sectors: SectorsDesk
) -> None:
    outside.date()
    sectors.declare(COLLEGE, [APART])
    assert outside.titles() == []
    sectors.take(FILE.encode(), complete=False)
    assert outside.titles() == ["Rencontre"]
    with outside.hub.engine.begin() as connection:
        given = mandates.of_project(connection, PROJECT)
        mandates.revoke(connection, {m.id for m in given if m.establishment == ECOLE}, NOW)
    assert outside.titles() == []


def test_a_project_without_the_networks_college_is_not_the_networks(
    outside: Outside, sectors: SectorsDesk
) -> None:
    outside.date()
    other = f"college;ecole;circonscription;reseau;nom_reseau\n0119011K;{ECOLE};;oui;{NAME}\n"
    sectors.declare(COLLEGE, [])
    sectors.take(other.encode(), complete=False)
    assert outside.titles() == []


def test_it_shows_nothing_of_a_person_and_no_document(outside: Outside) -> None:
    outside.hub.recognise("p1", "aaf/1", "college/u1")
    outside.hub.hear(outside.say.member("aaf/6A", "aaf/1"))
    outside.date()
    outside.document()
    body = outside.get("agenda.ics").body.decode()
    assert not [each for each in ("u1", "p1", "aaf", "Les règles") if each in body]
    assert outside.get("ressources.atom").json["code"] == "FEED_UNKNOWN"


def test_it_is_listed_by_its_network_and_revoked_for_good(outside: Outside) -> None:
    [made] = [each for each in outside.feeds.addresses() if each.network]
    assert (made.network, made.uai) == (NAME, ECOLE)
    outside.feeds.revoke(made.id)
    assert outside.get("agenda.ics").json["code"] == "FEED_UNKNOWN"
    with outside.hub.engine.connect() as connection:
        acts = [each.act for each in audit.entries(connection)]
    assert acts[-2:] == ["address.made", "address.revoked"]


def test_what_is_cut_waits_and_is_not_emptied(outside: Outside) -> None:
    with outside.hub.engine.begin() as connection:
        switches.cut(connection, Order("instance", "college"), "operator", NOW)
    told = outside.get("agenda.ics")
    assert (told.status, told.json["code"]) == (503, "CUT_NOW")


@pytest.mark.parametrize(
    ("name", "uai", "by", "code"),
    [
        ("nowhere", ECOLE, "DASEN", "NETWORK_UNKNOWN"),
        (NAME, "0119999Z", "DASEN", "NETWORK_OTHER"),
        (NAME, ECOLE, "DIRECTOR", "ROLE_REFUSED"),
        (NAME, ECOLE, "PRINCIPAL", "ROLE_REFUSED"),
        (NAME, COLLEGE, "DASEN", "ROLE_REFUSED"),
        (NAME, CIRCO, "PRINCIPAL", "ROLE_REFUSED"),
    ],
)
def test_who_may_not_have_one_is_told_why(
    feeds: FeedsDesk, sectors: SectorsDesk, name: str, uai: str, by: str, code: str
) -> None:
    del sectors
    with pytest.raises(SetAside, match=code):
        feeds.make_for_network(name, uai, by)
