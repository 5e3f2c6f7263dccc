"""What the engine needs to know of a connector's card: how its events name and date themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from preau.mapping.paths import Path


@dataclass(frozen=True)
class Voice:
    """How one product speaks.

    `degree` is FIRST, SECOND or empty (both); `authority` STATE or ENT; `event`, `event_id`,
    `occurred_at` and `version` are paths from the event's root (None: the event does not say);
    `ignored` maps the events dropped on purpose to the reason.
    """

    connector: str
    edition: str
    degree: str
    authority: str
    event: Path
    event_id: Path | None = None
    occurred_at: Path | None = None
    version: Path | None = None
    ignored: Mapping[str, str] = field(default_factory=dict)
