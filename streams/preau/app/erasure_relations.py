"""What Kafka holds of an erased person beside its own record: places, families, lists of classes.

A record that is about the person alone gets a tombstone; a list gets a new state without it. The
hub says again what is still true (`preau.agents.refreshing`): without this it would do so for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from preau.app.erasure_records import forgotten
from preau.app.personal_records import PersonalRecords
from preau.broker.records import Output
from preau.broker.topics import CANON
from preau.canon.cloudevents import header_list
from preau.canon.codec import encode
from preau.ids import event_id

ROSTER = "roster"
ALONE = ("affiliation", "guardianship", "membership")
TOPICS = tuple(f"{CANON}{record}" for record in (*ALONE, ROSTER))


def relations(records: PersonalRecords, sources: Collection[str]) -> Iterator[Output]:
    """The tombstones and the lists; of each list, its last state is what counts."""
    last: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for found in records.naming(sources, TOPICS):
        meta = found.value["meta"]
        key = f"{found.record}:{meta['instance']}/{meta['source_id']}"
        if key not in last or meta["version"] >= last[key][1]["meta"]["version"]:
            last[key] = (found.record, found.value)
    for record, value in last.values():
        source = f"{value['meta']['instance']}/{value['meta']['source_id']}"
        if record == ROSTER:
            yield _without(value, source, frozenset(sources))
        else:
            yield forgotten(f"{CANON}{record}", source)


def _without(value: Mapping[str, Any], source: str, erased: frozenset[str]) -> Output:
    """The list as its ENT said it, without some, as the state after that."""
    meta = dict(value["meta"])
    meta["version"] += 1
    meta["event_id"] = event_id("hub", f"erased:roster:{source}", str(meta["version"]))
    members = [each for each in value["members"] if each["member"] not in erased]
    encoded = encode(ROSTER, {**value, "meta": meta, "members": members})
    headers = header_list(ROSTER, meta["instance"], meta["event_id"], meta["occurred_at"])
    return Output(f"{CANON}{ROSTER}", source.encode(), encoded, headers)
