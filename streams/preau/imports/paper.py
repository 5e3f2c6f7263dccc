"""The pages that imports print."""

from __future__ import annotations

from pathlib import Path

from preau.paper.sheets import sheets

PAPER = sheets(Path(__file__).resolve().parent / "templates")
