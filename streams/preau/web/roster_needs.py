"""What the roster service needs from the rest of the hub, as a protocol."""

from __future__ import annotations

from typing import Protocol

from preau.outlets.oneroster.reading import Reading
from preau.web.needs import ApiKey


class Rosters(Protocol):
    """The rosters of the consumers, and what their access tokens are signed with."""

    def read(self, instance: str) -> Reading:
        """What this consumer is to hold now, with the state and date of each entity.

        Names are opened for it and written nowhere; `preau.app.rosters_desk` says for how long a
        reading is held for the pages that follow. Raises `SetAside` (ROSTER_NONE) for an instance
        whose product reads no roster.
        """
        ...

    def secret(self) -> bytes:
        """The hub's own secret for access tokens, always the same."""
        ...

    def holder(self, key_id: str) -> ApiKey | None:
        """What the key of that public name allows; None when it is unknown or revoked."""
        ...
