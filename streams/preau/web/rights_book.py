"""What the web needs for the rights of people; `preau.app.rights_desk` fits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from preau.rights.breach import Window


class Rights(Protocol):
    """Erasures, exports, breaches, the register; `actor` as in the audit chain, `by` a role."""

    def begin(self, people: Sequence[str], by: str, actor: str, *, keep_out: bool) -> Sequence[str]:
        """Erases; the ids of the erasures. Raises `SetAside` (PERSON_UNKNOWN), `TryAgain`."""
        ...

    def told(self, id_: str) -> Mapping[str, Any]:
        """How far an erasure is; raises `SetAside` (ERASURE_UNKNOWN)."""
        ...

    def listed(self) -> Sequence[Mapping[str, Any]]:
        """The last erasures, the youngest first, each as `told` tells it."""
        ...

    def let_in(self, source: str, actor: str) -> bool:
        """Hears an account again that was kept out; False when it was not."""
        ...

    def export(self, who: str, by: str, actor: str) -> bytes:
        """All that is held of a person, as JSON; raises `SetAside` (PERSON_UNKNOWN)."""
        ...

    def breach(self, instance: str, window: Window, actor: str) -> Mapping[str, Any]:
        """What an ENT received in a window."""
        ...

    def register(self) -> Mapping[str, Any]:
        """The register of processing."""
        ...
