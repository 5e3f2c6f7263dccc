"""Before use: the generated code must give the same bytes as the plain path, or it is not used."""

from __future__ import annotations

from collections.abc import Iterable

from preau.mapping.conversions.conversion import About
from preau.mapping.facts import Facts
from preau.mapping.ruleset import RuleSet


def difference(rules: RuleSet, events: Iterable[object], facts: Facts, about: About) -> str | None:
    """Where the two paths differ, in words without any value; None when they agree everywhere."""
    for number, event in enumerate(events, 1):
        try:
            quick = rules.quickly(event, facts, about)
        except Exception:  # noqa: S112 - it declines: the plain path will do it
            continue
        plain = rules.plainly(event, facts, about)
        if plain.unfit and (quick is not None or plain.unfit[0].code != "NO_RULE_APPLIES"):
            return (
                f"event {number}: the generated code takes what is refused ({plain.unfit[0].code})"
            )
        if (quick or []) != rules.write(plain.made):
            return f"event {number}: other bytes than fastavro"
    return None
