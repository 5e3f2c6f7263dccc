"""One receipt: what an ENT answered to one delivery, as a record for `preau.receipt`.

Its id follows from the delivery and the outcome, so the same answer said twice is one receipt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from preau.broker.records import Output
from preau.broker.topics import RECEIPT
from preau.ids import event_id
from preau.store.deliveries import Delivery, Settled

Encode = Callable[[str, dict[str, Any]], bytes]
"""Record name and fields → a framed Avro value (`preau.canon.codec.encode`)."""


def receipt(delivery: Delivery, settled: Settled, now_ms: int, encode: Encode) -> Output:
    """The record to publish; `reason` is a code of `preau.outlets.reasons`."""
    said = f"{settled.outcome}:{settled.reason}"
    identity = event_id(delivery.destination, delivery.event_id, said)
    value = encode(
        "receipt",
        {
            "event_id": identity,
            "delivery": delivery.event_id,
            "destination": delivery.destination,
            "project": delivery.project,
            "entity": delivery.entity,
            "operation": delivery.operation,
            "version": delivery.version,
            "outcome": settled.outcome,
            "reason": settled.reason or None,
            "native_id": settled.native.get("native_id"),
            "cause": delivery.cause,
            "at": now_ms,
        },
    )
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_source", b"urn:preau:hub"),
        ("ce_type", b"fr.preau.receipt.v1"),
        ("content-type", b"application/avro"),
    ]
    return Output(RECEIPT, delivery.entity.encode(), value, headers)
