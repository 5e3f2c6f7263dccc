"""What whoever opens a file knows besides its bytes, and tells the reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from preau.keys.ine import Mask


class Told(NamedTuple):
    """`academy` (two digits) and `uai` are for files that do not say theirs.

    `mask` takes the place of every INE, which goes no further than the reader; without one, an INE
    is dropped. `version` orders two imports of one source: it grows, and is in microseconds. `hide`
    gives the keyed hash (64 hexadecimal characters) of a personal text: the id of what has none.
    """

    academy: str | None = None
    uai: str | None = None
    mask: Mask | None = None
    version: int | None = None
    hide: Callable[[str], str] | None = None

    def hidden(self, ine: str) -> str:
        """What may be said in the place of this INE."""
        return self.mask(ine) if self.mask is not None else ""


NOTHING = Told()
