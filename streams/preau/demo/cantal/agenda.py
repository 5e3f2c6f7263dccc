"""The agenda of the network, as its schools read it in their calendar programs: over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from preau.app.feeds_desk import FeedsDesk
from preau.demo.cantal.territory import COLLEGE, NETWORK_NAME, TRUYERE, Room
from preau.demo.stage import Stage
from preau.demo.waiting import StoryBroken


def new_address(stage: Stage, room: Room) -> str:
    """Makes an address of the network's agenda for one member, as `preau feed network` does."""
    control = stage.control
    desk = FeedsDesk(control.engine, control.degree, control.clock)
    by = "PRINCIPAL" if room == COLLEGE else "DASEN"
    return f"/flux/{desk.make_for_network(NETWORK_NAME, room.uai, by)}/agenda.ics"


def titles(calendar: bytes) -> list[str]:
    """What a calendar program shows of what it read: the title of each date."""
    lines = calendar.decode().replace("\r\n ", "").split("\r\n")
    return [line.partition(":")[2] for line in lines if line.startswith("SUMMARY")]


def check_agendas(stage: Stage, addresses: Mapping[str, str], expected: Sequence[str]) -> None:
    """Each of these establishments reads these dates and no other; raises `StoryBroken`."""
    for uai, address in addresses.items():
        check_shown(uai, titles(stage.operator.read(address)), expected)


def check_apart(stage: Stage) -> None:
    """A school of the network that takes part in no project reads an empty agenda."""
    check_agendas(stage, {TRUYERE.uai: new_address(stage, TRUYERE)}, [])


def check_shown(uai: str, shown: Sequence[str], expected: Sequence[str]) -> None:
    """These dates, each once; raises `StoryBroken`."""
    if sorted(shown) != sorted(expected):
        found = f"{len(shown)} dates, attendu {len(expected)}"
        raise StoryBroken(f"l'agenda du réseau pour {uai} montre {found}")
