"""The promises about time: a repeat, a late or a re-ordered event ends in the same state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from preau.canon.draft import Draft
from preau.contract.evidence import Evidence
from preau.contract.telling import as_json, told
from preau.contract.verdict import Defect
from preau.mapping.said import Said


class State(NamedTuple):
    """One record as a step with state sees it."""

    sample: str
    record: str
    key: str
    version: int
    says: bytes


def any_order_ends_in_the_same_state(evidence: Evidence) -> Iterator[Defect]:
    """A higher version replaces: two unlike states of one object must never share a version."""
    seen: dict[tuple[str, str, int], State] = {}
    for sample, draft in evidence.drafts:
        state = _state(sample, draft)
        first = seen.setdefault((state.record, state.key, state.version), state)
        if first.says != state.says:
            fix = f"two states of one {state.record} need two versions (version in connector.yaml)"
            sentence = f"{first.sample} and {sample} end in the same state in any order"
            yield Defect(sentence, "connector.yaml", "version", fix)


def fold(states: Iterable[State]) -> dict[tuple[str, str], State]:
    """The state after all: a higher version replaces, an equal or lower one changes nothing."""
    held: dict[tuple[str, str], State] = {}
    for state in states:
        place = (state.record, state.key)
        if place not in held or state.version > held[place].version:
            held[place] = state
    return held


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
    value = told(draft, pii=True)["value"]
    meta = dict(value["meta"]) if isinstance(value, dict) else {}
    # The id and the lineage come from the bytes, not from what they say.
    says = {**dict(value or {}), "meta": {**meta, "event_id": "", "lineage": None}}
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
