"""The templates of a room, on the one sheet: everything escaped, nothing left undefined."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

_SHEET = Path(__file__).resolve().parent / "templates"


def sheets(templates: Path) -> Environment:
    """The templates of this folder, which may extend `paper.html`.

    Jinja, which the hub's own pages use too.
    """
    return Environment(
        loader=FileSystemLoader([templates, _SHEET]),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
