"""What every inlet does last: the bytes of a letter are sealed before they go to the intake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Protocol

from preau.inlets.intake import INTAKE, Intake

KID = "kid"
"""The header that names the key of a sealed letter; a letter without it is in clear."""
Seal = Callable[[Sequence[Intake]], list[Intake]]
"""The same letters, sealed; what is no letter (a set-aside) as it is."""


class Seals(Protocol):
    """`preau.keys.envelope.Envelopes`."""

    def seal(self, instance: str, key: bytes, clear: bytes) -> tuple[bytes, bytes]:
        """The kid, and what is sealed."""
        ...


def sealing(envelopes: Seals) -> Seal:
    """Seals what goes to an intake topic; the key and the other headers stay as they are.

    It may be called from any thread.
    """
    turn = Lock()

    def seal(letters: Sequence[Intake]) -> list[Intake]:
        with turn:
            return [_sealed(envelopes, letter) for letter in letters]

    return seal


def _sealed(envelopes: Seals, letter: Intake) -> Intake:
    if not letter.topic.startswith(INTAKE):
        return letter
    instance = next(raw.decode() for name, raw in letter.headers if name == "instance")
    kid, value = envelopes.seal(instance, letter.key, letter.value)
    return letter._replace(value=value, headers=[*letter.headers, (KID, kid)])
