"""The promises about time: a repeat, a late or a re-ordered event ends in the same state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

import orjson

from preau.canon.codec import decode
from preau.canon.draft import Draft
from preau.contract.evidence import Evidence, event_of
from preau.contract.rehearsal import RECEIVED_AT, Heard
from preau.contract.telling import as_json, clear, unsealed
from preau.contract.verdict import Defect
from preau.mapping.said import Said

DAY_MS = 86_400_000
_HOW = (
    "`version` in connector.yaml, a number or moment that grows; without one the event's moment "
    "counts, so give the samples different moments"
)


class State(NamedTuple):
    """One record as a step with state sees it."""

    sample: str
    record: str
    key: str
    version: int
    says: bytes


def any_order_ends_in_the_same_state(evidence: Evidence) -> Iterator[Defect]:
    """Any two states of one object, in either order, late or said again, leave the same one."""
    objects: dict[tuple[str, str], list[State]] = {}
    for sample, draft in evidence.drafts:
        state = _state(sample, draft)
        objects.setdefault((state.record, state.key), []).append(state)
    for (record, _), states in objects.items():
        for first, second in combinations(states, 2):
            if fold([first, second, first]) != fold([second, first, second]):
                fix = f"two states of one {record} need two versions: {_HOW}"
                sentence = f"{first.sample} and {second.sample} end in the same state in any order"
                yield Defect(sentence, "connector.yaml", "version", fix)


def fold(states: Iterable[State]) -> bytes:
    """What an object says after all: a higher version replaces, an equal or lower one does not."""
    held: State | None = None
    for state in states:
        if held is None or state.version > held.version:
            held = state
    return b"" if held is None else held.says


def a_late_event_stays_late(evidence: Evidence) -> Iterator[Defect]:
    """Heard a day later, an event has the same ids and versions: it does not become the newest.

    A special case (`EVENT--without-date`) may show what happens to an event that has no moment.
    """
    for name, pieces in evidence.heard.items():
        later = evidence.rehearse(name, RECEIVED_AT + DAY_MS)
        if event_of(name) == name and _versions(pieces) != _versions(later):
            fix = "say where the event's moment is (occurred_at or version in connector.yaml)"
            yield Defect(f"sample {name} heard late stays late", "connector.yaml", "version", fix)


def _versions(pieces: Iterable[Heard]) -> list[tuple[str, int]]:
    drafts = [draft for piece in pieces for draft in piece.drafts]
    return [(draft.event_id, _state("", draft).version) for draft in drafts]


def mapping_twice_gives_the_same_bytes(evidence: Evidence) -> Iterator[Defect]:
    """No clock, no chance, no memory between two events."""
    for name, pieces in evidence.heard.items():
        if pieces != evidence.rehearse(name):
            file = f"samples/{evidence.samples[name].name}"
            yield Defect(f"sample {name} maps twice alike", file, "", "report it: our own bug")


def the_order_of_fields_does_not_matter(evidence: Evidence) -> Iterator[Defect]:
    """The same event with its fields written backwards gives the same records, but for the id."""
    for name, pieces in evidence.heard.items():
        for piece in pieces:
            drafts, _ = evidence.normalise(_backwards(piece.said))
            if [_state(name, d) for d in drafts] != [_state(name, d) for d in piece.drafts]:
                file = f"samples/{evidence.samples[name].name}"
                fix = "a rule depends on the order of fields; give it a condition"
                yield Defect(f"sample {name} may order its fields freely", file, "", fix)


def _state(sample: str, draft: Draft) -> State:
    value: dict[str, Any] = dict(decode(unsealed(draft)).value)
    meta = value["meta"]
    # the id and the lineage come from the bytes, the receipt from the hub: not from what is said
    silent = {"event_id": "", "lineage": None, "received_at": 0}
    says = {**value, "meta": {**meta, **silent}, "pii": clear(draft)}
    return State(sample, draft.record, draft.key.decode(), int(meta["version"]), as_json(says))


def _backwards(said: Said) -> Said:
    try:
        return said._replace(body=orjson.dumps(_reversed(orjson.loads(said.body))))
    except orjson.JSONDecodeError:
        return said  # not JSON: it has no fields to order


def _reversed(value: object) -> object:
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(inner) for inner in value] if isinstance(value, list) else value
