"""The promises about what comes out: exactly what is written, valid, explained."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from preau.contract.evidence import Evidence
from preau.contract.rehearsal import Heard
from preau.contract.telling import answer, read_by_all, told
from preau.contract.verdict import Defect
from preau.errors import PreauError

#: Records by which the hub itself says who may do what.
HUB_ONLY = {"mandate", "project"}
_ENOUGH_TO_TELL = 4  # characters: a shorter text of a sample may stand in a message by chance


def every_sample_gives_exactly_its_expected_records(evidence: Evidence) -> Iterator[Defect]:
    """Nothing more, nothing less, nothing nearly."""
    for name, heard in evidence.heard.items():
        file = evidence.expected.get(name)
        if file is None:
            continue  # told by its own promise
        path, sentence = f"expected/{file.name}", f"sample {name} gives its expected records"
        try:
            where = difference(orjson.loads(file.read_bytes()), answer(heard))
        except orjson.JSONDecodeError as error:
            yield Defect(sentence, path, "", f"mend the JSON: line {error.lineno}")
            continue
        if where is not None:
            fix = f"read preau explain {evidence.name} {name}; if it is right, preau accept"
            yield Defect(sentence, path, where, fix)


def every_record_is_valid_under_its_schema(evidence: Evidence) -> Iterator[Defect]:
    """The bytes of the fast path are read back by the reference reader, and by older schemas."""
    for name, draft in evidence.drafts:
        try:
            told(draft, pii=True)
            read_by_all(draft)
        except (PreauError, ValueError, EOFError) as error:
            fix = f"the mapping gives bytes that Avro refuses: {type(error).__name__}"
            file = f"samples/{evidence.samples[name].name}"
            yield Defect(f"sample {name} gives a valid {draft.record}", file, "", fix)


def no_vendor_grants_itself_a_mandate(evidence: Evidence) -> Iterator[Defect]:
    """Who may say and receive what is decided in the hub, by people, and never by an event."""
    mappings = evidence.connector.mappings if evidence.connector is not None else {}
    for event, rules in mappings.items():
        for record in sorted({rule.to.partition(".")[0] for rule in rules} & HUB_ONLY):
            fix = f"take the rule to {record} away: it is decided on the hub's own page"
            yield Defect(
                f"mapping {event} leaves the {record} to the hub",
                f"mapping/{event}.yaml",
                "to",
                fix,
            )


def every_refusal_says_why(evidence: Evidence) -> Iterator[Defect]:
    """The code, the shape of what was found and the fix; never a value of the sample."""
    for name, heard in evidence.heard.items():
        file = f"samples/{evidence.samples[name].name}"
        for field, fix in _unexplained(heard):
            yield Defect(f"the refusal of {name} says why", file, field, fix)


def _unexplained(heard: list[Heard]) -> Iterator[tuple[str, str]]:
    for piece in heard:
        for refusal in piece.refusals:
            if not (refusal.code and refusal.found and refusal.fix):
                yield refusal.field, "a refusal needs a code, what was found (its shape) and a fix"
            if any(text in refusal.found for text in texts(piece.said.body)):
                yield refusal.field, "tell the shape of what was found, never its value"


def texts(body: bytes) -> set[str]:
    """Every text value of a JSON body that is long enough to be recognised."""
    try:
        return set(_texts(orjson.loads(body)))
    except orjson.JSONDecodeError:
        return set()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= _ENOUGH_TO_TELL:
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def difference(written: object, given: object, path: str = "") -> str | None:
    """The path of the first place where two JSON values differ, None when they are equal."""
    if isinstance(written, dict) and isinstance(given, dict) and written.keys() == given.keys():
        inner = ((f"{path}.{k}".lstrip("."), written[k], given[k]) for k in written)
    elif isinstance(written, list) and isinstance(given, list) and len(written) == len(given):
        pairs = enumerate(zip(written, given, strict=True))
        inner = ((f"{path}.{i}".lstrip("."), a, b) for i, (a, b) in pairs)
    else:
        # JSON's true is not its 1, though Python says they are equal.
        same = type(written) is type(given) and written == given
        return None if same else path or "(the whole answer)"
    return next((found for p, a, b in inner if (found := difference(a, b, p)) is not None), None)
