"""What the page of a project shows, read from the store: nothing that names a pupil."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import sqlalchemy as sa

from preau.agents.happenings import HAPPENINGS
from preau.agents.wanted import PSEUDONYM, Recipient, share_entity
from preau.app.following_view import arrived, followed
from preau.app.school_view import class_advice
from preau.canon.purposes import purposes
from preau.clock import Clock, SystemClock, paris_day
from preau.store import drifts, made_there, outgoing, projects, said, switches
from preau.store.enrolments import schools
from preau.store.outgoing import WAIT, Row
from preau.store.projects import OPEN, Place, Project
from preau.store.receipts import Receipt, Receipts
from preau.store.said import GROUP
from preau.store.switches import INSTANCE, UAI, Cut
from preau.web.reading import (
    Answer,
    Classroom,
    Document,
    Establishment,
    Gap,
    ProjectPage,
    ProjectRow,
)

ONE_BY_ONE = 30
"""Up to so many documents with the same answer are named one by one; beyond, counted."""
DOCUMENTS = 200
PUT, REMOVE = "_PUT", "_REMOVE"
GROUP_PUT, SHARE, SHARE_PUT = "GROUP_PUT", "SHARE", "SHARE_PUT"
_NO_PLACE = ("REFUSED", "NO_DOCUMENTS")
_NAMED = {"GROUP": "name", **dict.fromkeys(("SHARE", *map(str.upper, HAPPENINGS)), "title")}
RecipientOf = Callable[[str], Recipient | None]
"""What an instance's product takes; None when the instance is unknown."""


class ProjectView:
    """Reads; every call is one short transaction."""

    def __init__(
        self, engine: sa.Engine, recipient: RecipientOf, clock: Clock | None = None
    ) -> None:
        self._engine = engine
        self._recipient = recipient
        self._clock = clock or SystemClock()
        self._receipts = Receipts(engine)

    def page(self, project: str) -> ProjectPage | None:
        """All that the page shows; None for an unknown project."""
        receipts = self._receipts.of_project(project)
        with self._engine.connect() as connection:
            found = projects.get(connection, project)
            if found is None:
                return None
            rows = outgoing.of_project(connection, project)
            cuts = switches.cuts(connection)
            ways = followed(connection, project)
            establishments = tuple(
                _establishment(connection, p, cuts)._replace(
                    followers=arrived(ways, p.uai),
                    advice=tuple(class_advice(connection, p.groups)),
                )
                for p in found.places
            )
            documents = tuple(_documents(connection, found, rows))
            gaps = tuple(_gaps(connection, project))
        return ProjectPage(
            found.id,
            found.title,
            label(found.purpose),
            self._state(found),
            found.starts,
            found.ends,
            found.title,
            establishments,
            documents,
            (*self._answers(rows, receipts), *self._unplaced(rows, documents)),
            found.description,
            found.convention,
            gaps,
        )

    def _state(self, project: Project) -> str:
        """The state, EXPIRED once the last day is over."""
        day = paris_day(self._clock.now_ms())
        return "EXPIRED" if project.state == OPEN and project.ends < day else project.state

    def rows(self) -> list[ProjectRow]:
        """Every project, the youngest first."""
        with self._engine.connect() as connection:
            order = projects.all_ids(connection)
            found = {p.id: p for p in projects.several(connection, order)}
        own = (found[each] for each in order if not found[each].parent)
        return [_row(each)._replace(state=self._state(each)) for each in own]

    def _answers(self, rows: Iterable[Row], receipts: Iterable[Receipt]) -> Iterator[Answer]:
        """The last answer of each ENT for each thing; equal answers on unnamed things are one."""
        answered = {(r.destination, r.entity): r for r in receipts}
        alike: dict[tuple[str, str, str, str], list[tuple[Row, int | None]]] = {}
        for row in rows:
            if row.operation != WAIT + REMOVE:  # nothing was there, nothing is taken away
                outcome, reason, at = self._answer(row, answered.get((row.destination, row.entity)))
                alike.setdefault((row.destination, thing(row), outcome, reason), []).append(
                    (row, at)
                )
        for (ent, what, outcome, reason), found in alike.items():
            for label, things, at in _named(what, found):
                yield Answer(ent, what, label, outcome, reason, things, at)

    def _answer(self, row: Row, receipt: Receipt | None) -> tuple[str, str, int | None]:
        """Outcome, reason and moment of the answer to a row as it is now."""
        if row.operation == WAIT:
            return "PENDING", "NO_ACCOUNT", row.occurred_at
        if receipt is not None and receipt.version >= row.version:
            return receipt.outcome, receipt.reason, receipt.at
        recipient = self._recipient(row.destination)
        able = recipient is None or row.operation in recipient.needs
        if row.operation.endswith(REMOVE) and not able:  # such a withdrawal is never sent
            return "REFUSED", "NOT_SUPPORTED", row.occurred_at
        return "", "", None

    def _unplaced(self, rows: Sequence[Row], documents: Sequence[Document]) -> Iterator[Answer]:
        """What a directory service of this project is never sent: it has no place for documents.

        Said once for each of them, so that nobody looks there for what is in the ENTs only.
        """
        for instance in sorted({row.destination for row in rows if row.operation == GROUP_PUT}):
            known = self._recipient(instance)
            if known is None or PSEUDONYM not in known.members or SHARE_PUT in known.needs:
                continue
            told = [Answer(instance, SHARE, d.title, *_NO_PLACE, 1, d.at) for d in documents]
            if len(told) > ONE_BY_ONE:
                told = [told[0]._replace(label="", things=len(told))]
            yield from told


