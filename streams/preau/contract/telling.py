"""Tells canonical records and refusals as plain JSON: in expected files, on the command line."""

from __future__ import annotations

import base64
from collections.abc import Iterable

import orjson

from preau.canon.codec import decode, read_as, read_inner
from preau.canon.draft import Draft
from preau.canon.schemas import released
from preau.canon.wire import frame
from preau.contract.rehearsal import Heard
from preau.mapping.refusal import Refusal

_NO_PII = b"\x00"  # Avro: the branch `null` of the union that ends a record with a sealed part


def told(draft: Draft, *, pii: bool) -> dict[str, object]:
    """`{"record", "key", "value"}`; personal values in clear only when asked for."""
    value = dict(decode(unsealed(draft), dates=True).value)
    if draft.pii is not None:
        value["pii"] = clear(draft) if pii else "sealed"
    return {"record": draft.record, "key": draft.key.decode(), "value": value}


def unsealed(draft: Draft) -> bytes:
    """The framed record without its personal part."""
    return frame(draft.schema_id, draft.head + (_NO_PII if draft.sealable else b""))


def read_by_all(draft: Draft) -> None:
    """Reads the record by every released schema of its major; raises `SetAside` if one cannot."""
    schemas = released()
    mine = schemas[draft.schema_id]
    for number, schema in schemas.items():
        if (schema.name, schema.major) == (mine.name, mine.major):
            read_as(unsealed(draft), number)


def clear(draft: Draft) -> dict[str, object]:
    """The personal part before sealing, empty when there is none."""
    return {} if draft.pii is None else read_inner(draft.record, draft.pii, dates=True)


def why(refusal: Refusal) -> str:
    """One sentence: the code, the field, what was found (its shape), what is known, the fix."""
    known = f"; known: {', '.join(refusal.known)}" if refusal.known else ""
    fix = f"; fix: {refusal.fix}" if refusal.fix else ""
    return f"{refusal.code} {refusal.field}: {refusal.found}{known}{fix}"


def answer(heard: Iterable[Heard]) -> object:
    """What an expected file holds: the records in order; a lone refusal stands by itself."""
    items: list[object] = []
    for piece in heard:
        items += [told(draft, pii=True) for draft in piece.drafts]
        items += [{"set_aside": why(refusal)} for refusal in piece.refusals]
    lone = len(items) == 1 and isinstance(items[0], dict) and "set_aside" in items[0]
    return orjson.loads(as_json(items[0] if lone else items))


def as_json(value: object, *, indent: bool = False) -> bytes:
    """JSON in UTF-8; bytes become base64, dates ISO 8601."""
    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE if indent else 0
    return orjson.dumps(value, default=_plain, option=option | orjson.OPT_PASSTHROUGH_DATETIME)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(type(value).__name__)
