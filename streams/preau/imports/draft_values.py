"""Reads drafts that this process has just made: their bytes need none of the checks of Kafka's."""

from __future__ import annotations

import io
from typing import Any

import fastavro

from preau.canon.draft import Draft
from preau.canon.schemas import load

_NO_PII = b"\x00"  # Avro: the branch `null` of the union that ends a record with a sealed part


def values(draft: Draft) -> dict[str, Any]:
    """The fields as plain values, without the personal part; days and milliseconds as numbers."""
    body = draft.head + _NO_PII if draft.sealable else draft.head
    return _read(draft.record, body)


def personal(draft: Draft) -> dict[str, Any]:
    """The personal part in clear, empty when there is none."""
    return {} if draft.pii is None else _read(f"{draft.record}.pii", draft.pii)


def _read(record: str, body: bytes) -> dict[str, Any]:
    found: Any = fastavro.schemaless_reader(io.BytesIO(body), load()[record].plain, None)
    return dict(found)
