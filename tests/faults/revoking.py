"""A mandate is revoked by the API while documents are on their way to an ENT, in a whole hub."""

from __future__ import annotations

import http.client
import json
import random
import time
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.demo.limoux.town import BENEYLU, EDIFICE
from preau.store import receipt_levels
from preau.store.mandates import RECEIVE
from preau.store.receipt_levels import Asked, Line
from preau.web.needs import OPERATE
from tests.faults.authors import Author
from tests.faults.world import World, until

_SLOW_MS = 40
"""How long the ENT takes for each call, so that much is under way at once."""
_SOME, _TICK_S, _MOST = 20, 0.05, 100_000
_WITHDRAWS = ("delete", "remove")
_OPEN = sa.text("select count(*) from delivery where state <> 'DONE'")
_REFUSED = sa.text("select count(*) from delivery where reason = 'NO_MANDATE'")


class Revoked(NamedTuple):
    """What came of it, in the ENT that lost its mandate.

    `under_way` documents were shared and not there at the order; `last_ms` from the order to the
    last thing applied, `watched_ms` how long was looked; `refused` deliveries the hub held back.
    `held` are the things that the ENT had, `withdrawn` those of which it said that they are gone.
    """

    under_way: int
    last_ms: int
    watched_ms: int
    refused: int
    held: set[str]
    withdrawn: set[str]


def revoke(world: World, count: int, watch_s: float) -> Revoked:
    """So many documents are shared in the école; the collège's mandate goes meanwhile."""
    author, chance = Author(world, BENEYLU), random.Random("revoked")
    world.ask(EDIFICE, "POST /_sandbox/fault", {"kind": "slow", "times": _MOST, "ms": _SLOW_MS})
    author.share(chance, count)
    until(lambda: len(_shown(world)) >= _SOME, tick_s=_TICK_S)
    under_way, ordered = count - len(_shown(world)), time.time_ns() // 1_000_000
    _order(world)
    author.share(chance, count // 4)
    until(lambda: _quiet(world), tick_s=_TICK_S)
    time.sleep(max(0.0, ordered / 1000 + watch_s - time.time()))  # nothing may come: no condition
    given = [each for each in _effects(world) if not each["verb"].endswith(_WITHDRAWS)]
    last = max(each["at"] for each in given) - ordered
    watched = time.time_ns() // 1_000_000 - ordered
    with world.control.engine.connect() as connection:
        refused = int(connection.execute(_REFUSED).scalar_one())
        lines = receipt_levels.lines(connection, Asked(project=_project(world)), _MOST)
    gone = {each.entity for each in lines if _withdrawn(each)}
    return Revoked(under_way, last, watched, refused, {each["entity"] for each in given}, gone)


def _withdrawn(line: Line) -> bool:
    told = line.destination == EDIFICE and line.operation.endswith("_REMOVE")
    return told and line.outcome == "APPLIED"


def _quiet(world: World) -> bool:
    """Nothing waits to be delivered, and the ENT holds nothing of the project any more."""
    with world.control.engine.connect() as connection:
        waiting = connection.execute(_OPEN).scalar_one()
    return not waiting and not world.ask(EDIFICE, "GET /_sandbox/holds")


def _order(world: World) -> None:
    """Revokes the mandate by which the collège's ENT receives, as an operator would."""
    given = _call(world, "GET", f"/v1/mandates?instance={EDIFICE}")["mandates"]
    (receive,) = [each["id"] for each in given if each["direction"] == RECEIVE]
    assert _call(world, "POST", f"/v1/mandates/{receive}/revoke")["revoked_at"]


def _project(world: World) -> str:
    (only,) = _call(world, "GET", "/v1/projects")["projects"]
    return str(only["id"])


def _call(world: World, method: str, path: str) -> Any:
    key = world.control.api_keys.make(None, (OPERATE,))
    connection = http.client.HTTPConnection(world.hub.address.removeprefix("http://"), timeout=30)
    try:
        connection.request(method, path, headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        said = json.loads(answer.read())
    finally:
        connection.close()
    assert answer.status == 200, (path, said)
    return said


def _shown(world: World) -> list[str]:
    """The documents that the ENT shows to the group."""
    return [each["entity"] for each in _effects(world) if each["verb"] == "share.upsert"]


def _effects(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.ask(EDIFICE, "GET /_sandbox/effects")
    return found
