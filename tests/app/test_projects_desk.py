"""Who may create and decide a project, what each refusal says, and what is then published."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.app.decisions import RULES
from preau.app.projects_desk import ProjectsDesk
from preau.canon.codec import decode
from preau.clock import SetClock
from preau.errors import SetAside
from preau.store import audit, mandates, projects
from preau.store.database import open_database, prepare
from preau.store.leave import Leave
from preau.web.project_needs import Decision, Invited
from tests.app.schools import (
    CARD,
    COLLEGE,
    DEGREES,
    ECOLE,
    NOW,
    TWO,
    authorise,
    decide,
    fill,
    project_of,
    states,
)


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    engine = open_database(database)
    prepare(engine)
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def desk(engine: sa.Engine) -> ProjectsDesk:
    return ProjectsDesk(engine, DEGREES.get, SetClock(NOW), lambda _instance: CARD)


def refusal(desk: ProjectsDesk, project: str, uai: str, decision: str, by: str) -> str:
    with pytest.raises(SetAside) as refused:
        desk.decide(project, Decision(uai, decision, by))
    assert refused.value.complaint.fix
    return refused.value.code


def test_a_new_project_is_a_draft_that_everybody_is_proposed(
    desk: ProjectsDesk, engine: sa.Engine
) -> None:
    made, (record,) = desk.create(project_of(*TWO))
    assert (record.topic, record.key) == ("preau.canon.project", made.encode())
    told = decode(record.value or b"").value
    assert (told["state"], states(told)) == ("DRAFT", {ECOLE: "PROPOSED", COLLEGE: "PROPOSED"})
    assert (told["meta"]["authority"], told["meta"]["version"]) == ("HUB", 1)
    assert told["meta"]["school_year"] == "2026-2027"
    assert dict(record.headers)["ce_id"] == told["meta"]["event_id"].encode()
    with engine.connect() as connection:
        kept = projects.get(connection, made)
    assert kept is not None
    assert kept.group == told["group"] != made
    assert [place.groups for place in kept.places] == [("ent-ecole/5121",), ("aaf/43$6A",)]


@pytest.mark.parametrize(
    ("participants", "code"),
    [
        ((TWO[0], TWO[0]), "UAI_TWICE"),
        ((TWO[0], TWO[1]._replace(instance="unheard-of")), "INSTANCE_UNKNOWN"),
        ((TWO[0]._replace(classes=("9999",)), TWO[1]), "CLASS_UNKNOWN"),
        ((TWO[0]._replace(classes=("5129",)), TWO[1]), "CLASS_UNKNOWN"),
        ((TWO[0]._replace(classes=("aaf/43$6A",)), TWO[1]), "CLASS_ELSEWHERE"),
    ],
)
def test_a_project_that_names_what_is_not_there_is_refused_whole(
    desk: ProjectsDesk, participants: tuple[Invited, ...], code: str
) -> None:
    with pytest.raises(SetAside) as refused:
        desk.create(project_of(*participants))
    assert refused.value.code == code
    assert desk.rows() == []


def test_a_class_whose_school_is_not_said_may_take_part(desk: ProjectsDesk) -> None:
    desk.create(project_of(TWO[0]._replace(classes=("5122",)), TWO[1]))


def test_a_project_opens_when_a_college_and_an_ecole_are_authorised(desk: ProjectsDesk) -> None:
    made, _ = desk.create(project_of(*TWO))
    assert decide(desk, made, ECOLE, "TRANSMITTED", "DIRECTOR")["state"] == "DRAFT"
    assert decide(desk, made, ECOLE, "AUTHORISED", "DASEN")["state"] == "DRAFT"
    told = decide(desk, made, COLLEGE, "AUTHORISED", "PRINCIPAL")
    assert (told["state"], told["meta"]["version"]) == ("OPEN", 4)
    assert [(p["by"], p["at"]) for p in told["establishments"]] == [
        ("DASEN", NOW),
        ("PRINCIPAL", NOW),
    ]


def test_two_ecoles_alone_open_nothing(desk: ProjectsDesk) -> None:
    other = "0119002A"
    participants = (TWO[0], Invited(other, "both", ("ent-ecole/5122",)), TWO[1])
    made, _ = desk.create(project_of(*participants))
    for uai in (ECOLE, other):
        decide(desk, made, uai, "TRANSMITTED", "DIRECTOR")
        assert decide(desk, made, uai, "AUTHORISED", "DASEN")["state"] == "DRAFT"
    assert decide(desk, made, COLLEGE, "AUTHORISED", "PRINCIPAL")["state"] == "OPEN"


def test_a_college_and_an_ecole_on_one_ent_of_both_degrees_open_a_project(
    desk: ProjectsDesk,
) -> None:
    made, _ = desk.create(
        project_of(*(each._replace(instance="both", classes=("ent-ecole/5122",)) for each in TWO))
    )
    assert authorise(desk, made)["state"] == "OPEN"


@pytest.mark.parametrize(("uai", "by"), [(ECOLE, "DIRECTOR"), (ECOLE, "DASEN")])
@pytest.mark.parametrize("decision", ["WITHDRAWN", "REFUSED"])
def test_whoever_stops_the_exchange_closes_the_way_at_once(
    desk: ProjectsDesk, engine: sa.Engine, uai: str, by: str, decision: str
) -> None:
    made, _ = desk.create(project_of(*TWO))
    authorise(desk, made)
    leave = Leave(engine)
    assert leave.listed(made, "ent-ecole", "SHARE_PUT", NOW) == frozenset({"share", "title"})
    assert decide(desk, made, uai, decision, by)["state"] == "DRAFT"
    assert leave.listed(made, "ent-ecole", "SHARE_PUT", NOW) is None
    assert leave.listed(made, "ent-ecole", "SHARE_REMOVE", NOW) == frozenset({"share", "group"})


def test_a_principal_may_come_back_on_a_withdrawal(desk: ProjectsDesk) -> None:
    made, _ = desk.create(project_of(*TWO))
    authorise(desk, made)
    assert decide(desk, made, COLLEGE, "WITHDRAWN", "PRINCIPAL")["state"] == "DRAFT"
    assert decide(desk, made, COLLEGE, "AUTHORISED", "PRINCIPAL")["state"] == "OPEN"


@pytest.mark.parametrize(
    ("uai", "decision", "by", "code"),
    [
        (ECOLE, "AUTHORISED", "PRINCIPAL", "ROLE_REFUSED"),
        (COLLEGE, "AUTHORISED", "DASEN", "ROLE_REFUSED"),
        (COLLEGE, "TRANSMITTED", "DIRECTOR", "ROLE_REFUSED"),
        (ECOLE, "AUTHORISED", "TEACHER", "ROLE_REFUSED"),
        (ECOLE, "AUTHORISED", "DIRECTOR", "DECISION_REFUSED"),
        (ECOLE, "TRANSMITTED", "DASEN", "DECISION_REFUSED"),
        (COLLEGE, "TRANSMITTED", "PRINCIPAL", "DECISION_REFUSED"),
        (COLLEGE, "PROPOSED", "PRINCIPAL", "DECISION_REFUSED"),
        (ECOLE, "AUTHORISED", "DASEN", "NOT_TRANSMITTED"),
        (ECOLE, "REFUSED", "DASEN", "NOT_TRANSMITTED"),
        ("0119099Y", "AUTHORISED", "PRINCIPAL", "NOT_INVITED"),
    ],
)
def test_a_decision_that_is_not_ones_own_changes_nothing(
    desk: ProjectsDesk, uai: str, decision: str, by: str, code: str
) -> None:
    made, _ = desk.create(project_of(*TWO))
    before = desk.page(made)
    assert refusal(desk, made, uai, decision, by) == code
    assert desk.page(made) == before


def test_a_dasen_does_not_override_a_director_who_said_no(desk: ProjectsDesk) -> None:
    made, _ = desk.create(project_of(*TWO))
    decide(desk, made, ECOLE, "REFUSED", "DIRECTOR")
    assert refusal(desk, made, ECOLE, "AUTHORISED", "DASEN") == "NOT_TRANSMITTED"


def test_a_late_second_transmission_does_not_undo_an_authorisation(desk: ProjectsDesk) -> None:
    made, _ = desk.create(project_of(*TWO))
    authorise(desk, made)
    assert refusal(desk, made, ECOLE, "TRANSMITTED", "DIRECTOR") == "ALREADY_AUTHORISED"


def test_a_director_may_transmit_again_after_a_refusal(desk: ProjectsDesk) -> None:
    made, _ = desk.create(project_of(*TWO))
    decide(desk, made, ECOLE, "TRANSMITTED", "DIRECTOR")
    decide(desk, made, ECOLE, "REFUSED", "DASEN")
    decide(desk, made, ECOLE, "TRANSMITTED", "DIRECTOR")
    assert states(decide(desk, made, ECOLE, "AUTHORISED", "DASEN"))[ECOLE] == "AUTHORISED"


def test_an_unknown_project_is_said_to_be_unknown(desk: ProjectsDesk) -> None:
    assert refusal(desk, "none", ECOLE, "AUTHORISED", "DASEN") == "PROJECT_UNKNOWN"


def test_a_decision_sent_twice_is_told_again_and_is_no_second_act(
    desk: ProjectsDesk, engine: sa.Engine
) -> None:
    made, _ = desk.create(project_of(*TWO))
    for uai, decision, by in (
        (ECOLE, "TRANSMITTED", "DIRECTOR"),
        (ECOLE, "AUTHORISED", "DASEN"),
        (COLLEGE, "AUTHORISED", "PRINCIPAL"),
        (ECOLE, "WITHDRAWN", "DIRECTOR"),
    ):
        first = decide(desk, made, uai, decision, by)
        before = books(engine, made)
        assert decide(desk, made, uai, decision, by) == first
        assert books(engine, made) == before


def books(engine: sa.Engine, project: str) -> tuple[object, ...]:
    """The acts on a project, and its mandates."""
    with engine.connect() as connection:
        acts = [each.act for each in audit.entries(connection) if each.object == project]
        return acts, mandates.of_project(connection, project)


STEPS = st.lists(
    st.tuples(
        st.sampled_from([ECOLE, COLLEGE]),
        st.sampled_from(["TRANSMITTED", "AUTHORISED", "REFUSED", "WITHDRAWN"]),
        st.sampled_from([role for _, role in RULES]),
    ),
    max_size=12,
)


@given(STEPS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_tried_an_open_project_has_both_authorisations(
    desk: ProjectsDesk, steps: list[tuple[str, str, str]]
) -> None:
    made, _ = desk.create(project_of(*TWO))
    for uai, decision, by in steps:
        try:
            told = decide(desk, made, uai, decision, by)
        except SetAside:
            continue
        both = set(states(told).values()) == {"AUTHORISED"}
        assert (told["state"] == "OPEN") == both
        by_uai = {each["uai"]: each["by"] for each in told["establishments"]}
        if states(told)[ECOLE] == "AUTHORISED":
            assert by_uai[ECOLE] == "DASEN"
