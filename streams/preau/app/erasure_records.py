"""What an erasure writes to Kafka: that it was asked, that accounts are nobody's, what ENTs say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from preau.agents.matching import ALONE
from preau.broker.records import Output
from preau.broker.topics import CANON, LINK
from preau.canon.cloudevents import header_list
from preau.canon.codec import encode
from preau.ids import event_id
from preau.store.erasures import Erasure, Recipient

HUB = "hub"
Publish = Callable[[Sequence[Output]], None]
"""Returns when Kafka has every record; raises `TryAgain` otherwise."""


def asked(erasure: Erasure) -> Output:
    """The `erasure.v1`: its id is the erasure's."""
    fields = {
        "event_id": erasure.id,
        "person": erasure.person,
        "requested_at": erasure.requested_at,
        "deadline": erasure.deadline,
    }
    headers = header_list("erasure", HUB, erasure.id, erasure.requested_at)
    return Output(f"{CANON}erasure", erasure.person.encode(), encode("erasure", fields), headers)


def nobodys(erasure: Erasure, sources: Iterable[str]) -> Iterator[Output]:
    """Each account leads to nobody any more; then Kafka is told to forget what it held of it."""
    for source in sources:
        identity = event_id(HUB, f"erased:{source}", erasure.id)
        fields = {
            "event_id": identity,
            "source": source,
            "person": "",
            "decision": "UNLINKED",
            "rule": ALONE,
            "assurance": "CERTAIN",
            "evidence": [],
            "confirmed_by": erasure.by,
            "version": erasure.requested_at,
            "at": erasure.requested_at,
        }
        headers = header_list("link", HUB, identity, erasure.requested_at)
        yield Output(LINK, source.encode(), encode("link", fields), headers)
        yield forgotten(LINK, source)
        yield forgotten(f"{CANON}person", source)


def forgotten(topic: str, key: str) -> Output:
    """A tombstone: Kafka drops what it holds under this key at its next compaction."""
    return Output(topic, key.encode(), None, [])


def answered(row: Recipient) -> Output:
    """The `erasure_receipt.v1` of what one ENT said; the same row gives the same id."""
    identity = event_id(HUB, f"erasure:{row.erasure}/{row.number}", row.outcome)
    fields = {
        "event_id": identity,
        "erasure": row.erasure,
        "destination": row.destination,
        "outcome": row.outcome,
        "reason": row.reason or None,
        "at": row.at,
    }
    headers = header_list("erasure_receipt", HUB, identity, row.at)
    value = encode("erasure_receipt", fields)
    return Output(f"{CANON}erasure_receipt", row.erasure.encode(), value, headers)
