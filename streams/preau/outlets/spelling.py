"""How the files of an `outlet/` folder are spelt: known keys, known words, and nothing else."""

from __future__ import annotations

from typing import Any

from preau.errors import FixTheFolder, Place


def keyed(raw: object, known: frozenset[str], place: Place, what: str) -> dict[str, Any]:
    """Names and values with no name but the known ones; raises `FixTheFolder`."""
    if not isinstance(raw, dict):
        raise wrong(place, what, "names and their values are needed")
    for key in raw:
        if key not in known:
            raise FixTheFolder(
                "OUTLET_KEY",
                f"{what} has a key that does not exist",
                where=Place(place.connector, place.file, str(key)),
                known=tuple(sorted(known)),
                fix="correct its spelling or remove it",
            )
    return raw


def one_of(raw: object, known: tuple[str, ...], place: Place) -> str:
    """One of the known words; raises `FixTheFolder`."""
    if raw not in known:
        raise FixTheFolder(
            "OUTLET_VALUE",
            "a word that does not exist",
            where=Place(place.connector, place.file, str(raw)),
            known=tuple(each for each in known if each),
            fix="use one of the known words",
        )
    return str(raw)


def wrong(place: Place, field: str, what: str) -> FixTheFolder:
    """The error that says what of the file's form is not as it must be."""
    where = Place(place.connector, place.file, field)
    return FixTheFolder("OUTLET_FORM", what, where=where, fix="see docs/en/outlets.md")
