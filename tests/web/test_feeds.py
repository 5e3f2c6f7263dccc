"""Agendas and feeds over real HTTP: only by their address, only what its school may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.app.feeds_desk import FeedsDesk
from preau.errors import SetAside
from preau.outlets.printable import one_line
from preau.store import audit, mandates, projects, switches
from preau.store.switches import Order
from tests.agents.projects.conftest import NOW, PROJECT, Hub
from tests.web.agendas import COLLEGE, DAY, ECOLE, PLACES, Outside
from tests.web.running import Running

pytestmark = pytest.mark.kafka


@pytest.fixture
def outside(world: Any, serve: Callable[..., Running], database: str) -> Iterator[Outside]:
    hub = Hub(database)
    feeds = FeedsDesk(hub.engine, {"ecole": "FIRST", "college": "SECOND"}.get, hub.clock)
    with serve(world, feeds=feeds) as app:
        yield Outside(hub, app, feeds)
    hub.engine.dispose()


def test_dates_and_homework_are_in_the_agenda_of_every_school(outside: Outside) -> None:
    outside.date(recurrence="FREQ=WEEKLY;COUNT=4")
    outside.hub.hear(outside.say.homework("college/3", "college/g-8"))
    other = outside.feeds.make(PROJECT, ECOLE, "DASEN")
    for address in (outside.address, other):
        assert sorted(outside.titles(address)) == [
            "Rencontre",
            "À rendre\u00a0: Lire le chapitre 2",
        ]
    meeting, homework = outside.events()
    assert meeting.line("DTSTART").value == "20261012T103000"
    assert meeting.line("RRULE").value == "FREQ=WEEKLY;COUNT=4"
    assert homework.line("DTSTART").value == "20261024"
    assert outside.get("agenda.ics").headers["cache-control"] == "private, no-cache"


def test_a_change_keeps_the_uid_and_raises_the_sequence(outside: Outside) -> None:
    outside.date()
    [before] = outside.events()
    outside.date(version=2, title="Rencontre au collège")
    [after] = outside.events()
    assert after.line("UID") == before.line("UID")
    assert int(after.line("SEQUENCE").value) > int(before.line("SEQUENCE").value)
    assert after.text("SUMMARY") == "Rencontre au collège"
    assert "5a1f" not in after.text("UID")


def test_what_is_withdrawn_is_not_there(outside: Outside) -> None:
    outside.date()
    outside.document()
    assert outside.entries("a:title/text()") == ["Les règles"]
    outside.date(version=2, deleted=True)
    outside.hub.hear(outside.say.resource("ecole/m1", version=2, deleted=True))
    assert outside.titles() == []
    assert outside.entries("a:title/text()") == []


def test_a_document_is_told_with_its_ent_and_what_the_group_may_do(outside: Outside) -> None:
    outside.document()
    assert outside.entries("a:author/a:name/text()") == ["ecole"]
    assert outside.entries("a:category/@label") == ["document", "lecture"]
    assert outside.entries("a:published/text()") == ["2026-10-12T08:30:00Z"]
    assert b"m1" not in outside.get("ressources.atom").body


def test_nothing_names_a_person(outside: Outside) -> None:
    hub, say = outside.hub, outside.say
    hub.recognise("p1", "aaf/1", "college/u1")
    hub.hear(say.member("aaf/6A", "aaf/1"))
    outside.date()
    outside.document()
    for file in ("agenda.ics", "ressources.atom"):
        body = outside.get(file).body.decode()
        assert not [
            each for each in ("u1", "p1", "aaf", hub.pseudonym("college", "p1")) if each in body
        ]


def test_who_has_it_already_is_told_so(outside: Outside) -> None:
    outside.date()
    for file in ("agenda.ics", "ressources.atom"):
        tag = outside.get(file).headers["etag"]
        for known in (tag, f'W/{tag}, "x"', "*"):
            again = outside.get(file, If_None_Match=known)
            assert (again.status, again.body) == (304, b"")
            assert again.headers["etag"] == tag
        head = outside.app.call("HEAD", f"/flux/{outside.address}/{file}")
        assert (head.status, head.headers["etag"], head.body) == (200, tag, b"")
    outside.date(version=2, title="Autre")
    tag = outside.get("agenda.ics").headers["etag"]
    assert outside.get("agenda.ics", If_None_Match='"x"').status == 200
    assert outside.get("agenda.ics", If_None_Match=tag).status == 304


@pytest.mark.parametrize("file", ["agenda.ics", "ressources.atom"])
def test_a_revoked_address_and_one_that_never_was_open_nothing(outside: Outside, file: str) -> None:
    [made] = outside.feeds.addresses(PROJECT)
    assert outside.get(file).headers["x-robots-tag"] == "none"
    outside.feeds.revoke(made.id)
    told = [outside.get(file, each) for each in (outside.address, "A" * 43, "x", made.id)]
    assert {(each.status, each.json["code"]) for each in told} == {(404, "FEED_UNKNOWN")}
    assert all(outside.address.encode() not in each.body for each in told)


def test_only_a_hash_of_an_address_is_kept(outside: Outside) -> None:
    with outside.hub.engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            rows = connection.execute(sa.text(f"select * from {table}")).all()
            assert outside.address not in repr(rows), table
        acts = [each.act for each in audit.entries(connection, 0, 100)]
    assert "address.made" in acts


def test_who_may_not_authorise_gives_no_address(outside: Outside) -> None:
    for uai, role in ((COLLEGE, "DASEN"), (ECOLE, "DIRECTOR"), (ECOLE, "PRINCIPAL")):
        with pytest.raises(SetAside, match="ROLE_REFUSED"):
            outside.feeds.make(PROJECT, uai, role)
    with pytest.raises(SetAside, match="PROJECT_UNKNOWN"):
        outside.feeds.make("nowhere", COLLEGE, "PRINCIPAL")
    with pytest.raises(SetAside, match="NOT_INVITED"):
        outside.feeds.make(PROJECT, "0119999Z", "PRINCIPAL")
    outside.hub.project(PLACES[0], PLACES[1]._replace(decision="PROPOSED"), version=2)
    with pytest.raises(SetAside, match="FEED_UNAUTHORISED"):
        outside.feeds.make(PROJECT, COLLEGE, "PRINCIPAL")


def test_without_a_mandate_it_is_empty_at_once_and_not_gone(outside: Outside) -> None:
    outside.date()
    outside.document()
    with outside.hub.engine.begin() as connection:
        given = mandates.of_project(connection, PROJECT)
        mandates.revoke(connection, {m.id for m in given if m.establishment == COLLEGE}, NOW)
    assert outside.titles() == []  # though no step has worked it yet
    assert outside.entries("a:title/text()") == []
    other = outside.feeds.make(PROJECT, ECOLE, "DASEN")
    assert outside.titles(other) == ["Rencontre"]


def test_what_an_ent_may_not_say_any_more_is_not_there(outside: Outside) -> None:
    outside.date()
    with outside.hub.engine.begin() as connection:
        given = mandates.of_project(connection, PROJECT)
        spoke = {m.id for m in given if (m.instance, m.direction) == ("ecole", "PUBLISH")}
        mandates.revoke(connection, spoke, NOW)
    assert outside.titles() == []


def test_a_project_that_is_over_is_empty(outside: Outside) -> None:
    outside.date()
    outside.hub.clock.advance(400 * DAY)
    assert outside.titles() == []


@pytest.mark.parametrize(
    ("kind", "target", "file"),
    [
        ("instance", "college", "agenda.ics"),
        ("instance", "ecole", "ressources.atom"),
        ("uai", COLLEGE, "agenda.ics"),
        ("record", "homework", "agenda.ics"),
        ("record", "share", "ressources.atom"),
    ],
)
def test_what_is_cut_waits_and_is_not_emptied(
    outside: Outside, kind: str, target: str, file: str
) -> None:
    with outside.hub.engine.begin() as connection:
        made = switches.cut(connection, Order(kind, target), "operator", NOW)
    told = outside.get(file)
    assert (told.status, told.json["code"]) == (503, "CUT_NOW")
    assert told.headers["retry-after"]
    with outside.hub.engine.begin() as connection:
        switches.resume(connection, made.id, "operator", NOW)
    assert outside.get(file).status == 200


def test_a_copy_that_its_ent_tells_us_back_is_there_once(outside: Outside) -> None:
    hub, say = outside.hub, outside.say
    [put] = hub.hear(
        say.record("calendar_event", "ecole/8", title="Fête", start=NOW, groups=["ecole/G7"])
    )
    hub.hear(say.receipt(put, "77"))
    hub.hear(
        say.record("calendar_event", "college/77", title="Fête", start=NOW, groups=["college/g-8"])
    )
    assert outside.titles() == ["Fête"]


def test_whoever_asks_too_often_waits(outside: Outside, world: Any, serve: Any) -> None:
    feeds = outside.feeds
    with serve(world, feeds=feeds, rate=0.001, burst=2) as app:
        path = f"/flux/{outside.address}/agenda.ics"
        told = [app.call("GET", path).status for _ in range(3)]
    assert told == [200, 200, 429]


@given(title=st.text(max_size=80) | st.text("é\r\n\\;,:€𝄞", max_size=200))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_title_holds_both_files_are_sound(outside: Outside, title: str) -> None:
    title = title.encode("utf-8", "ignore").decode()
    outside.date(title=title, version=_next(outside))
    [event] = outside.events()
    assert event.text("SUMMARY") == (one_line(title) or "Date du projet")


def _next(outside: Outside) -> int:
    """A version that is higher each time."""
    outside.hub.clock.advance(1)
    return outside.hub.clock.now_ms()


def test_the_project_of_an_address_may_be_a_sub_group(outside: Outside) -> None:
    with outside.hub.engine.begin() as connection:
        [found] = projects.several(connection, [PROJECT])
        branch = found._replace(id="branch-1", group="group-b", parent=found.id)
        projects.put(connection, branch)
    address = outside.feeds.make(branch.id, COLLEGE, "PRINCIPAL")
    assert outside.titles(address) == []
