"""Freezes sample bytes of each schema that has none yet: `python tests/history/freeze.py`.

Run once after a schema is released; what is frozen is never written again. Beside the bytes lie
the values that they must still say, as JSON.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fastavro

from preau.canon.schemas import released
from preau.canon.wire import frame

FROZEN = Path(__file__).parent / "bytes"
_PLAIN: dict[str, Any] = {
    "uuid": "5a1f3c1e-6d0b-5b7e-9c57-9d2f1c0e7a11",
    "string": "Préau \U0001f600",
    "bytes": b"\x00\xff bytes",
    "boolean": True,
    "int": 20_698,
    "long": 1_788_220_800_123,
}


def filled(kind: Any, seen: dict[str, Any]) -> Any:
    """A value in which every field says something that is not its default."""
    if isinstance(kind, str):
        return seen[kind] if kind in seen else _PLAIN[kind]
    if isinstance(kind, list):
        return filled(kind[-1], seen)
    made: Any = _PLAIN.get(str(kind.get("logicalType")))
    if kind["type"] == "array":
        made = [filled(kind["items"], seen)] * 2
    elif kind["type"] == "map":
        made = {f"key {n}": filled(branch, seen) for n, branch in enumerate(kind["values"][1:])}
    elif kind["type"] == "enum":
        made = kind["symbols"][-1]
    elif kind["type"] == "record":
        made = {f["name"]: filled(f["type"], seen) for f in kind["fields"]}
    seen[str(kind.get("name"))] = made
    return filled(kind["type"], seen) if made is None else made


def as_json(value: Mapping[str, Any]) -> str:
    """The values as JSON; bytes become base64."""
    text = json.dumps(
        value, ensure_ascii=False, indent=1, default=lambda raw: base64.b64encode(raw).decode()
    )
    return text + "\n"


def freeze() -> None:
    """Writes what is not there yet."""
    for number, schema in released().items():
        file = FROZEN / f"{number}.avro"
        if not file.exists():
            value, out = filled(schema.raw, {}), io.BytesIO()
            fastavro.schemaless_writer(out, schema.plain, value)
            file.write_bytes(frame(number, out.getvalue()))
            file.with_suffix(".json").write_text(as_json(value), encoding="utf-8")


if __name__ == "__main__":
    freeze()
