"""What a source of the State no longer says is deleted by name; nobody else may say so."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import pytest

from preau.canon.codec import decode
from preau.canon.draft import Draft
from preau.catalogue.catalogue import open_catalogue
from preau.contract.telling import unsealed
from preau.ids import event_id
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.refusal import Refusal
from preau.mapping.said import Said
from preau.mapping.withdrawal import WITHDRAWN, body

HEADER = {"day": "2026-11-24T00:00:00Z", "version": "1795500000000007"}
AT = 1_795_500_000_000


@pytest.fixture(scope="module")
def aaf() -> Normaliser:
    return open_catalogue().connector("aaf").normaliser(Context(b"secret"))


def heard(by: Normaliser, event: object) -> tuple[list[Draft], list[Refusal]]:
    told = orjson.dumps(event)
    said = Said("academie", WITHDRAWN, "said-once", told, AT, "preau.intake.aaf", 1, 2, "record 3")
    return by.normalise(said)


def test_each_record_named_is_deleted_with_the_version_of_the_import(aaf: Normaliser) -> None:
    gone = [("membership", "43$6A$700001"), ("person", "700001"), ("group", "43$6A")]
    drafts, refusals = heard(aaf, body(gone, HEADER))
    assert refusals == []
    assert [(d.record, d.subject) for d in drafts] == [
        (record, f"academie/{source_id}") for record, source_id in gone
    ]
    for place, draft in enumerate(drafts):
        said = decode(unsealed(draft)).value
        meta = said["meta"]
        assert (meta["deleted"], meta["version"]) == (True, 1795500000000007)
        assert meta["event_id"] == event_id("academie", "said-once", f"0/{place}")
        assert meta["authority"] == "STATE"
        assert draft.pii is None


@pytest.mark.parametrize(
    "event",
    [
        *({}, {"gone": "person 1"}, {"gone": [["person"]]}, {"gone": [["person", 1]]}),
        *({"gone": [["person", ""]]}, {"gone": [["planet", "1"]]}, {"gone": [["receipt", "1"]]}),
    ],
)
def test_what_is_no_list_of_records_is_set_aside(aaf: Normaliser, event: object) -> None:
    drafts, refusals = heard(aaf, event)
    assert drafts == []
    assert [bool(refusal.fix) for refusal in refusals] == [True]


@pytest.mark.parametrize("connector", ["beneylu", "edifice"])
def test_an_ent_cannot_withdraw_in_this_way(connector: str) -> None:
    ent = open_catalogue().connector(connector).normaliser(Context(b"secret"))
    drafts, refusals = heard(ent, body([("person", "1")], HEADER))
    assert drafts == []
    assert _codes(refusals) == ["UNKNOWN_EVENT"]


def _codes(refusals: Sequence[Refusal]) -> list[str]:
    return [refusal.code for refusal in refusals]
