"""Drafts are read here as the strict codec reads them, sample by sample of the State's files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from preau.canon.codec import decode, read_inner
from preau.canon.draft import Draft
from preau.catalogue.catalogue import open_connector
from preau.contract.evidence import CONTEXT
from preau.contract.rehearsal import Speaker, listen
from preau.contract.telling import unsealed
from preau.imports.draft_values import personal, values
from preau.shelf import shelf


@pytest.fixture(scope="module")
def drafts() -> list[Draft]:
    return list(_drafts())


def _drafts() -> Iterator[Draft]:
    connector = open_connector(shelf("connectors") / "aaf")
    normaliser = connector.normaliser(CONTEXT)
    for file in connector.samples.values():
        with file.open("rb") as stream:
            for heard in listen(connector, normaliser, stream, file.name, Speaker("aaf")):
                yield from heard.drafts


def test_every_field_is_as_the_codec_reads_it(drafts: list[Draft]) -> None:
    assert {"person", "group", "affiliation", "membership"} <= {each.record for each in drafts}
    for draft in drafts:
        assert values(draft) == decode(unsealed(draft)).value


def test_the_personal_part_too_and_who_has_none_has_none(drafts: list[Draft]) -> None:
    told = [draft for draft in drafts if draft.pii is not None]
    assert told
    for draft in drafts:
        expected = {} if draft.pii is None else read_inner(draft.record, draft.pii)
        assert personal(draft) == expected
