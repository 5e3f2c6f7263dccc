"""The promises about what leaves: a file for each operation, no field unlisted, no right for ever.

What an operation file means is known to the ways out; here it is enough to see which fields of a
delivery it reads: after `from`, under `when`, and between braces in a path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from preau.contract.evidence import WITHDRAWN_BY, Evidence
from preau.contract.verdict import Defect

PUSH, FILE = "push", "file"
#: Asks for a document's bytes by its id in the same ENT: it writes nothing, so no need lists it.
FETCH = "FETCH_MEDIA"
FETCHED = frozenset({"media"})
#: What a document's bytes are asked for with, where a call carries them.
_BYTES = ("source_instance", "source_media")
_KEPT = frozenset({"own", "step", "delivery", "secret", "setting", "each"})
_LINK = "link"
"""In a line of a file: the address of the document, which its two ids lead to."""
_HOLE = re.compile(r"\{([^{}]*)\}")


def every_need_has_its_file_and_every_file_its_need(evidence: Evidence) -> Iterator[Defect]:
    """A product that is written to says how, operation by operation, and nothing besides."""
    if evidence.connector is None:
        return
    card = evidence.connector.card
    for operation in card.needs if {PUSH, FILE} & set(card.ways_out) else ():
        if operation not in evidence.outlets:
            file = "outlet/files.yaml" if FILE in card.ways_out else file_of(operation)
            fix = f"write {file}, or take needs.{operation} out of connector.yaml"
            yield Defect(f"operation {operation} has its file", file, "", fix)
    for operation in evidence.outlets:
        if operation != FETCH and operation not in card.needs:
            fix = f"list needs.{operation} in connector.yaml, with the only fields that may leave"
            yield Defect(f"outlet {operation} is listed in needs", file_of(operation), "", fix)


def the_outlet_reads_only_what_is_needed(evidence: Evidence) -> Iterator[Defect]:
    """No field leaves for an ENT that the card does not list for that operation."""
    if evidence.connector is None:
        return
    needs = evidence.connector.card.needs
    for operation, raw in evidence.outlets.items():
        if operation not in needs and operation != FETCH:
            continue  # told by its own promise
        listed = FETCHED if operation == FETCH else frozenset(needs[operation])
        for name in sorted(fields_read(operation, raw) - listed):
            fix = f"list {name} in connector.yaml under needs.{operation}, or stop reading it"
            yield Defect(f"outlet {operation} needs {name}", file_of(operation), name, fix)
    for record, raw in evidence.read_back.items():
        operation = f"{record.upper()}_PUT"
        asked = fields_read(operation, raw) if isinstance(raw, dict) else frozenset()
        for name in sorted(asked - frozenset(needs.get(operation, ()))):
            fix = f"list {name} in connector.yaml under needs.{operation}, or stop asking with it"
            sentence = f"the question for {record} needs {name}"
            yield Defect(sentence, "outlet/read-back.yaml", name, fix)


def the_card_needs_only_what_the_outlet_reads(evidence: Evidence) -> Iterator[Defect]:
    """A field that no call carries has no reason to leave; a webhook carries all that is listed."""
    if evidence.connector is None or "webhook" in evidence.connector.card.ways_out:
        return
    needs = evidence.connector.card.needs
    for operation, raw in evidence.outlets.items():
        if _carries(raw, "text"):
            continue  # its page says every field that the card lists
        for name in sorted(set(needs.get(operation, ())) - fields_read(operation, raw)):
            sentence = f"outlet {operation} reads {name}, which the card says it needs"
            fix = f"take {name} out of needs.{operation}: what nothing reads need not leave"
            yield Defect(sentence, "connector.yaml", f"needs.{operation}", fix)


def what_is_given_can_be_taken_back(evidence: Evidence) -> Iterator[Defect]:
    """A mandate withdrawn is honoured only where each gift has the operation that undoes it."""
    if evidence.connector is None:
        return
    needs = evidence.connector.card.needs
    for given, back in WITHDRAWN_BY.items():
        if given in needs and back not in needs:
            fix = f"list needs.{back}, and say how in {file_of(back)}"
            sentence = f"what {given} gives, {back} takes back"
            yield Defect(sentence, "connector.yaml", f"needs.{back}", fix)


def file_of(operation: str) -> str:
    """`outlet/group-put.yaml` for GROUP_PUT."""
    return f"outlet/{operation.lower().replace('_', '-')}.yaml"


def fields_read(operation: str, raw: object) -> frozenset[str]:
    """The fields of a delivery's body that an operation file reads, whatever else it holds."""
    found = {name.partition(".")[0] for name in _references(raw)} - _KEPT
    if _LINK in found:
        found = (found - {_LINK}) | set(_BYTES)
    if operation != FETCH and _carries(raw, "bytes"):
        found |= set(_BYTES)
    if _carries(raw, "text"):
        found.add("title")
    return frozenset(found)


def _references(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner, key)
    elif isinstance(value, dict):
        if key == "when":
            yield from map(str, value)
        for name, inner in value.items():
            yield from _references(inner, str(name))
    elif isinstance(value, str) and key == "from":
        yield value
    elif isinstance(value, str) and key in ("call", "text"):
        yield from _HOLE.findall(value)


def _carries(raw: object, part: str) -> bool:
    """Whether a call has the bytes of a document, or a page to read (`text`)."""
    steps = raw.get("steps") if isinstance(raw, dict) else None
    return any(part in step for step in steps or () if isinstance(step, dict))
