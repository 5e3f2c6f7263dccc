"""In which groups somebody is, by every word: memberships said one by one, and whole rosters."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import sqlalchemy as sa

from preau.store import said
from preau.store.said import GROUP, MEMBER, SaidState


class Enrolled(NamedTuple):
    """A member of a group, both `<instance>/<its id>`; `state` is the record that says so."""

    member: str
    group: str
    role: str
    state: SaidState


def enrolled(connection: sa.Connection, sources: Collection[str]) -> Iterator[Enrolled]:
    """Every place that one of these sources has in a group."""
    for state in said.pointing(connection, "membership", MEMBER, sources):
        if state.fields["member"] in sources:
            fields = state.fields
            yield Enrolled(fields["member"], fields[GROUP], fields["role"], state)
    for state in said.pointing(connection, "roster", MEMBER, sources):
        for each in state.fields["members"]:
            if each["member"] in sources:
                yield Enrolled(each["member"], state.fields[GROUP], each["role"], state)


def classes_of(
    connection: sa.Connection, instance: str, local: Collection[str]
) -> dict[str, set[str]]:
    """The classes of an instance, by its own word and under its own ids → who of these is there."""
    mine = f"{instance}/"
    found: dict[str, set[str]] = {}
    for each in enrolled(connection, {mine + one for one in local}):
        if each.group.startswith(mine) and each.state.key.startswith(mine):
            found.setdefault(each.group, set()).add(each.member.removeprefix(mine))
    groups = said.states(connection, "group", found)
    rooms = {key for key, s in groups.items() if s.fields["kind"] == "CLASS" and not s.deleted}
    return {key.removeprefix(mine): found[key] for key in rooms}
