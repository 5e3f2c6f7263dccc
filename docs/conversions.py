#!/usr/bin/env python3
"""Writes the list of conversions into `docs/en/mapping.md`, from what the conversions say of
themselves; run it after a change of `streams/preau/mapping/conversions`. Without arguments.
"""

from __future__ import annotations

import json
from pathlib import Path

from preau.mapping.conversions.conversion import Conversion, Example, Gives
from preau.mapping.conversions.registry import CONVERSIONS

PAGE = Path(__file__).parent / "en" / "mapping.md"
BEGIN, END = "<!-- conversions: written by docs/conversions.py -->\n", "<!-- end -->\n"


def section() -> str:
    """The list as it must stand between the two marks of the page."""
    return "\n".join(_told(conversion) for conversion in CONVERSIONS.values())


def page(text: str) -> str:
    """A page with its list written anew; raises `ValueError` when it has not the two marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has lost a mark: {BEGIN.strip()} or {END.strip()}")
    return f"{before}{BEGIN}\n{section()}\n{END}{after}"


def _told(conversion: Conversion) -> str:
    paths = "One path or several." if conversion.several else "One path."
    examples = [(_given(example), _result(example)) for example in conversion.examples]
    width = max(len(given) for given, _ in examples)
    lines = [f"{given:{width}}  →  {result}" for given, result in examples]
    gives = f"{paths} Gives: {_gives(conversion)}."
    return f"#### `{conversion.name}`\n\n{conversion.doc}\n{gives}\n\n" + _fenced(lines)


def _gives(conversion: Conversion) -> str:
    kind = conversion.gives
    symbols = f": {', '.join(conversion.symbols)}" if conversion.symbols else ""
    return kind.value + (symbols if kind in (Gives.SYMBOL, Gives.SYMBOLS) else "")


def _given(example: Example) -> str:
    values = example.given if isinstance(example.given, tuple) else (example.given,)
    return ", ".join(_json(value) for value in values)


def _result(example: Example) -> str:
    return f"set aside, {example.error}" if example.error else _json(example.result)


def _json(value: object) -> str:
    return "absent" if value is None else json.dumps(value, ensure_ascii=False)


def _fenced(lines: list[str]) -> str:
    return "\n".join(["```text", *lines, "```", ""])


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
