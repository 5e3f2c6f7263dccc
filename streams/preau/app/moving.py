"""An établissement changes its ENT: whom the new accounts are recognised as, and what waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import sqlalchemy as sa

from preau.agents.likely import Pair, likely_pairs
from preau.store import persons, projects, said
from preau.store.likely import PROBABLE
from preau.store.projects import CLOSED
from preau.store.said import GROUP, MEMBER
from preau.web.moves import Move, MovedProject, MoveReport


def move_report(connection: sa.Connection, move: Move) -> MoveReport:
    """Reads only; nothing is decided here."""
    here = _people(connection, _members(connection, said.groups_at(connection, move.uai)))
    old = {person for person, sources in here.items() if _has(sources, move.before)}
    rules = {p: rule for p in old if (rule := _rule(here[p], move.after))}
    new = {person for person, sources in here.items() if _has(sources, move.after)} - old
    pairs = [p for p in likely_pairs(connection) if _between(p, old - rules.keys(), new)]
    paired = {side.person for pair in pairs for side in (pair.left, pair.right)}
    return MoveReport(
        len(old),
        dict(sorted(Counter(rules.values()).items())),
        tuple(pair for pair in pairs if pair.assurance == PROBABLE),
        tuple(pair for pair in pairs if pair.assurance != PROBABLE),
        len(old - rules.keys() - paired),
        len(new - paired),
        tuple(_projects(connection, move)),
    )


def _members(connection: sa.Connection, groups: Collection[str]) -> set[str]:
    """Every source in these groups."""
    found = {
        state.fields[MEMBER]
        for state in said.pointing(connection, "membership", GROUP, groups)
        if state.fields["member_kind"] == "PERSON"
    }
    for state in said.pointing(connection, "roster", GROUP, groups):
        found |= {each["member"] for each in state.fields["members"]}
    return found


def _people(connection: sa.Connection, sources: Collection[str]) -> dict[str, dict[str, str]]:
    """Person → each of its sources → its rule."""
    known = {entry.person for entry in persons.entries(connection, sources).values()}
    found: dict[str, dict[str, str]] = {}
    for entry in persons.living(connection, known).values():
        found.setdefault(entry.person, {})[entry.source] = entry.rule
    return found


def _has(sources: Collection[str], instance: str) -> bool:
    return any(source.startswith(f"{instance}/") for source in sources)


def _rule(sources: Mapping[str, str], instance: str) -> str:
    """The rule by which a person is recognised in this instance; empty when it has no account."""
    mine = sorted(source for source in sources if source.startswith(f"{instance}/"))
    return sources[mine[0]] if mine else ""


def _between(pair: Pair, old: Collection[str], new: Collection[str]) -> bool:
    one, other = pair.left.person, pair.right.person
    return (one in old and other in new) or (one in new and other in old)


def _projects(connection: sa.Connection, move: Move) -> Iterator[MovedProject]:
    for project in projects.several(connection, projects.all_ids(connection)):
        for place in project.places:
            if (place.uai, place.instance) == (move.uai, move.before) and project.state != CLOSED:
                people = _people(connection, _members(connection, place.groups))
                counted = _counted(list(people.values()), move)
                yield MovedProject(
                    project.id, project.title, project.state, place.decision, *counted
                )


def _counted(people: Sequence[Mapping[str, str]], move: Move) -> tuple[int, int]:
    return len(people), sum(_has(sources, move.after) for sources in people)
