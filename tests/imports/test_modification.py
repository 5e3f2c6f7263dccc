"""A change replaces whole attributes; what is given empty is as if it were not said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from preau.canon.codec import decode
from preau.catalogue.catalogue import Connector, open_catalogue
from preau.contract.telling import clear, unsealed
from preau.imports.modification import modified, plain
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.said import Said
from preau.readers import DELTAS, open_reader
from preau.readers.piece import Piece


def values(operation: str = "add", unknown: tuple[str, ...] = (), **given: Any) -> dict[str, Any]:
    named = {"operation": operation, "category": "Eleve", "id": "1"}
    return {**named, "attributes": given, "unknown": [*unknown]}


def test_what_is_named_is_replaced_whole_and_the_rest_stays() -> None:
    last = values(sn=["A"], givenName=["B", "C"], mail=["D"])
    change = values("modify", givenName=["E"], mail=[])
    assert modified(last, change) == values(sn=["A"], givenName=["E"])


def test_what_no_source_describes_stays_known_by_name() -> None:
    last, change = values(unknown=("ENTNew",)), values("modify", unknown=("ENTLatest", "ENTNew"))
    assert modified(last, change)["unknown"] == ["ENTLatest", "ENTNew"]


def test_the_last_words_and_the_change_stay_as_they_were() -> None:
    last, change = values(sn=["A"]), values("modify", sn=[])
    modified(last, change)
    assert (last, change) == (values(sn=["A"]), values("modify", sn=[]))


def test_values_without_attributes_are_left_alone() -> None:
    others: list[dict[str, Any]] = [{"id": "1", "label": []}, {"attributes": []}]
    for said in (*others, values(sn=["A"])):
        assert plain(said) is said


@pytest.mark.parametrize("connector", sorted(DELTAS))
def test_no_mapping_tells_an_attribute_given_empty_from_one_left_out(connector: str) -> None:
    opened = open_catalogue().connector(connector)
    normaliser = opened.normaliser(Context(b"secret"))
    tried = 0
    for piece in additions(opened):
        values = orjson.loads(piece.body)
        for name in values.get("attributes", ()):
            left_out = {each: v for each, v in values["attributes"].items() if each != name}
            empty = {**left_out, name: []}
            given_empty = told(normaliser, piece, values, empty)
            assert given_empty == told(normaliser, piece, values, left_out), name
            tried += 1
    assert tried > 100


def additions(opened: Connector) -> Iterator[Piece]:
    """Every record of the samples that says what something is."""
    for file in sorted((opened.path / "samples").glob("*.xml")):
        with file.open("rb") as stream:
            for piece in open_reader(opened.card.reader).split(stream, file.name):
                if piece.problem is None and b'"operation":"add"' in piece.body:
                    yield piece


def told(
    normaliser: Normaliser, piece: Piece, values: dict[str, Any], attributes: dict[str, Any]
) -> list[object]:
    """What a record with these attributes gives, but for the ids that its bytes make."""
    body = orjson.dumps({**values, "attributes": attributes})
    said = Said("academie", piece.event, None, body, 1, "preau.intake.aaf", 0, 0, piece.path)
    drafts, refusals = normaliser.normalise(said)
    found: list[object] = [refusal.code for refusal in refusals]
    for draft in drafts:
        value = {**decode(unsealed(draft)).value, "meta": None, "pii": clear(draft)}
        found.append((draft.record, draft.key, value))
    return found
