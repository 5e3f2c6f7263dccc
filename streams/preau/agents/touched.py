"""Which projects, and which of their documents, a batch may have changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from preau.store import outgoing, persons, projects, said
from preau.store.said import GROUP, RESOURCE, SaidState


@dataclass
class Touched:
    """`whole`: projects to look at from end to end; `people`: only their group and members.

    `shares` and `works` are what was said of single documents and homework, by project.
    """

    whole: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    shares: dict[str, set[str]] = field(default_factory=dict)
    works: dict[str, set[str]] = field(default_factory=dict)

    def projects(self) -> set[str]:
        """Every project that is touched in some way."""
        return self.whole | self.people | self.shares.keys() | self.works.keys()

    def by_states(self, connection: sa.Connection, kept: Sequence[SaidState]) -> None:
        """Adds what follows from new states of groups, members, documents, homework."""
        by_record: dict[str, set[str]] = {}
        for state in kept:
            by_record.setdefault(state.record, set()).add(state.key)
        groups = by_record.get("group", set())
        for record in ("membership", "roster"):
            groups |= _targets(connection, record, by_record.get(record, ()))
        self.people |= projects.with_classes(connection, sorted(groups))
        _by_alias(connection, "share", by_record.get("share", ()), self.shares)
        _by_alias(connection, "homework", by_record.get("homework", ()), self.works)
        self.by_resources(connection, by_record.get("resource", ()))

    def by_resources(self, connection: sa.Connection, resources: Collection[str]) -> None:
        """Adds the shares of these documents."""
        shares = {s.key for s in said.pointing(connection, "share", RESOURCE, resources)}
        _by_alias(connection, "share", shares, self.shares)

    def by_links(self, connection: sa.Connection, sources: Collection[str]) -> None:
        """Adds the projects of whoever was recognised, or is no longer."""
        if not sources:
            return
        known = persons.entries(connection, sources)
        family = persons.living(connection, {entry.person for entry in known.values()})
        groups = said.groups_of(connection, family.keys() | set(sources))
        self.people |= projects.with_classes(connection, sorted(groups))
        by_instance: dict[str, list[str]] = {}
        for source in sources:
            instance, _, local = source.partition("/")
            by_instance.setdefault(instance, []).append(local)
        for instance, ids in by_instance.items():
            self.people |= outgoing.projects_with(connection, instance, ids)


def _targets(connection: sa.Connection, record: str, keys: Collection[str]) -> set[str]:
    found = said.targets(connection, record, GROUP, keys)
    return {target for each in found.values() for target in each}


def _by_alias(
    connection: sa.Connection, record: str, keys: Collection[str], into: dict[str, set[str]]
) -> None:
    """Notes each object under the project whose group it names, if it names one."""
    pointed = said.targets(connection, record, GROUP, keys)
    named = sorted({target for targets in pointed.values() for target in targets})
    owner = projects.aliases(connection, named)
    for key, targets in pointed.items():
        for project in {owner[target] for target in targets if target in owner}:
            into.setdefault(project, set()).add(key)
