"""What a fictional ENT answers when it is asked what it holds: enough to compare two ENTs."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any


def document(row: Mapping[str, Any]) -> dict[str, object]:
    """One document by the SHA-256 of its bytes (`content`); `hub_id` is set if the hub made it."""
    digest = sha256(row["content"] or b"").hexdigest()
    return {"title": row["title"], "hub_id": row["hub_id"], "sha256": digest}
