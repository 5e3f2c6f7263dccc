"""A mandate revoked while its deliveries are under way: seconds to the last one, none after."""

from __future__ import annotations

import sys
from typing import Any

from preau.app.mandates_desk import MandatesDesk
from preau.clock import SystemClock, paris_day
from preau.store import mandates
from preau.store.leave import Leave
from preau.store.mandates import RECEIVE
from preau.store.projects import AUTHORISED, OPEN, Place, Project
from tests.store.authorised import put_authorised

ENT, UAI = "mon-ent", "0119010J"
SOON_MS = 5_000


def test_nothing_is_delivered_once_the_mandate_is_revoked(
    hub: Any, ents: Any, group: Any, member: Any, users: list[str]
) -> None:
    engine, clock = hub.opened[-1], SystemClock()
    place = Place(UAI, ENT, AUTHORISED, "PRINCIPAL", 1, ())
    named = ("p-1", "g1", "Défi", "PROJET_PEDAGOGIQUE", "2026-01-01", "2099-07-02", OPEN)
    project = Project(*named, 1, "e", 1, (place,))
    with engine.begin() as connection:
        put_authorised(connection, project, {ENT: hub.products["edifice"].needs})
        given = mandates.of_project(connection, "p-1")
    assert all(each.live(paris_day(clock.now_ms())) for each in given)
    (receive,) = [each.id for each in given if each.direction == RECEIVE]
    hub.listed = Leave(engine).listed
    desk = MandatesDesk(engine, lambda _name: "SECOND", lambda _name: None, clock)
    revoked: list[int] = []

    def revoke() -> None:
        if not revoked and sum(r["outcome"] == "APPLIED" for r in hub.receipts) >= 3:
            desk.revoke(receive)
            revoked.append(clock.now_ms())

    hub.on_receipts = revoke
    hub.send(group(ENT), *(member(ENT, user) for user in users[:30]))
    hub.work(lambda _hub: revoked and hub.idle())
    applied = [r["at"] for r in hub.receipts if r["outcome"] == "APPLIED"]
    refused = [r for r in hub.receipts if r["reason"] == "NO_MANDATE"]
    assert len(applied) + len(refused) == 31
    assert refused
    last = max(applied) - revoked[0]
    assert last < SOON_MS
    before = len(ents["edifice"].effects())
    hub.send(*(member(ENT, user) for user in users[30:]))
    hub.work(lambda _hub: hub.idle())
    assert len(ents["edifice"].effects()) == before
    told = f"revoked in flight: last delivery {max(last, 0)} ms after, 0 afterwards"
    sys.stdout.write(f"{told}; {len(refused)} of 31 refused\n")
