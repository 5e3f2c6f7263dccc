"""A consumer of OneRoster at a hub that runs: the package, and what the service answers it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from preau.app.hub_topics import ensure_share_topic
from preau.app.set_writing import SetWriting
from preau.demo.hub_operator import Operator
from preau.demo.limoux.town import BENEYLU, ECOLES
from preau.outlets.oneroster.check import check
from preau.store import filed, projects
from preau.store.instances import Instance
from preau.web.needs import OPERATE, RECEIVE
from tests.faults.world import World, open_world, until
from tests.web.roster_client import RosterClient

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]
READER = "lecteur"


class Town(NamedTuple):
    """A hub that runs, an open project between écoles and a collège, and a consumer declared."""

    world: World
    operator: Operator
    project: str
    client: RosterClient

    def held(self) -> int:
        """How many members the consumer is to hold."""
        with self.world.control.engine.connect() as connection:
            rows = filed.held(connection, READER)
        return sum(1 for row in rows if row.operation == "MEMBER_PUT")


@pytest.fixture(scope="module")
def town(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[Town]:
    with open_world(tmp_path_factory.mktemp("roster"), hub_database()) as world:
        said = (READER, "oneroster", "", "11", "", "", "file")
        world.control.instances.put(Instance(*said, loopback=False, disabled=False))
        ensure_share_topic(world.control, READER)
        with world.control.engine.connect() as connection:
            [project] = projects.all_ids(connection)
        keys = world.control.api_keys
        operator = Operator(world.hub.address, keys.make(None, (OPERATE,)))
        client = RosterClient(world.hub.address, READER, keys.make(READER, (RECEIVE,)))
        yield Town(world, operator, project, client)


def test_without_a_mandate_the_roster_is_empty(town: Town) -> None:
    assert list(town.client.every("users")) == []
    assert list(town.client.every("schools")) == []


def test_schools_that_say_yes_are_told_in_the_package_and_by_the_service(town: Town) -> None:
    for school in ECOLES:
        said = {"uai": school.uai, "instance": BENEYLU, "directories": [READER]}
        town.operator._call("POST", f"/v1/projects/{town.project}/participants", said)
        town.operator.decide(town.project, school.uai, "AUTHORISED", "DASEN")
    people = sum(len(room.people) for school in ECOLES for room in school.classes)
    until(lambda: town.held() == people)
    writing = SetWriting(town.world.control, lambda: town.world.hub.bootstrap)
    assert writing.write(READER).accounts == people
    [package] = _packages(town)
    assert package.stat().st_mode & 0o777 == 0o600
    assert check(io.BytesIO(package.read_bytes())) == []
    users = list(town.client.every("users", limit="7"))
    assert len(users) == people
    assert all(user["familyName"] != "?" for user in users)
    schools = {each["identifier"] for each in town.client.every("schools")}
    assert schools == {school.uai for school in ECOLES}
    for place in town.client.every("schools"):
        (of,) = town.client.every(f"schools/{place['sourcedId']}/classes")
        assert of["title"] == "Défi lecture"
        assert list(town.client.every(f"classes/{of['sourcedId']}/students"))


def test_a_school_that_takes_it_back_is_to_be_deleted_there(town: Town) -> None:
    before = max(each["dateLastModified"] for each in town.client.every("enrollments"))
    held = {each["sourcedId"] for each in town.client.every("users")}
    left = ECOLES[0]
    town.operator.decide(town.project, left.uai, "WITHDRAWN", "DASEN")
    gone = {"filter": f"status='tobedeleted' AND dateLastModified>'{before}'"}
    until(lambda: len(list(town.client.every("users", **gone))) > 0)
    changed = list(town.client.every("users", filter=f"dateLastModified>'{before}'"))
    for each in changed:
        (held.add if each["status"] == "active" else held.discard)(each["sourcedId"])
    assert held == {each["sourcedId"] for each in town.client.every("users")}
    schools = {each["identifier"] for each in town.client.every("schools")}
    assert left.uai not in schools


def _packages(town: Town) -> list[Path]:
    return list((town.world.settings.drop_folder / READER).glob("*.zip"))
