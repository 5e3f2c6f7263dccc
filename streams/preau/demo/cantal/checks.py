"""What must hold at the end of an act, in the ENTs: each one shows the group in its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from preau.demo.cantal.territory import BENEYLU, Room
from preau.demo.known import same
from preau.demo.stage import Ents, asked
from preau.demo.waiting import StoryBroken

Holding = Mapping[str, Any]
"""What an ENT shows of a group: `id`, `members`, `documents`, and `dates` if it can hold some."""


def class_key(room: Room) -> str:
    """The class, or the group of adults, as the hub knows it."""
    return f"{room.instance}/{room.code}"


def members(rooms: Sequence[Room], instance: str) -> list[Any]:
    """Who must be in the group of this ENT: classes in a Beneylu, accounts elsewhere.

    Of a school that says its pupils only, pupils; of a circonscription, its adults.
    """
    here = [each for each in rooms if each.instance == instance]
    if instance == BENEYLU:
        return sorted(each.number for each in here)
    return sorted(room.account(each) for room in here for each in room.told)


def group(ents: Ents, instance: str, title: str) -> Holding:
    """The one group of the project that this ENT shows; raises `StoryBroken`."""
    held = asked(ents[instance], "GET /_sandbox/holds")
    found = [each for each in held if title in (each.get("name"), each.get("label"))]
    if len(found) != 1:
        raise StoryBroken(f"{instance} montre {len(found)} groupes du projet, il en faut un")
    return dict(found[0])


def group_holds(ents: Ents, instance: str, title: str, rooms: Sequence[Room]) -> Holding:
    """The group of this ENT, with everyone of these rooms in it and nobody else."""
    found = group(ents, instance, title)
    same(found["members"], members(rooms, instance), f"membres du groupe dans {instance}")
    return found


def shows(held: Holding, titles: Sequence[str], what: str = "documents") -> None:
    """The group shows exactly these documents, or dates, of the hub's; raises `StoryBroken`.

    A product that shows nobody else's does not say whose it is.
    """
    came = [each["title"] for each in held[what] if each.get("hub_id", True)]
    if sorted(came) != sorted(titles):
        told = f"{len(came)} choses, attendu {len(titles)}"
        raise StoryBroken(f"le groupe {held['id']} montre {told}")
