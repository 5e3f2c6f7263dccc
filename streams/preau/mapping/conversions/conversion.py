"""What a named conversion is: its name, what it takes and gives, its examples, its function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Gives(Enum):
    """What a conversion gives, and so which canonical fields may take it."""

    TEXT = "text"
    INTEGER = "whole number"
    BOOLEAN = "true or false"
    DAYS = "date"
    MILLIS = "instant in milliseconds"
    MICROS = "instant in microseconds"
    SYMBOL = "one canonical symbol"
    TEXTS = "list of texts"
    SYMBOLS = "list of canonical symbols"
    REFERENCE = "reference of the State (academy, degree, jointure)"


class About(NamedTuple):
    """What a conversion may know besides the values: who speaks, and the secret hashes.

    `degree` is the card's, else the one declared for the instance: FIRST, SECOND, or empty when
    nobody says. `ine` and `hide` give the keyed hash of an INE and of any personal id.
    """

    instance: str
    degree: str
    ine: Callable[[str], str]
    hide: Callable[[str], str]


class Example(NamedTuple):
    """What goes in (several values: a tuple) and what comes out, else the refusal's code."""

    given: object
    result: object = None
    error: str = ""


Convert = Callable[[tuple[object, ...], About], object]


@dataclass(frozen=True)
class Conversion:
    """One entry of the closed list.

    `convert` takes the values of the paths, never all absent; it gives None for "nothing", or
    raises `Unfit`. `several` says that `from` may list paths. `steady` says that one text always
    gives one result whoever speaks, so that results may be remembered.
    """

    name: str
    doc: str
    gives: Gives
    convert: Convert
    examples: tuple[Example, ...]
    several: bool = False
    steady: bool = False
    symbols: tuple[str, ...] = ()
