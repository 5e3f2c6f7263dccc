"""What the pages of projects and imports show, as plain values: no SQL and no HTML here."""

from __future__ import annotations

from typing import NamedTuple


class Classroom(NamedTuple):
    """One class of the project's group."""

    name: str
    members: int


class Advice(NamedTuple):
    """What an ENT says otherwise than the State's files, which are believed.

    `about` is school, class or people; `source` the ENT's object, or the ENT for people; `said` is
    the ENT's value, `believed` the State's, of `things` pupils, or of one school; `name` is the
    class's own.
    """

    about: str
    source: str
    field: str
    said: str
    believed: str
    things: int
    name: str = ""


class Establishment(NamedTuple):
    """One école or collège; `decision` as in `project.v1`, `by` the role that decided.

    `cut` is since when an operator has cut it or its ENT (ms since 1970), None when nobody has;
    `until` is its last day in the project when it leaves before the end, else empty; `followers`
    how many pupils came to it from an école of the project, and are members by that; `directories`
    are the directory services that its people are to be in as well; `advice` is what its ENT says
    of its classes otherwise than the State's files; `former` its ENT before, `moved` since when it
    has this one (ms since 1970, None if it had no other).
    """

    uai: str
    name: str
    ent: str
    decision: str
    by: str
    at: int | None
    classes: tuple[Classroom, ...]
    cut: int | None = None
    until: str = ""
    followers: int = 0
    directories: tuple[str, ...] = ()
    advice: tuple[Advice, ...] = ()
    former: str = ""
    moved: int | None = None


class Document(NamedTuple):
    """Something shared with the group; times in milliseconds since 1970."""

    title: str
    kind: str
    ent: str
    establishment: str
    at: int | None


class Answer(NamedTuple):
    """What one ENT last said of some things: `outcome` and `reason` as in `receipt.v1`.

    `what` is the kind of thing (GROUP, CLASS, MEMBER, RESOURCE, SHARE, HOMEWORK, NOTICE,
    CALENDAR_EVENT), with
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


class Gap(NamedTuple):
    """Some things that one ENT holds otherwise than it should; `at` in ms since 1970.

    `what` as in `Answer`, `kind` and `state` as in the store (`preau.store.drifts`); `foreign`: the
    hub never put them there.
    """

    ent: str
    what: str
    kind: str
    state: str
    things: int
    at: int
    foreign: bool = False


class ProjectPage(NamedTuple):
    """One project; `starts` and `ends` are days (2026-10-12), `group` is the group's name.

    `purpose` is the French label of one of the list, `description` what the operator said besides.
    """

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
    description: str = ""
    convention: str = ""
    gaps: tuple[Gap, ...] = ()


class ProjectRow(NamedTuple):
    """One line of the list of projects."""

    id: str
    title: str
    state: str
    establishments: int
    ends: str


class Category(NamedTuple):
    """What an import found of one category: records, and what became of them since the last."""

    name: str
    records: int
    added: int
    changed: int
    removed: int


class ImportShown(NamedTuple):
    """One import; `state` as in the store, times in milliseconds since 1970.

    `under_way`: it is being sent by this hub's page; `trouble` is the code of the last attempt to
    send it that failed here. `school` is the UAI of a school's own files, empty for those of many;
    `day` is the export's (2026-09-01), `aside` reasons with their counts,
    `letters` how many records it sends.
    """

    id: str
    instance: str
    connector: str
    state: str
    under_way: bool
    trouble: str
    began: int
    ended: int | None
    day: str
    read: int
    letters: int
    aside: tuple[tuple[str, int], ...]
    categories: tuple[Category, ...]
    reasons: tuple[str, ...]
    school: str = ""

    @property
    def undecided(self) -> bool:
        """Whether a person must say what becomes of it."""
        return self.state in ("HELD", "SENDING") and not self.under_way
