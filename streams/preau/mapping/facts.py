"""What the hub knows of one event besides its content: who, when, which version, which id."""

from __future__ import annotations

from typing import NamedTuple

from preau.ids import event_id
from preau.mapping.conversions.calendar import school_year
from preau.mapping.said import Said


class Facts(NamedTuple):
    """One event's facts.

    `told_id` is the vendor's event id, else the SHA-256 of the bytes; `occurred_at` is in
    milliseconds UTC, `version` grows with each change of the object (the vendor's, else
    microseconds).
    """

    said: Said
    connector: str
    edition: str
    authority: str
    told_id: str
    occurred_at: int
    version: int

    def record_id(self, rule: int, index: int) -> str:
        """The id of the record that a rule gives for the index-th item (0 without `each`)."""
        return event_id(self.said.instance, self.told_id, f"{rule}/{index}")

    def meta(self, rule: int, index: int, occurred_at: int) -> dict[str, object]:
        """Every field of `meta` that the hub fills, by name."""
        said = self.said
        return {
            "event_id": self.record_id(rule, index),
            "instance": said.instance,
            "connector": self.connector,
            "connector_version": self.edition,
            "version": self.version,
            "deleted": False,
            "authority": self.authority,
            "occurred_at": occurred_at,
            "received_at": said.received_at,
            "school_year": school_year(occurred_at),
            "lineage": {
                "topic": said.topic,
                "partition": said.partition,
                "offset": said.offset,
                "path": said.path,
            },
        }
