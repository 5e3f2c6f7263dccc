"""The stories that `preau demo` can play, by name; the first is played when none is named."""

from __future__ import annotations

from collections.abc import Mapping

from preau.demo.cantal.script import CANTAL
from preau.demo.limoux.script import LIMOUX
from preau.demo.script import Script

STORIES: Mapping[str, Script] = {"limoux": LIMOUX, "cantal": CANTAL}
USUAL = next(iter(STORIES))
