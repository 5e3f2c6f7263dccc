"""A refusal of the mapping engine as the record `set_aside.v1`: why, and where the bytes lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from preau.broker.records import Output
from preau.broker.topics import SET_ASIDE
from preau.canon.cloudevents import header_list
from preau.ids import event_id
from preau.mapping.refusal import Refusal

Encode = Callable[[str, dict[str, Any]], bytes]
"""Record name and fields → a framed Avro value (`preau.canon.codec.encode`)."""

REDRIVEN = "redriven"
"""The header of bytes that were sent again, and of what is refused of them: how often, in ASCII."""


class Refused(NamedTuple):
    """One refusal of one event.

    `said` is the SHA-256 of the event's bytes, `nth` counts its refusals from 0; `at` is in
    milliseconds since 1970. `redriven` is the header of bytes that were sent again, with how often.
    """

    refusal: Refusal
    said: str
    nth: int
    at: int
    traceparent: bytes | None = None
    redriven: bytes | None = None


def set_aside(refused: Refused, encode: Encode) -> Output:
    """The record for `preau.setaside.<connector>`; the same bytes give the same id again."""
    refusal, instance = refused.refusal, refused.refusal.instance
    identity = set_aside_id(refusal, refused.said, refused.nth)
    fields = {
        **refusal._asdict(),
        "known": list(refusal.known),
        "event_id": identity,
        "at": refused.at,
    }
    # where nobody can be told, the product stands for who spoke: a source is never empty
    source = instance or refusal.connector
    headers = header_list("set_aside", source, identity, refused.at, refused.traceparent)
    if refused.redriven is not None:
        headers.append((REDRIVEN, refused.redriven))
    return Output(
        SET_ASIDE + refusal.connector, instance.encode(), encode("set_aside", fields), headers
    )


def set_aside_id(refusal: Refusal, said: str, nth: int) -> str:
    """The id of one refusal of one event; `said` and `nth` as in `Refused`."""
    return event_id(refusal.instance, said, f"{refusal.path}:{refusal.code}:{nth}")
