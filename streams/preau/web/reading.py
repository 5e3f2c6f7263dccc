"""What the page of a project shows, as plain values: no SQL and no HTML here."""

from __future__ import annotations

from typing import NamedTuple


class Classroom(NamedTuple):
    """One class of the project's group."""

    name: str
    members: int


class Establishment(NamedTuple):
    """One école or collège; `decision` as in `project.v1`, `by` the role that decided."""

    uai: str
    name: str
    ent: str
    decision: str
    by: str
    at: int | None
    classes: tuple[Classroom, ...]


class Document(NamedTuple):
    """Something shared with the group; times in milliseconds since 1970."""

    title: str
    kind: str
    ent: str
    establishment: str
    at: int | None


class Answer(NamedTuple):
    """What one ENT last said of some things: `outcome` and `reason` as in `receipt.v1`.

    `what` is the kind of thing (GROUP, CLASS, MEMBER, RESOURCE, SHARE, HOMEWORK, NOTICE), with
    `_REMOVE` after it when the thing is withdrawn; `label` is the thing's own name where it has
    one, `things` how many things got this same answer. An empty `outcome` is a delivery that has
    left the hub's queue for the first time or not yet.
    """

    ent: str
    what: str
    label: str
    outcome: str
    reason: str
    things: int
    at: int | None


class ProjectPage(NamedTuple):
    """One project; `starts` and `ends` are days (2026-10-12), `group` is the group's name."""

    id: str
    title: str
    purpose: str
    state: str
    starts: str
    ends: str
    group: str
    establishments: tuple[Establishment, ...]
    documents: tuple[Document, ...]
    answers: tuple[Answer, ...]


class ProjectRow(NamedTuple):
    """One line of the list of projects."""

    id: str
    title: str
    state: str
    establishments: int
    ends: str
