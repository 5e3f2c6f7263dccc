"""Whoever comes late has all that it may see, whoever leaves has nothing, whatever was killed.

`pytest tests/faults/test_late.py --histories 200` plays as many histories; a usual run none.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from preau.demo.limoux.town import BENEYLU, EDIFICE
from preau.store.outgoing import Row
from tests.faults.campaign import Campaign
from tests.faults.late import Histories, History
from tests.faults.plan import VICTIMS
from tests.faults.scratch import as_shown, delivered, from_scratch, told
from tests.faults.world import World, until, until_nothing

pytestmark = [pytest.mark.kafka, pytest.mark.faults, pytest.mark.timeout(3_600)]
_READ = {BENEYLU: "GET /api/1.0/media-library/media", EDIFICE: "GET /workspace/document"}
AT_ONCE, STEPS, KILLS = 10, 14, 2
PATIENCE_S = 900.0
"""A class that changes is told to every project that is open: a hundred of them, in the end."""


def test_every_ent_holds_what_a_hub_from_scratch_would_give_it(
    campaign: Campaign, histories: int, seed: int, tmp_path: Path
) -> None:
    if not histories:
        pytest.skip("say how many: --histories 200")
    plays = Histories(campaign.world)
    for start in range(0, histories, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, histories))
        chance = random.Random(f"late {seed} {start}")
        _play(campaign, plays, [plays.begin(number, chance) for number in numbers], chance)
        wrong = [*_wrong(campaign, plays, tmp_path)]
        assert wrong == [], f"play it again with --seed {seed} --histories {start + AT_ONCE}"
    few = histories < 2 * AT_ONCE
    assert few or min(plays.done.values()) > 0, f"too little happened: {plays.done}"


def _play(
    campaign: Campaign, plays: Histories, begun: list[History], chance: random.Random
) -> None:
    """All of them go on in turns; two of the hub's processes or ENTs are killed meanwhile.

    One is open from the beginning, so that there is a group to share with, whatever was drawn.
    """
    plays.open(begun[0], chance)
    until(lambda: all(plays.holds(name)[1:] for name in campaign.world.ents))
    killed = {chance.randrange(STEPS): victim for victim in chance.sample(VICTIMS, KILLS)}
    for step in range(STEPS):
        plays.change_class(chance)
        for history in begun:
            plays.go_on(history, chance)
        if step in killed:
            campaign.kill(killed[step])
    until_nothing(campaign.gauges.busy, PATIENCE_S)


def _wrong(campaign: Campaign, plays: Histories, room: Path) -> list[str]:
    """Every difference between the hub, a hub from scratch and what users of both ENTs see."""
    world = campaign.world
    anew = from_scratch(world, room)
    found = [line for each in campaign.effects for line in each.read()]
    if _bytes(told(delivered(world))) != _bytes(told(anew)):
        found.append("the hub wants something else than a hub from scratch")
    there = [row for row in anew if not _gone(world, row)]
    shown, wanted = plays.shown(), as_shown(there, world.ents)
    for name in world.ents:
        if _bytes(shown[name]) != _bytes(wanted[name]):
            found += _differences(name, shown[name], wanted[name])
    return found


def _gone(world: World, row: Row) -> bool:
    """Whether a document went with its group in the ENT that has it, as in Beneylu, unsaid.

    Nobody can hand it over any more: its share is refused as `MEDIA_GONE`, and shown so. A copy
    that was made before is not: it stays.
    """
    if row.operation != "SHARE_PUT":
        return False
    source, media = (str(row.body[name]) for name in ("source_instance", "source_media"))
    gone = world.ents[source].call(f"{_READ[source]}/{media}").status == 404
    return gone and _last_reason(world, row) == "MEDIA_GONE"


def _last_reason(world: World, row: Row) -> str:
    """Why its ENT refused it last; empty when it did not."""
    asked = sa.text("select reason from receipt where destination = :to and entity = :entity")
    with world.control.engine.connect() as connection:
        said = {"to": row.destination, "entity": row.entity}
        return str(connection.execute(asked, said).scalar() or "")


def _differences(name: str, shown: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    """In words, group by group; never empty when the two differ."""
    for title in sorted({*shown, *wanted}):
        one, other = shown.get(title), wanted.get(title)
        if one is None or other is None:
            yield f"{name}: {title} is {'missing' if one is None else 'there, and should not be'}"
            continue
        for what in other:
            has, should = [[str(each) for each in side[what]] for side in (one, other)]
            lost, extra = sorted({*should} - {*has}), sorted({*has} - {*should})
            if has != should:
                yield f"{name}: {title}: {what}: lost {lost}, too many {extra}, of {len(should)}"


def _bytes(said: Any) -> bytes:
    return json.dumps(said, sort_keys=True).encode()
