"""The authorisation matrix: every cell at each check point alone, against an independent oracle.

A cell is who asks × for which establishment × what record × for what purpose × on which day × in
what state of affairs. Each check point is asked by itself, over the same store; the others are not
there at all.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from preau.agents.happenings import given
from preau.agents.listed import within
from preau.agents.wanted import Known, Member, may_leave, may_speak, people, shared
from preau.canon.purposes import record_of
from preau.errors import SetAside
from preau.inlets.publishing import Publishing, check_event
from preau.store import mandates, projects
from preau.store.database import open_database, prepare
from preau.store.granting import granted
from preau.store.leave import Leave
from preau.store.mandates import Mandate
from preau.store.outgoing import Wanted
from preau.store.projects import Place, Project
from preau.store.rights import rights_of
from preau.store.said import SaidState

MANDATED, COLLEGE = "0119001Z", "0119010J"
UAIS = (MANDATED, "0119002A", COLLEGE, "0010001W")
VENDORS = ("own", "near", "stranger", "elsewhere", "hub")
#: What each purpose needs, written down anew: the product's table is not read here.
DOCUMENTS = {"group", "membership", "share"}
NEEDS = {
    "PROJET_PEDAGOGIQUE": DOCUMENTS | {"homework", "notice", "calendar_event"},
    "LIAISON_CM2_6E": DOCUMENTS,
    "CONCERTATION": DOCUMENTS | {"calendar_event"},
    "AIDE_AUX_DEVOIRS": DOCUMENTS | {"homework", "notice", "calendar_event"},
    "INFORMATION_DES_FAMILLES": DOCUMENTS | {"notice", "calendar_event"},
    "RESEAU": DOCUMENTS | {"homework", "notice", "calendar_event"},
    "Lire ensemble": set[str](),
}
SAYS = {n: {"resource", *(x - {"group", "membership"})} if x else set() for n, x in NEEDS.items()}
STATES = (
    *("granted", "standing", "short", "left", "never", "revoked", "proposed"),
    *("refused", "withdrawn", "closed", "draft"),
)
DAYS = {  # noon UTC: 13 or 14 h in Paris
    "2026-10-11": 1_791_720_000_000,
    "2026-10-12": 1_791_806_400_000,
    "2027-01-15": 1_800_014_400_000,
    "2027-01-16": 1_800_100_800_000,
    "2027-07-02": 1_814_529_600_000,
    "2027-07-03": 1_814_616_000_000,
}
OPERATIONS = {
    "group": "GROUP_PUT",
    "membership": "MEMBER_PUT",
    "share": "SHARE_PUT",
    "homework": "HOMEWORK_PUT",
    "resource": "RESOURCE_PUT",
    "notice": "NOTICE_PUT",
    "calendar_event": "CALENDAR_EVENT_PUT",
    "person": "PERSON_PUT",
    "absence": "ABSENCE_PUT",
}
BODIES: dict[str, dict[str, Any]] = {
    "group": {"group": "g", "name": "Défi", "birth": "x"},
    "membership": {"group": "g", "member_kind": "PERSON", "local_id": "7", "name": "x"},
    "share": {"share": "s", "group": "g", "title": "Règles", "mark": "x"},
    "homework": {"homework": "h", "group": "g", "title": "Lire", "mark": "x"},
    "notice": {"notice": "n", "group": "g", "title": "Sortie", "mark": "x"},
    "calendar_event": {"calendar_event": "c", "group": "g", "title": "Visite", "mark": "x"},
}
GIVEN: dict[str, dict[str, Any]] = {
    "homework": {"due": None},
    "notice": {"audience": (), "needs_signature": False},
    "calendar_event": dict.fromkeys(("start", "end", "all_day", "recurrence")),
}
TAKES = {OPERATIONS[name]: tuple(body) for name, body in BODIES.items()}


class Card(NamedTuple):
    """A product that asks for everything, and for more."""

    product: str = "cartable"
    members: tuple[str, ...] = ("PERSON",)
    needs: Mapping[str, tuple[str, ...]] = TAKES
    adults_only: bool = False


class Cell(NamedTuple):
    """One question; `vendor` asks, for `uai`."""

    vendor: str
    uai: str
    record: str
    purpose: str
    day: str
    state: str


def allowed(cell: Cell, *, publish: bool, open_only: bool) -> bool:
    """The oracle: yes only for whoever was mandated, there, for that, then, while it holds."""
    if cell.vendor != "own" or cell.uai != MANDATED:
        return False
    listed = SAYS[cell.purpose] if publish else NEEDS[cell.purpose]
    if cell.record not in listed:
        return False
    if cell.state not in ("granted", "standing", "short", "left", "draft"):
        return False
    if cell.state == "draft" and open_only:
        return False
    last = "2027-01-15" if cell.state in ("short", "left") else "2027-07-02"
    return "2026-10-12" <= cell.day <= last


class Affair(NamedTuple):
    """One state of affairs in the store: a project of its own, and ENTs of its own."""

    number: int
    purpose: str
    state: str
    uai: str

    def name(self, vendor: str) -> str:
        """The instance; `near` has almost the same name, `stranger` is of another project."""
        other = self.number % (len(NEEDS) * len(STATES) * len(UAIS)) + 1
        names = {"near": f"own-{self.number}-", "stranger": f"college-{other}", "hub": "hub"}
        return names.get(vendor, f"{vendor}-{self.number}")

    @property
    def project(self) -> Project:
        decision = {"proposed": "PROPOSED", "refused": "REFUSED", "withdrawn": "WITHDRAWN"}
        said = "PROPOSED" if self.state == "standing" else decision.get(self.state, "AUTHORISED")
        own, college = self.name("own"), self.name("college")
        until = "2027-01-15" if self.state == "left" else ""
        places = (
            Place(self.uai, own, said, "DASEN", 1, (f"{own}/c",), (), until),
            Place("0119099Y", college, "AUTHORISED", "PRINCIPAL", 1, (f"{college}/c",)),
        )
        state = {"closed": "CLOSED", "draft": "DRAFT"}.get(self.state, "OPEN")
        days = ("2026-10-12", "2027-07-02")
        named = (f"p{self.number}", f"g{self.number}", "Défi", self.purpose)
        return Project(*named, *days, state, 1, "e", 1, places)

    def given(self) -> Iterator[Mandate]:
        """What was given to the own ENT for MANDATED, and to the collège's for itself."""
        project = self.project
        place = project.places[0]._replace(uai=MANDATED)
        until = "2027-01-15" if self.state == "short" else "2027-07-02"
        if self.state not in ("never", "proposed"):
            for each in granted(project, place, Card().needs, 1):
                gone = self.state in ("revoked", "refused", "withdrawn", "closed")
                project_id = "" if self.state == "standing" else project.id
                revoked = 5 if gone else None
                yield each._replace(until=until, revoked_at=revoked, project=project_id)
        yield from granted(project, project.places[1], Card().needs, 1)


