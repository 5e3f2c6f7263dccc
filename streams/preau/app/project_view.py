"""What the page of a project shows, read from the store: nothing that names a pupil."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from preau.store import outgoing, projects, said
from preau.store.outgoing import WAIT, Row
from preau.store.projects import Place, Project
from preau.store.receipts import Receipt, Receipts
from preau.store.said import GROUP
from preau.web.reading import (
    Answer,
    Classroom,
    Document,
    Establishment,
    ProjectPage,
    ProjectRow,
)

ONE_BY_ONE = 30
"""Up to so many documents with the same answer are named one by one; beyond, counted."""
DOCUMENTS = 200
_NAMED = {"SHARE": "title", "HOMEWORK": "title"}


class ProjectView:
    """Reads; every call is one short transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._receipts = Receipts(engine)

    def page(self, project: str) -> ProjectPage | None:
        """All that the page shows; None for an unknown project."""
        receipts = self._receipts.of_project(project)
        with self._engine.connect() as connection:
            found = projects.get(connection, project)
            if found is None:
                return None
            rows = outgoing.of_project(connection, project)
            establishments = tuple(_establishment(connection, p) for p in found.places)
            documents = tuple(_documents(connection, found, rows))
        return ProjectPage(
            found.id,
            found.title,
            found.purpose,
            found.state,
            found.starts,
            found.ends,
            found.title,
            establishments,
            documents,
            tuple(_answers(rows, receipts)),
        )

    def rows(self) -> list[ProjectRow]:
        """Every project, the youngest first."""
        with self._engine.connect() as connection:
            order = projects.all_ids(connection)
            found = {p.id: p for p in projects.several(connection, order)}
        return [_row(found[each]) for each in order]


def _row(project: Project) -> ProjectRow:
    return ProjectRow(project.id, project.title, project.state, len(project.places), project.ends)


def _establishment(connection: sa.Connection, place: Place) -> Establishment:
    schools = said.pointing(connection, "establishment", "uai", [place.uai])
    name = next((s.fields["name"] for s in schools if s.fields["name"]), place.uai)
    classes = said.states(connection, "group", place.groups)
    counts = _counts(connection, place.groups)
    rooms = tuple(
        Classroom(classes[key].fields["name"] or key.partition("/")[2], counts.get(key, 0))
        for key in place.groups
        if key in classes
    )
    by = place.by or ""
    return Establishment(place.uai, name, place.instance, place.decision, by, place.at, rooms)


def _counts(connection: sa.Connection, groups: Sequence[str]) -> dict[str, int]:
    """How many people each class has, families left out."""
    found: dict[str, set[str]] = {}
    for state in said.pointing(connection, "membership", GROUP, groups):
        if state.fields["role"] != "GUARDIAN":
            found.setdefault(state.fields["group"], set()).add(state.fields["member"])
    for state in said.pointing(connection, "roster", GROUP, groups):
        members = {m["member"] for m in state.fields["members"] if m["role"] != "GUARDIAN"}
        found.setdefault(state.fields["group"], set()).update(members)
    return {group: len(members) for group, members in found.items()}


def _documents(
    connection: sa.Connection, project: Project, rows: Iterable[Row]
) -> Iterator[Document]:
    """What was shared with the group, the latest first, once however many ENTs received it."""
    names = projects.aliases_of(connection, project.id)
    shares = {s.event_id: s for s in said.pointing(connection, "share", GROUP, names)}
    told: dict[str, Row] = {}
    for row in rows:
        if row.operation == "SHARE_PUT" and row.cause in shares:
            told[row.entity] = row
    latest = sorted(told.values(), key=lambda row: -row.seq)[:DOCUMENTS]
    keys = {shares[row.cause].fields["resource"] for row in latest}
    resources = said.states(connection, "resource", keys)
    for row in latest:
        share = shares[row.cause]
        fields = resources[share.fields["resource"]].fields
        ent = share.key.partition("/")[0]
        yield Document(fields["title"], fields["kind"], ent, "", row.occurred_at)


def _answers(rows: Iterable[Row], receipts: Iterable[Receipt]) -> Iterator[Answer]:
    """The last answer of each ENT for each thing; equal answers on unnamed things are one."""
    answered = {(r.destination, r.entity): r for r in receipts}
    alike: dict[tuple[str, str, str, str], list[tuple[Row, int | None]]] = {}
    for row in rows:
        what = row.operation.partition("_")[0]
        outcome, reason, at = _answer(row, answered.get((row.destination, row.entity)))
        if not (row.operation.endswith("_REMOVE") and outcome in ("APPLIED", "WITHDRAWN")):
            alike.setdefault((row.destination, what, outcome, reason), []).append((row, at))
    for (ent, what, outcome, reason), found in alike.items():
        if what in _NAMED and len(found) <= ONE_BY_ONE:
            for row, at in found:
                label = str(row.body.get(_NAMED[what]) or "")
                yield Answer(ent, what, label, outcome, reason, 1, at)
        else:
            latest = max((at for _, at in found if at is not None), default=None)
            label = str(found[0][0].body.get("name") or "") if what == "GROUP" else ""
            yield Answer(ent, what, label, outcome, reason, len(found), latest)


def _answer(row: Row, receipt: Receipt | None) -> tuple[str, str, int | None]:
    if row.operation == WAIT:
        return "PENDING", "NO_ACCOUNT", row.occurred_at
    if row.operation.startswith(WAIT):
        return "WITHDRAWN", "", None
    if receipt is None or receipt.version < row.version:
        return "", "", None
    return receipt.outcome, receipt.reason, receipt.at
