"""Receipts are projected for the page, and bytes that cannot be read stop nothing."""

from __future__ import annotations

import json
from typing import Any

from preau.agents.receipts import ReceiptsStep
from preau.broker.records import Arrival
from preau.errors import SetAside
from preau.store.receipts import Receipt


class Kept:
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.rows: list[Receipt] = []

    def put(self, rows: Any) -> None:
        self.rows += rows


def decode(value: bytes) -> Any:
    if not value.startswith(b"{"):
        raise SetAside("AVRO_FRAME", "no frame")
    return json.loads(value)


def arrival(value: bytes | None) -> Arrival:
    return Arrival("preau.receipt", 0, 1, b"k", value, {})


def test_a_receipt_is_kept_with_empty_texts_for_what_it_does_not_say() -> None:
    said = {name: name for name in Receipt._fields} | {"version": 2, "at": 3, "reason": None}
    kept = Kept()
    step = ReceiptsStep(kept, decode)
    value = json.dumps(said).encode()
    assert step.handle([arrival(value), arrival(b"\x00"), arrival(None)]) == []
    (row,) = kept.rows
    assert (row.version, row.at, row.reason, row.outcome) == (2, 3, "", "outcome")


def test_the_steps_name_their_topics(hub: Any) -> None:
    assert ReceiptsStep(Kept(), decode).topics() == ["preau.receipt"]
    assert hub.topics() == [r"^preau\.share\..*"]
