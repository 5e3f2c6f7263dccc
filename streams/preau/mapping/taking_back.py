"""Whether all that an event can become by its mapping is the deletion of records. Pure.

Asked before anything is written, and so of the vendor's words alone: lines of `when` that look at
an item of a list, or at what the hub knows, are taken to hold.
"""

from __future__ import annotations

from collections.abc import Iterable

from preau.mapping.language import Rule
from preau.mapping.paths import EVENT, follow

DELETED = "meta.deleted"


def takes_back(rules: Iterable[Rule], event: object) -> bool:
    """Whether some rule may be about this event (plain values), and all that may be delete."""
    if not isinstance(event, dict):
        return False
    about = [rule for rule in rules if _may_be_about(rule, event)]
    return bool(about) and all(_deletes(rule) for rule in about)


def _may_be_about(rule: Rule, event: object) -> bool:
    lines = (line for line in rule.when if line.path.root == EVENT)
    return all(line.holds(follow(event, line.path.steps)) for line in lines)


def _deletes(rule: Rule) -> bool:
    return any(each.target == DELETED and each.const is True for each in rule.fields)
