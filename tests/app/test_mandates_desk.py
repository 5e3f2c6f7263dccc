"""Standing mandates: who may give what, what each refusal says, and what a revocation leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from preau.app.mandates_desk import MandatesDesk
from preau.clock import SetClock
from preau.errors import SetAside
from preau.store import audit, mandates, projects, taking_part
from preau.store.database import open_database, prepare
from preau.store.projects import Place, Project
from preau.web.project_needs import NewMandate
from tests.app.schools import CARD

NOW = 1_791_793_800_000  # 12 October 2026
DEGREES = {"ent-ecole": "FIRST", "mon-ent": "SECOND", "both": ""}
COLLEGE = "0119010J"
NEW = NewMandate(COLLEGE, "mon-ent", "RECEIVE", "LIAISON_CM2_6E", "C-7", "PRINCIPAL")


@pytest.fixture
def engine(one_database: str) -> Iterator[sa.Engine]:
    engine = open_database(one_database)
    prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def desk(engine: sa.Engine) -> MandatesDesk:
    return MandatesDesk(engine, DEGREES.get, lambda _instance: CARD, SetClock(NOW))


def test_a_mandate_to_receive_lists_what_purpose_and_product_both_need(desk: MandatesDesk) -> None:
    made = desk.grant(NEW)
    (found,) = desk.given("mon-ent")
    assert (found.id, found.project, found.starts) == (made, "", "2026-10-12")
    assert found.records == ("group", "membership", "share")
    assert found.fields == ("share.share", "share.title")
    assert desk.given("ent-ecole") == []


def test_fewer_records_and_fields_may_be_asked_for(desk: MandatesDesk) -> None:
    desk.grant(NEW._replace(records=("share",), fields=("share.title",), until="2027-07-02"))
    (found,) = desk.given()
    assert (found.records, found.fields, found.until) == (
        ("share",),
        ("share.title",),
        "2027-07-02",
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"instance": "nowhere"}, "INSTANCE_UNKNOWN"),
        ({"purpose": "Lire"}, "PURPOSE_UNKNOWN"),
        ({"direction": "BOTH"}, "MANDATE_DIRECTION"),
        ({"establishment": "*"}, "MANDATE_EVERY"),
        ({"establishment": "11"}, "MANDATE_UAI"),
        ({"until": "demain"}, "PROJECT_FORM"),
        ({"starts": "2027-02-29"}, "PROJECT_FORM"),
        ({"starts": "2027-03-01", "until": "2027-02-01"}, "PROJECT_FORM"),
        ({"legal_basis": " "}, "LEGAL_BASIS_MISSING"),
        ({"granted_by": "DIRECTOR"}, "ROLE_REFUSED"),
        ({"granted_by": "DASEN"}, "ROLE_REFUSED"),
        ({"instance": "ent-ecole"}, "ROLE_REFUSED"),
        ({"records": ("homework",)}, "MANDATE_BEYOND"),
        ({"fields": ("share.title", "person.birth_date")}, "MANDATE_BEYOND"),
    ],
)
def test_what_may_not_be_given_is_refused_with_the_reason(
    desk: MandatesDesk, change: dict[str, Any], code: str
) -> None:
    with pytest.raises(SetAside) as refused:
        desk.grant(NEW._replace(**change))
    assert refused.value.code == code
    assert refused.value.complaint.fix
    assert desk.given() == []


def test_a_directory_may_be_published_for_every_school_of_an_ent(desk: MandatesDesk) -> None:
    desk.grant(NewMandate("*", "both", "PUBLISH", "ANNUAIRE", "C-7", "DASEN"))
    (found,) = desk.given()
    assert "person" in found.records
    assert "homework" not in found.records


def test_a_revocation_is_kept_audited_and_wakes_the_projects(
    desk: MandatesDesk, engine: sa.Engine
) -> None:
    place = Place(COLLEGE, "mon-ent", "AUTHORISED", "PRINCIPAL", 1, ())
    days = ("2026-10-12", "2027-07-02")
    with engine.begin() as connection:
        made = Project("p", "g", "Défi", "LIAISON_CM2_6E", *days, "OPEN", 1, "e", 1, (place,))
        projects.put(connection, made)
    given = desk.grant(NEW, "key:1")
    assert desk.revoke(given, "key:2").revoked_at == NOW
    assert desk.revoke(given, "key:3").revoked_at == NOW
    with engine.begin() as connection:
        assert mandates.serving(connection, "p", "LIAISON_CM2_6E") == []
        assert taking_part.take_turns(connection) == {"p"}
        acts = [(each.actor, each.act) for each in audit.entries(connection)]
    assert acts == [("key:1", "mandate.granted"), ("key:2", "mandate.revoked")]


def test_a_mandate_given_twice_is_one_until_it_is_revoked(
    desk: MandatesDesk, engine: sa.Engine
) -> None:
    first = desk.grant(NEW)
    assert desk.grant(NEW) == first
    assert desk.grant(NEW._replace(starts="2026-10-12")) == first
    assert desk.grant(NEW._replace(until="2027-07-02")) != first
    desk.revoke(first)
    assert desk.grant(NEW) != first
    with engine.connect() as connection:
        acts = [each.act for each in audit.entries(connection)]
    assert acts.count("mandate.granted") == 3


def test_a_mandate_that_nobody_gave_is_not_revoked(desk: MandatesDesk) -> None:
    with pytest.raises(SetAside) as refused:
        desk.revoke("none")
    assert refused.value.code == "MANDATE_UNKNOWN"
