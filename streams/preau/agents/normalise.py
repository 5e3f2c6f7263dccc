"""From bytes as received to canonical records: the connector folder's mapping, then the seal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from preau.broker.records import Arrival, Output
from preau.canon.cloudevents import headers
from preau.canon.draft import Draft
from preau.errors import SetAside
from preau.keys.seal import Sealer
from preau.mapping.normaliser import Normaliser
from preau.mapping.refusal import Refusal

INTAKE, CANON, ASIDE = "preau.intake.", "preau.canon.", "preau.setaside."
UNREADABLE = "UNREADABLE_BYTES"


class Piece(Protocol):
    """What a reader gives: one event's plain values as JSON, or the reason why it has none."""

    @property
    def event(self) -> str | None: ...
    @property
    def body(self) -> bytes: ...
    @property
    def path(self) -> str: ...
    @property
    def problem(self) -> SetAside | None: ...


class Opener(Protocol):
    """Turns bytes as received into pieces; only for what is not JSON already."""

    def __call__(self, body: bytes, name: str) -> Iterable[Piece]:
        """The pieces of one body; raises `SetAside` when it cannot be read at all."""
        ...


class Normalise:
    """The step `normalise`: stateless, one process per core, repeatable."""

    name = "normalise"

    def __init__(self, normalisers: Mapping[str, Normaliser], sealer: Sealer) -> None:
        self._normalisers = normalisers
        self._sealer = sealer
        self._topics = {name: f"{CANON}{name}" for name in ()} if False else {}

    def topics(self) -> list[str]:
        """The intake topic of every connector."""
        return [f"{INTAKE}{name}" for name in self._normalisers]

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """Canonical records and set-asides of the batch, in the order of their arrival."""
        drafts: list[Draft] = []
        refusals: list[Refusal] = []
        traces: list[bytes | None] = []
        for arrival in batch:
            connector = arrival.topic[len(INTAKE) :]
            made, refused = self._normalisers[connector].normalise(_said(arrival))
            drafts += made
            refusals += refused
            traces += [arrival.headers.get("traceparent")] * len(made)
        values = self._sealer.seal(drafts)
        outputs = [
            Output(CANON + draft.record, draft.key, value, headers(draft))
            for draft, value in zip(drafts, values, strict=True)
        ]
        outputs += [aside(refusal) for refusal in refusals]
        return outputs
