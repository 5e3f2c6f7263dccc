"""A directory service beside an establishment's ENT: pseudonyms, by a mandate of its own."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from preau.store import mandates, projects
from preau.store.granting import directory_grants
from preau.store.projects import Place
from tests.agents.projects.conftest import NOW, Product

GAR = "annuaire"
NEEDS = {
    "GROUP_PUT": ("group", "name"),
    "GROUP_REMOVE": ("group",),
    "MEMBER_PUT": ("group", "member_kind", "local_id", "role", "establishment"),
    "MEMBER_REMOVE": ("group", "member_kind", "local_id"),
    "PERSON_PUT": ("family_name", "given_name"),
}
COLLEGE = Place("0119010J", "college", "AUTHORISED", "PRINCIPAL", NOW, ("aaf/6A",))


@pytest.fixture(autouse=True)
def annuaire(hub: Any) -> None:
    hub.cards[GAR] = Product("annuaire", ("PSEUDONYM",), NEEDS)


def allow(hub: Any, place: Place) -> None:
    """The mandate that this establishment gives the directory service."""
    with hub.engine.begin() as connection:
        [project] = projects.several(connection, projects.all_ids(connection))
        mandates.grant(connection, directory_grants(project, place, GAR, NEEDS, NOW))


def told(deliveries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in deliveries if each["destination"] == GAR]


def members(deliveries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each["body"] for each in told(deliveries) if each["operation"] == "MEMBER_PUT"]


def test_nothing_goes_to_a_directory_that_has_no_mandate(hub: Any, say: Any) -> None:
    hub.recognise("p1", "aaf/1")
    place = COLLEGE._replace(directories=(GAR,))
    records = [say.group("aaf/6A"), say.member("aaf/6A", "aaf/1")]
    assert told(hub.hear(hub.project(place), *records)) == []


def test_with_its_mandate_people_are_there_under_pseudonyms_with_their_school(
    hub: Any, say: Any
) -> None:
    hub.recognise("p1", "aaf/1")
    place = COLLEGE._replace(directories=(GAR,))
    opened = hub.project(place)
    allow(hub, place)
    out = hub.hear(opened, say.group("aaf/6A"), say.member("aaf/6A", "aaf/1"))
    name = hub.pseudonym(GAR, "p1")
    assert members(out) == [
        {
            "group": "group-1",
            "member_kind": "PERSON",
            "local_id": name,
            "role": "PUPIL",
            "establishment": "0119010J",
        }
    ]
    [member] = [each for each in told(out) if each["operation"] == "MEMBER_PUT"]
    assert member["entity"] == f"member:group-1:0119010J:{name}"
    gone = hub.hear(say.member("aaf/6A", "aaf/1", version=2, deleted=True))
    assert [each["operation"] for each in told(gone)] == ["MEMBER_REMOVE"]


def test_whoever_is_not_recognised_yet_is_not_there(hub: Any, say: Any) -> None:
    place = COLLEGE._replace(directories=(GAR,))
    opened = hub.project(place)
    allow(hub, place)
    out = hub.hear(opened, say.group("aaf/6A"), say.member("aaf/6A", "aaf/1"))
    assert members(out) == []


def test_the_revoked_mandate_takes_everybody_out(hub: Any, say: Any) -> None:
    hub.recognise("p1", "aaf/1")
    place = COLLEGE._replace(directories=(GAR,))
    opened = hub.project(place)
    allow(hub, place)
    hub.hear(opened, say.group("aaf/6A"), say.member("aaf/6A", "aaf/1"))
    with hub.engine.begin() as connection:
        given = connection.execute(
            sa.text("select id from mandate where instance = :gar"), {"gar": GAR}
        ).scalars()
        mandates.revoke(connection, set(given), NOW)
    out = hub.hear(say.member("aaf/6A", "aaf/1", version=3))
    said = sorted(each["operation"] for each in told(out))
    assert said == ["GROUP_REMOVE", "MEMBER_REMOVE"]
