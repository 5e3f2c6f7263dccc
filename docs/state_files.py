#!/usr/bin/env python3
"""Writes the tables of `docs/en/state-files.md`, from the mappings of the connectors of the State's
files; run it after a change of one of them. Without arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from preau.catalogue.catalogue import Connector, open_catalogue
from preau.mapping.language import ABSENT, PRESENT, Condition, FieldRule, Rule

PAGE = Path(__file__).parent / "en" / "state-files.md"
BEGIN, END = "<!-- tables: written by docs/state_files.py -->\n", "<!-- end -->\n"
_HEAD = "| read | gives | how |\n|---|---|---|"


def section() -> str:
    """The tables as they must stand between the two marks of the page."""
    catalogue = open_catalogue()
    opened = [catalogue.connector(name) for name in catalogue.names()]
    state = [each for each in opened if each.card.authority == "STATE"]
    return "\n".join("\n".join(_connector(each)) for each in state)


def page(text: str) -> str:
    """A page with its tables written anew; raises `ValueError` when it has not the two marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} has lost a mark: {BEGIN.strip()} or {END.strip()}")
    return f"{before}{BEGIN}\n{section()}\n{END}{after}"


def _connector(connector: Connector) -> Iterator[str]:
    card = connector.card
    yield f"## {connector.name}\n"
    folder = f"../../connectors/{connector.name}/README.md"
    yield f"{card.title}. [What is grounded, what is assumed]({folder})."
    files = ", ".join(f"`{word}`" for word in card.files)
    yield f"Files, in reading order, by a word of their names: {files}.\n"
    for event, rules in connector.mappings.items():
        yield f"### {connector.name}: `{event}`\n"
        for rule in rules:
            yield _sentence(rule) + "\n"
            yield _HEAD
            yield from _rows(rule.fields, rule.to.partition(".")[0])
            yield ""


def _sentence(rule: Rule) -> str:
    said = f"Gives `{rule.to}`"
    for path in rule.each:
        said += f", one for each of `{path.text}`"
    if rule.when:
        said += f", when {' and '.join(map(_condition, rule.when))}"
    return said + "."


def _condition(condition: Condition) -> str:
    words = [_CONDITIONS.get(word, f"`{word}`") for word in condition.told]
    return f"`{condition.path.text}` is {' or '.join(words)}"


_CONDITIONS = {PRESENT: "there", ABSENT: "not there"}


def _rows(fields: tuple[FieldRule, ...], before: str) -> Iterator[str]:
    for field in fields:
        target = f"{before}.{field.target}"
        if field.each is not None:
            yield f"| each of `{field.each.text}` | `{target}` | a list |"
            yield from _rows(field.fields, target)
        elif field.paths:
            read = ", ".join(f"`{path.text}`" for path in field.paths)
            yield f"| {read} | `{target}` | {_how(field)} |"
        else:
            yield f"| always | `{target}` | `{_const(field.const)}` |"


def _how(field: FieldRule) -> str:
    ways = []
    if field.conversion is not None:
        ways.append(f"[`{field.conversion}`](mapping.md#{field.conversion})")
    if field.table is not None:
        ways += [f"`{given}` → `{_const(result)}`" for given, result in field.table]
    return ", ".join(ways)


def _const(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
