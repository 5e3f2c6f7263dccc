"""The first case of what arrives: without a mandate nothing is taken, as each way in asks first."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from preau.errors import SetAside
from preau.inlets.publishing import Publishing, check_event
from preau.kit.small_hub import SmallHub
from preau.kit.speaking import Speaking
from preau.mapping.said import Said

ELSEWHERE = "9999999Z"
"""In the form of a school's number; no mandate names it."""
_MISSING, _ELSEWHERE = "MANDATE_MISSING", "MANDATE_ELSEWHERE"


def nothing_is_accepted_without_a_mandate(scene: Speaking) -> Iterator[str]:
    """Each sample is refused before and after the mandates, taken while they hold, for us only."""
    with scene.hub() as hub:
        yield from _refused(scene, hub, "before any mandate")
        hub.authorise(scene.ours)
        yield from _taken(scene, hub)
        hub.withdraw(scene.ours)
        yield from _refused(scene, hub, "after the withdrawal")


def _refused(scene: Speaking, hub: SmallHub, when: str) -> Iterator[str]:
    may = hub.publishing(scene.ours, scene.connector.says)
    taken = {event for event, piece in _events(scene) if _why(may, event, piece) != _MISSING}
    yield from (f"{each or 'an event without a name'} is taken {when}" for each in sorted(taken))


def _taken(scene: Speaking, hub: SmallHub) -> Iterator[str]:
    may = hub.publishing(scene.ours, scene.connector.says)
    for event, records in scene.connector.says.items():
        lacking = sorted(records - may.records.keys())
        if lacking:
            yield f"{event} becomes {', '.join(lacking)}, which no mandate can ever let it say"
    bound = {event for event, records in may.events.items() if _bound(may, records)}
    for event, piece in _events(scene):
        foreign = {"said": _values(piece), "of": ELSEWHERE}
        if event in bound and _refusal(may, event, foreign) != _ELSEWHERE:
            yield f"{event} is taken for a school that gave no mandate"


def _bound(may: Publishing, records: frozenset[str]) -> bool:
    """Whether what an event says may be said of single schools only."""
    return any("*" not in may.records.get(each, "*") for each in records)


def _events(scene: Speaking) -> Iterator[tuple[str, Said]]:
    for name, pieces in scene.evidence.heard.items():
        for piece in pieces:
            if piece.drafts:
                yield piece.said.event or name.partition("--")[0], piece.said


def _why(may: Publishing, event: str, piece: Said) -> str:
    return _refusal(may, event, _values(piece))


def _refusal(may: Publishing, event: str, values: object) -> str:
    """The code with which it is refused; empty when it is taken."""
    try:
        check_event(may, event, values)
    except SetAside as error:
        return error.code
    return ""


def _values(piece: Said) -> object:
    try:
        return orjson.loads(piece.body)
    except ValueError:
        return None
