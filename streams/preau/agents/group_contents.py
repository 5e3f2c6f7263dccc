"""What is in a project's group now, for whoever reads it outside of an ENT: dates, documents.

Only what some ENT of the project is to hold: so that copies which ENTs tell us back, what is
withdrawn and what nobody may say are not here either. The mandates are asked anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.agents.happenings import as_said, happening_entity
from preau.agents.wanted import share_entity
from preau.store import made_there, outgoing
from preau.store import said as said_store
from preau.store.projects import Project
from preau.store.rights import Rights
from preau.store.said import GROUP, SaidState

SHARE, RESOURCE = "share", "resource"


class Content(NamedTuple):
    """One thing in a project's group; `id` is a UUID that is the same for as long as it exists."""

    id: str
    said: SaidState
    told: Mapping[str, Any] | None = None
    """What ENTs were told of it, where its own may say nothing new any more."""

    @property
    def source(self) -> str:
        """The instance that said it."""
        return self.said.key.partition("/")[0]


def contents(
    connection: sa.Connection, project: Project, rights: Rights, record: str
) -> list[Content]:
    """The homework, dates or shares of a group, by the key of whoever said them."""
    names = made_there.of_project(connection, project.id)
    entity = _entity(record)
    found = {
        entity(state.key, project.group): state
        for state in said_store.pointing(connection, record, GROUP, names)
        if _counts(state, rights, record)
    }
    rows = outgoing.of_entities(connection, project.id, found.keys())
    told: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.operation == f"{record.upper()}_PUT":
            told.setdefault(row.entity, {}).update(row.body)
    return [
        _content(each.partition(":")[2], state, rights, told[each])
        for each, state in found.items()
        if each in told
    ]


def _content(id_: str, state: SaidState, rights: Rights, told: Mapping[str, Any]) -> Content:
    """As it is said; as it was told, by an ENT that left: what that says later is not heard."""
    if rights.heard(state.key.partition("/")[0], state.record):
        return Content(id_, state)
    return Content(id_, _in_words_of(state, told), told)


def _in_words_of(state: SaidState, told: Mapping[str, Any]) -> SaidState:
    words = {name: value for name, value in as_said(told).items() if name in state.fields}
    return state._replace(fields={**state.fields, **words})


def documents(
    connection: sa.Connection, project: Project, rights: Rights
) -> Iterator[tuple[Content, SaidState]]:
    """Each share of a group with its document, as long as there is one."""
    shares = contents(connection, project, rights, SHARE)
    keys = {each.said.fields["resource"] for each in shares}
    known = said_store.states(connection, RESOURCE, keys)
    for each in shares:
        document = known.get(each.said.fields["resource"])
        if document is not None and not document.deleted and _counts(document, rights, RESOURCE):
            yield each, document if each.told is None else _in_words_of(document, each.told)


def _counts(state: SaidState, rights: Rights, record: str) -> bool:
    """Whether its ENT may say so; what one gave before it left the project stays."""
    owner = state.key.partition("/")[0]
    return rights.heard(owner, record) or owner in rights.left


def _entity(record: str) -> Callable[[str, str], str]:
    if record == SHARE:
        return share_entity
    return lambda key, group: happening_entity(record, key, group)
