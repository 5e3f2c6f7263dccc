"""What a check of a OneRoster package finds, in words for whoever writes the package.

A finding tells the shape of what stands there and never what stands there: the files are full of
names.
"""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that the standard does not allow; `line` counts from 1, 0 for the whole file.

    `code` is stable, `found` the shape of what stands there, `known` what could.
    """

    code: str
    what: str
    file: str = ""
    line: int = 0
    column: str = ""
    found: str = ""
    known: tuple[str, ...] = ()
    fix: str = ""

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (self.file, f"line {self.line}" if self.line else "", self.column)
            if part
        )
        said = [f"{place}: {self.what}" if place else self.what]
        said += [f"found: {self.found}"] if self.found else []
        said += [f"known: {', '.join(self.known)}"] if self.known else []
        said += [f"fix: {self.fix}"] if self.fix else []
        return f"[{self.code}] " + "; ".join(said)


def shape(found: str) -> str:
    """How long a text is and of what it is made: "10 characters: digits, hyphens"."""
    if not found:
        return "nothing"
    kinds = {
        "digits": any(c.isdigit() for c in found),
        "letters": any(c.isalpha() for c in found),
        "spaces": any(c.isspace() for c in found),
        "hyphens": "-" in found,
        "other signs": any(not (c.isalnum() or c.isspace() or c == "-") for c in found),
    }
    made = ", ".join(name for name, there in kinds.items() if there)
    return f"{len(found)} character{'s' if len(found) > 1 else ''}: {made}"
