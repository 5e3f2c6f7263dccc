"""From bytes as received to canonical records: the connector folder's mapping, then the seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from preau.agents.intake_record import said_of, trace_of, unheard
from preau.agents.keeping_out import KeptOut
from preau.agents.letter_opening import Unseals, open_letters
from preau.agents.setting_aside import REDRIVEN, Encode, Refused, set_aside
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON, INTAKE, RECORD_BYTES, RECORDS
from preau.canon.cloudevents import header_list
from preau.canon.draft import Draft
from preau.clock import Clock
from preau.errors import SetAside
from preau.ids import digest
from preau.keys.seal import Sealer
from preau.mapping.normaliser import Normaliser
from preau.mapping.refusal import Refusal, Unfit, refusal

#: Bytes of a key and a value together; the rest of what Kafka takes is for headers and framing.
LARGEST = RECORD_BYTES - 4_096
_new = tuple.__new__  # a third of the time of a named tuple's constructor, once per record
_TOPICS = {record: CANON + record for record in RECORDS}


class Normalise:
    """The step `normalise`: stateless, one process per core, repeatable.

    `normalisers` are the compiled mappings by connector; `encode` writes a set-aside. Each record
    of an intake topic becomes canonical records, set-asides, both, or (counted by its normaliser's
    tally) nothing. A repeat gives the same ids in the same order. `unsealer` opens sealed letters;
    without it they are worked as they lie. `kept_out` are the accounts that are not heard.
    """

    name = "normalise"

    def __init__(
        self,
        normalisers: Mapping[str, Normaliser],
        sealer: Sealer,
        encode: Encode,
        clock: Clock,
        unsealer: Unseals | None = None,
        kept_out: KeptOut | None = None,
    ) -> None:
        self._by_topic = {
            INTAKE + name: (name, normaliser.normalise) for name, normaliser in normalisers.items()
        }
        self._sealer = sealer
        self._encode = encode
        self._clock = clock
        self._unsealer = unsealer
        self._kept_out = kept_out

    def topics(self) -> list[str]:
        """The intake topic of every connector."""
        return list(self._by_topic)

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """Canonical records in the order of arrival, then set-asides in theirs."""
        drafts: list[Draft] = []
        sources: list[int] = []
        refused: dict[int, list[Refusal]] = {}
        shut: dict[int, SetAside] = {}
        by_topic = self._by_topic
        if self._unsealer is not None:
            batch, shut = open_letters(self._unsealer, batch)
        for place, arrival in enumerate(batch):
            connector, normalise = by_topic[arrival.topic]
            try:
                if place in shut:
                    raise _unopened(shut[place])
                made, refusals = normalise(said_of(arrival))
            except Unfit as unfit:
                made, refusals = [], [refusal(unfit, unheard(arrival), connector, "")]
            drafts += made
            sources += [place] * len(made)
            if refusals:
                refused[place] = refusals
        if self._kept_out is not None:
            drafts, sources = self._kept_out.drafts(drafts, sources)
        outputs = self._sealed(batch, drafts, sources, refused)
        for place in sorted(refused):
            outputs += self._set_aside(batch[place], refused[place])
        return outputs

    def _sealed(
        self,
        batch: Sequence[Arrival],
        drafts: Sequence[Draft],
        sources: Sequence[int],
        refused: dict[int, list[Refusal]],
    ) -> list[Output]:
        """The records that Kafka takes; one that is too large joins the refused."""
        outputs: list[Output] = []
        values = self._sealer.seal(drafts)
        for draft, value, place in zip(drafts, values, sources, strict=True):
            key, arrival = draft.key, batch[place]
            if len(value) + len(key) <= LARGEST:
                at, trace = draft.occurred_at, trace_of(arrival)
                told = header_list(draft.record, draft.instance, draft.event_id, at, trace)
                outputs.append(_new(Output, (_TOPICS[draft.record], key, value, told)))
            else:
                refused.setdefault(place, []).append(self._too_large(draft, value, arrival))
        return outputs

    def _too_large(self, draft: Draft, value: bytes, arrival: Arrival) -> Refusal:
        found = f"a {draft.record} of {len(value) + len(draft.key)} bytes"
        known, fix = (f"at most {LARGEST} bytes",), "send fewer items in one event"
        unfit = Unfit("RECORD_SIZE", found, known=known, fix=fix)
        said = said_of(arrival)
        return refusal(unfit, said, self._by_topic[arrival.topic][0], said.event or "")

    def _set_aside(self, arrival: Arrival, refusals: Sequence[Refusal]) -> list[Output]:
        said, at = digest(arrival.value or b""), self._clock.now_ms()
        trace, redriven = trace_of(arrival), arrival.headers.get(REDRIVEN)
        return [
            set_aside(Refused(each, said, nth, at, trace, redriven), self._encode)
            for nth, each in enumerate(refusals)
        ]


def _unopened(why: SetAside) -> Unfit:
    told = why.complaint
    return Unfit(why.code, told.what, fix=told.fix)
