"""Why a pupil is in a project at a collège: from which école, and what links the two accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from preau.agents.link_record import EVIDENCE
from preau.agents.matching import ALONE
from preau.agents.ruled import SET_APART
from preau.store import remembered
from preau.store.persons import Entry

LEFT = "the account of the école is gone; it was this person's"


class Follows(NamedTuple):
    """One project that a person is or was in through an école; times in ms since 1970.

    `account` is the one in the école `from_uai`, `left_at` 0 while it is in the class or picked,
    `to_uai` the collège where the rights are now, empty while the person is in none. `rule` and
    `evidence` (names of fields) link the accounts; `why` says it in words.
    """

    project: str
    from_uai: str
    account: str
    since: int
    left_at: int
    to_uai: str
    rule: str
    evidence: tuple[str, ...]
    why: str


def follows(
    connection: sa.Connection, person: str, entries: Mapping[str, Entry]
) -> tuple[Follows, ...]:
    """Of a person, `entries` being the accounts that are there."""
    rows = remembered.of(connection, entries.keys(), [person])
    rules = {source: each.rule for source, each in entries.items()}
    found = []
    for row in rows:
        rule = _rule(rules, row.source) if row.college else ""
        why = f"link rule {rule}" if rule else LEFT
        said = f"follows from école {row.uai}: {why}" if row.college else "in no collège so far"
        place = row.project, row.uai, row.source, row.since, row.left_at, row.college
        found.append(Follows(*place, rule, EVIDENCE.get(rule, ()), said))
    return tuple(found)


def _rule(rules: Mapping[str, str], account: str) -> str:
    """What links the accounts, the école's own rule first; empty when none is there to tell."""
    told = [rules.get(account, ""), *(rules[source] for source in sorted(rules))]
    return next((rule for rule in told if rule not in ("", ALONE, SET_APART)), "")


class Followed(NamedTuple):
    """How many pupils of one école have followed to one collège, in one project."""

    from_uai: str
    to_uai: str
    pupils: int


def followed(connection: sa.Connection, project: str) -> list[Followed]:
    """From école to collège; nobody is named."""
    rows = remembered.of_project(connection, project).values()
    people = {(row.uai, row.college, row.person) for row in rows if row.college}
    counted = Counter((uai, college) for uai, college, _ in people)
    return [Followed(*way, count) for way, count in sorted(counted.items())]


def arrived(ways: Collection[Followed], uai: str) -> int:
    """How many of them came to this collège."""
    return sum(way.pupils for way in ways if way.to_uai == uai)
