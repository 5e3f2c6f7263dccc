"""Where the two data shelves are: beside us in a checkout, inside us in a wheel."""

from __future__ import annotations

from pathlib import Path

from preau.errors import Stop

_PACKAGE = Path(__file__).resolve().parent


def shelf(name: str) -> Path:
    """The folder `connectors` or `schemas/avro`; raises `Stop` when the installation lacks it."""
    beside, inside = _PACKAGE.parents[1] / name, _PACKAGE / "_shelf" / name
    for folder in (beside, inside):
        if folder.is_dir():
            return folder
    raise Stop(
        "SHELF_MISSING",
        f"the folder {name} is neither beside nor inside the package",
        fix="install Préau again from a complete wheel or checkout",
    )


def connectors() -> Path:
    """The folder that holds one folder per product."""
    return shelf("connectors")


def schemas() -> Path:
    """The folder that holds the canonical Avro schemas."""
    return shelf("schemas/avro")
