"""The promises about people: only invented ones, and their names only in the sealed part."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from preau.contract.evidence import Evidence
from preau.contract.people import LIST, People, names_in, open_people
from preau.contract.telling import as_json, clear, told
from preau.contract.verdict import Defect


def only_invented_people(evidence: Evidence) -> Iterator[Defect]:
    """A name in a sample, mapped or not, is a name of the list."""
    people = _people(evidence)
    for name, heard in evidence.heard.items():
        values = [_plain(piece.said.body) for piece in heard]
        values += [clear(draft) for piece in heard for draft in piece.drafts]
        found = dict(f for value in values for f in names_in(value))
        for path in sorted(path for path, text in found.items() if not people.knows(text)):
            file = f"samples/{evidence.samples[name].name}"
            fix = _fix(path.rpartition(".")[2])
            yield Defect(f"sample {name} names only invented people", file, path, fix)


def names_stay_in_the_sealed_part(evidence: Evidence) -> Iterator[Defect]:
    """No family name stands in a key or in a field that is not sealed."""
    people = _people(evidence)
    for name, draft in evidence.drafts:
        if people.named_in(as_json(told(draft, pii=False)).decode()):
            file = f"samples/{evidence.samples[name].name}"
            fix = f"map the person's name under pii, or not at all ({draft.record})"
            yield Defect(f"sample {name} keeps names in the sealed part", file, "pii", fix)


def _people(evidence: Evidence) -> People:
    said = evidence.connector.card.invented_people if evidence.connector is not None else ""
    return open_people(evidence.path, said)


def _fix(key: str) -> str:
    listed = f"{LIST} (in the folder, or beside it)"
    fix = f"replace this person by one of {listed}, or add an invented name there"
    return fix + "; the name of a school or class: add the line `= its whole name`" * (key == "nom")


def _plain(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
