"""A ruling as the record `ruling.v1`, and back: how a person's word reaches the identity step.

Keyed by its own id: what two sources are cannot be said under one of them, and in whichever order
rulings are read, they end in the same people. Each of its two states (ruled, undone) is one record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from preau.broker.records import Output
from preau.broker.topics import RULING
from preau.canon.cloudevents import header_list
from preau.canon.codec import encode
from preau.ids import event_id
from preau.store.likely import EVIDENCE
from preau.store.rulings import Ruling

RECORD = "ruling"


def told(ruling: Ruling) -> Output:
    """The record; the same state of a ruling gives the same bytes."""
    identity = event_id("hub", f"ruling:{ruling.id}", str(ruling.version))
    fields = ruling._asdict()
    del fields["id"]
    lists = {name: list(fields[name]) for name in ("left", "right", "keys")}
    own = {"event_id": identity, "ruling": ruling.id, "undone_by": ruling.undone_by or None}
    evidence = {"evidence": list(EVIDENCE.get(ruling.rule, ()))}
    value = encode(RECORD, {**fields, **lists, **own, **evidence})
    headers = header_list(RECORD, "hub", identity, ruling.undone_at or ruling.at)
    return Output(RULING, ruling.id.encode(), value, headers)


def read(value: Mapping[str, Any]) -> Ruling:
    """The ruling that a decoded record tells."""
    left, right, keys = (tuple(value[name]) for name in ("left", "right", "keys"))
    said = (value["ruling"], value["kind"], left, right, value["rule"], keys, value["ruled_by"])
    undone = (value["undone_by"] or "", value["undone_at"], value["version"])
    return Ruling(*said, value["at"], *undone)
