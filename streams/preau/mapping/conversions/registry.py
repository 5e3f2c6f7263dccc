"""The closed list of conversions, by name. What does not fit becomes a new entry, by review."""

from __future__ import annotations

from preau.mapping.conversions import (
    functions,
    levels,
    moments,
    natures,
    numbers,
    persons,
    references,
    schools,
    texts,
)
from preau.mapping.conversions.conversion import Conversion

_FAMILIES = (texts, numbers, moments, schools, natures, levels, references, functions, persons)
CONVERSIONS: dict[str, Conversion] = {
    conversion.name: conversion for family in _FAMILIES for conversion in family.CONVERSIONS
}