def label(purpose: str) -> str:
    """A purpose in French; one that is not in the list says itself."""
    known = purposes().get(purpose)
    return purpose if known is None else known.label


def thing(row: Row) -> str:
    """What a row is about: GROUP, CLASS, MEMBER, SHARE …, with `_REMOVE` when it is withdrawn."""
    if row.operation == WAIT:
        return "MEMBER"
    what = row.operation.removesuffix(PUT)
    if row.body.get("member_kind") == "GROUP":
        return what.replace("MEMBER", "CLASS")
    return what


def _named(
    what: str, found: Sequence[tuple[Row, int | None]]
) -> Iterator[tuple[str, int, int | None]]:
    """(label, how many things, latest moment): one by one where things have names."""
    name = _NAMED.get(what.removesuffix(REMOVE), "")
    if name and len(found) <= ONE_BY_ONE:
        for row, at in found:
            yield str(row.body.get(name) or ""), 1, at
        return
    yield "", len(found), max((at for _, at in found if at is not None), default=None)


def _row(project: Project) -> ProjectRow:
    return ProjectRow(project.id, project.title, project.state, len(project.places), project.ends)


def _establishment(connection: sa.Connection, place: Place, cuts: Iterable[Cut]) -> Establishment:
    name = schools(connection, [place.uai])[place.uai].name or place.uai
    classes = said.states(connection, "group", place.groups)
    counts = _counts(connection, place.groups)
    rooms = tuple(
        Classroom(classes[key].fields["name"] or key.partition("/")[2], counts.get(key, 0))
        for key in place.groups
        if key in classes
    )
    decided = (place.decision, place.by or "", place.at)
    mine = {(INSTANCE, place.instance), (UAI, place.uai)}
    cut = min((each.at for each in cuts if (each.kind, each.target) in mine), default=None)
    shown = Establishment(place.uai, name, place.instance, *decided, rooms, cut, place.until)
    former = place.former[-1] if place.former else None
    if former is not None:
        shown = shown._replace(former=former.instance, moved=former.at)
    return shown._replace(directories=place.directories)


def _gaps(connection: sa.Connection, project: str) -> Iterator[Gap]:
    """What ENTs hold otherwise than they should, equal things together."""
    alike: dict[Gap, list[int]] = {}
    for each in drifts.of_project(connection, project):
        gap = Gap(each.destination, each.what, each.kind, each.state, 0, 0, each.foreign)
        alike.setdefault(gap, []).append(each.at)
    for gap, moments in alike.items():
        yield gap._replace(things=len(moments), at=max(moments))


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
    names = made_there.of_project(connection, project.id)
    pointing = said.pointing(connection, "share", GROUP, names)
    shares = {share_entity(each.key, project.group): each for each in pointing}
    told = {r.entity: r for r in rows if r.operation == SHARE_PUT and r.entity in shares}
    latest = sorted(told.values(), key=lambda row: -row.seq)[:DOCUMENTS]
    keys = {shares[row.entity].fields["resource"] for row in latest}
    resources = said.states(connection, "resource", keys)
    for row in latest:
        share = shares[row.entity]
        fields = resources[share.fields["resource"]].fields
        ent = share.key.partition("/")[0]
        yield Document(fields["title"], fields["kind"], ent, "", row.occurred_at)
