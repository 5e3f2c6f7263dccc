"""A decision of the step `identity` as the record `link.v1`: who, by which rule, on whose word."""

from __future__ import annotations

from collections.abc import Mapping

from preau.agents.matching import EVIDENCE as CERTAIN_EVIDENCE
from preau.broker.records import Output
from preau.broker.topics import LINK
from preau.canon.cloudevents import header_list
from preau.canon.codec import encode
from preau.ids import event_id
from preau.store.likely import EVIDENCE as LIKELY_EVIDENCE
from preau.store.likely import PROBABLE
from preau.store.persons import Entry
from preau.store.rulings import SAME, Ruling

EVIDENCE: Mapping[str, tuple[str, ...]] = {**LIKELY_EVIDENCE, **CERTAIN_EVIDENCE}
"""Rule → names of the fields that agreed, never their values."""


def link(entry: Entry, ruling: Ruling | None) -> Output:
    """The record; the same entry gives the same bytes. `ruling` is the one that it needed."""
    identity = event_id("hub", f"link:{entry.source}", f"{entry.decisions}:{entry.person}")
    confirmed = ruling if not entry.deleted else None
    likely = confirmed is not None and confirmed.kind == SAME
    value = encode(
        "link",
        {
            "event_id": identity,
            "source": entry.source,
            "person": entry.person,
            "decision": "UNLINKED" if entry.deleted else "LINKED",
            "rule": entry.rule,
            "assurance": PROBABLE if likely else "CERTAIN",
            "evidence": list(EVIDENCE.get(entry.rule, ())),
            "confirmed_by": confirmed.ruled_by if confirmed is not None else None,
            "version": entry.decisions,
            "at": entry.at,
        },
    )
    headers = header_list("link", "hub", identity, entry.at)
    return Output(LINK, entry.source.encode(), value, headers)
