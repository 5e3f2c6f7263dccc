"""An operator's desk: what may be cut, in whose name, and what schools see of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from preau.app.accounts import StoreAccounts
from preau.app.control import Control, open_control
from preau.app.project_view import ProjectView
from preau.app.switch_desk import SwitchDesk
from preau.errors import SetAside
from preau.settings import Settings
from preau.store import audit, projects
from preau.store.instances import Instance
from preau.store.projects import Place, Project
from preau.store.switches import Order
from preau.web.reading import Establishment

ECOLE, COLLEGE, ENT = "0119001Z", "0119010J", "mon-ent"
BY = "key:0011223344556677"
PROJECT = Project(
    *("p1", "g1", "Défi lecture", "Lire", "2026-10-12", "2027-07-02", "OPEN"),
    version=3,
    event_id="e3",
    created_at=1,
    places=(
        Place(ECOLE, "ent-ecole", "AUTHORISED", "DASEN", 1, ("ent-ecole/5121",)),
        Place(COLLEGE, ENT, "PROPOSED", "", None, ("aaf/43$6A",)),
    ),
)


@pytest.fixture
def control(tmp_path: Path, blank_database: str) -> Iterator[Control]:
    with open_control(Settings(data=str(tmp_path), database=blank_database)) as opened:
        said = (ENT, "edifice", "SECOND", "11", "", "", "none")
        opened.instances.put(Instance(*said, loopback=False, disabled=False))
        with opened.engine.begin() as connection:
            projects.put(connection, PROJECT)
        yield opened


@pytest.fixture
def desk(control: Control) -> SwitchDesk:
    return SwitchDesk(control)


def shown(control: Control) -> dict[str, Establishment]:
    page = ProjectView(control.engine, lambda _instance: None).page(PROJECT.id)
    assert page is not None
    return {each.uai: each for each in page.establishments}


@pytest.mark.parametrize(
    ("kind", "target", "places"),
    [("instance", ENT, {COLLEGE}), ("uai", ECOLE, {ECOLE}), ("record", "share", set())],
)
def test_the_page_tells_since_when_an_establishment_is_cut(
    control: Control, desk: SwitchDesk, kind: str, target: str, places: set[str]
) -> None:
    made = desk.cut(Order(kind, target), BY)
    cut = {uai: each.cut for uai, each in shown(control).items() if each.cut is not None}
    assert cut == dict.fromkeys(places, made.at)
    desk.resume(made.id, BY)
    assert {each.cut for each in shown(control).values()} == {None}


def test_who_cut_and_who_resumed_is_in_the_audit_chain(control: Control, desk: SwitchDesk) -> None:
    made = desk.cut(Order("instance", ENT, reason="clé volée"), BY)
    desk.resume(made.id, "operator")
    with control.engine.connect() as connection:
        *_, cut, resumed = audit.entries(connection)
    assert (cut.actor, cut.act, cut.object) == (BY, "switch.cut", ENT)
    assert (resumed.actor, resumed.act, resumed.object) == ("operator", "switch.resumed", ENT)
    assert "volée" not in repr((cut, resumed))  # an operator's words may name somebody


def test_what_is_cut_is_counted_by_kind(control: Control, desk: SwitchDesk) -> None:
    desk.cut(Order("uai", ECOLE), BY)
    desk.cut(Order("uai", COLLEGE), BY)
    accounts = StoreAccounts(control.engine)
    assert accounts.cuts_by_kind() == {"instance": 0, "record": 0, "uai": 2}
    assert accounts.kept_back() == 0


@pytest.mark.parametrize(
    ("order", "code"),
    [
        (Order("instance", "nobody"), "SWITCH_TARGET"),
        (Order("record", "usage"), "SWITCH_TARGET"),
        (Order("uai", "0119001z"), "SWITCH_TARGET"),
        (Order("uai", ECOLE, reason="x" * 201), "SWITCH_REASON"),
    ],
)
def test_what_cannot_be_cut_is_refused_and_changes_nothing(
    desk: SwitchDesk, order: Order, code: str
) -> None:
    with pytest.raises(SetAside, match=code):
        desk.cut(order, BY)
    assert desk.last() == []


def test_what_is_not_cut_cannot_be_resumed(desk: SwitchDesk) -> None:
    made = desk.cut(Order("uai", ECOLE), BY)
    with pytest.raises(SetAside, match="SWITCH_UNKNOWN") as refused:
        desk.resume(made.id + 1, BY)
    assert refused.value.complaint.known == (str(made.id),)