AFFAIRS = [
    Affair(number, *each)
    for number, each in enumerate(itertools.product(NEEDS, STATES, UAIS), start=1)
]


@pytest.fixture(scope="module")
def engine(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[sa.Engine]:
    # on one kind: 60,000 questions, a connection each, are minutes on PostgreSQL
    own = f"sqlite:///{tmp_path_factory.mktemp('matrix') / 'preau.db'}"
    made = open_database(hub_database() or own)
    prepare(made)
    with made.begin() as connection:
        for affair in AFFAIRS:
            projects.put(connection, affair.project)
            mandates.grant(connection, list(affair.given()))
    yield made
    made.dispose()


def cells(affair: Affair) -> Iterator[tuple[Cell, str]]:
    """Every cell of one state of affairs, with the name of whoever asks."""
    for vendor, record, day in itertools.product(VENDORS, OPERATIONS, DAYS):
        cell = Cell(vendor, affair.uai, record, affair.purpose, day, affair.state)
        yield cell, affair.name(vendor)


def judge(said: Sequence[tuple[Cell, bool]], **how: bool) -> int:
    """Fails on the first cells where the product and the oracle differ; gives how many were yes."""
    wrong = [cell for cell, yes in said if yes != allowed(cell, **how)]
    leaks = [cell for cell in wrong if not allowed(cell, **how)]
    assert (len(leaks), leaks[:5]) == (0, [])
    assert (len(wrong), wrong[:5]) == (0, [])
    told = f"{len(said)} cells, {sum(yes for _, yes in said)} allowed, {len(leaks)} leaks"
    sys.stdout.write(told + "\n")
    return sum(yes for _, yes in said)


def test_nothing_is_delivered_that_no_mandate_lists(engine: sa.Engine) -> None:
    leave, said = Leave(engine), []
    for affair in AFFAIRS:
        for cell, asks in cells(affair):
            operation = OPERATIONS[cell.record]
            listed = leave.listed(f"p{affair.number}", asks, operation, DAYS[cell.day])
            body = within(operation, BODIES.get(cell.record, {"x": 1}), listed)
            assert body is None or not {"birth", "mark", "x"} & body.keys()
            assert body is None or cell.record == "group" or "name" not in body
            said.append((cell, bool(body)))
    assert judge(said, publish=False, open_only=True) > 0
    assert len(said) >= 60_000


def test_nothing_is_routed_that_no_mandate_lists(engine: sa.Engine) -> None:
    said: list[tuple[Cell, bool]] = []
    with engine.connect() as connection:
        for affair, day in itertools.product(AFFAIRS, DAYS):
            held = routed(connection, affair, day)
            said += [
                (cell, (asks, cell.record) in held)
                for cell, asks in cells(affair)
                if cell.day == day
            ]
    assert judge(said, publish=False, open_only=True) > 0


def routed(connection: sa.Connection, affair: Affair, day: str) -> set[tuple[str, str]]:
    """(instance, record) of everything that the step would send with a field in it."""
    project, own, college = affair.project, affair.name("own"), affair.name("college")
    rights = rights_of(connection, project, day)
    classes = {key: _said("group", key) for key in (f"{own}/c", f"{college}/c")}
    members = {key: [Member(f"{key}-7", None, "e")] for key in classes}
    rights = rights._replace(roles=frozenset({"PUPIL"}), says=rights.says | _directory(affair))
    cards = dict.fromkeys((own, college), Card())
    known = Known(rights, cards, classes, members, {}, {}, lambda _i, person: person)
    share = _said("share", f"{college}/s", permission="READ")
    paper = {"title": "Règles", "kind": "DOCUMENT", "instance": college, "media_id": "4"}
    resource = _said("resource", f"{college}/r", **paper)
    wanted: list[Wanted] = [*people(project, known), *shared(project, share, resource, rights)]
    for record, fields in GIVEN.items():
        wanted += given(project, _said(record, f"{college}/x", title="L", **fields), rights)
    found = set()
    for each in wanted:
        left, leaves = may_leave(lambda _name: Card(), rights, each)
        assert not {"birth", "mark", "x"} & left.body.keys()
        if leaves and left.body:
            found.add((left.destination, record_of(left.operation)))
    return found


def _directory(affair: Affair) -> set[tuple[str, str, str]]:
    """Both ENTs may say who is in which class: that is not what is asked here."""
    both = (affair.name("own"), affair.name("college"))
    return {(name, record, "*") for name in both for record in ("group", "membership", "resource")}


def _said(record: str, key: str, **fields: object) -> SaidState:
    return SaidState(record, key, 1, deleted=False, event_id="e", fields=fields)


def test_nothing_is_published_that_no_mandate_covers(engine: sa.Engine) -> None:
    events = {record: frozenset({record}) for record in OPERATIONS}
    said = []
    with engine.connect() as connection:
        for affair, day in itertools.product(AFFAIRS, DAYS):
            names = [affair.name(vendor) for vendor in VENDORS]
            may = mandates.published(connection, names, day)
            for cell, asks in cells(affair):
                if cell.day == day:
                    told = {"data": [{"deep": {"school": affair.uai}}]}
                    yes = _passes(Publishing(may.get(asks, {}), events), cell.record, told)
                    said.append((cell, yes))
    assert judge(said, publish=True, open_only=False) > 0


def _passes(may: Publishing, event: str, values: object) -> bool:
    try:
        check_event(may, event, values)
    except SetAside:
        return False
    return True


def test_nothing_that_is_said_counts_at_routing_without_a_mandate(engine: sa.Engine) -> None:
    said = []
    with engine.connect() as connection:
        for affair, day in itertools.product(AFFAIRS, DAYS):
            rights = rights_of(connection, affair.project, day)
            for cell, asks in cells(affair):
                if cell.day == day:
                    state = _said(cell.record, f"{asks}/1")
                    yes = may_speak(state, rights) and rights.heard(asks, cell.record, affair.uai)
                    said.append((cell, yes))
    assert judge(said, publish=True, open_only=True) > 0
