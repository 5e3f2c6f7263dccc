"""A whole hub that runs, and how a test speaks to it and reads what comes out."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import confluent_kafka as ck
import pytest

from preau.app.control import Control, open_control
from preau.app.hub_topics import ensure_share_topic
from preau.app.serve import Running, running_hub
from preau.broker.clients import consumer_settings
from preau.broker.node import TEST
from preau.canon.codec import decode
from preau.settings import Settings
from preau.store.instances import Instance
from tests.app.depot import ACADEMIE, Depot

SCHOOL = "ent-ecole"
ACADEMIES = ("academie", "rectorat", "annee-2013")
SAMPLES = Path(__file__).resolve().parents[2] / "connectors"


class Told:
    """A hub with four instances declared, and a key for the one that speaks by HTTP."""

    def __init__(self, settings: Settings, running: Running, key: str) -> None:
        self.settings, self.running, self.key = settings, running, key

    def post(self, group: int, path: str = f"/v1/intake/{SCHOOL}") -> int:
        """One event on this group; the status, 0 when nobody answered."""
        event = json.loads((SAMPLES / "beneylu/samples/GROUP_CREATE_GROUP.json").read_bytes())
        event["data"]["id"] = group
        host = self.running.address.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=30)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            connection.request("POST", path, json.dumps(event).encode(), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def say(self, group: int) -> None:
        """Posts until it is accepted, as a vendor does."""
        limit = time.monotonic() + 60
        while self.post(group) != 202:
            assert time.monotonic() < limit

    def read(self, topic: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Key → value of every record of a topic, as soon as `until` holds of them."""
        settings = consumer_settings(self.running.bootstrap, f"reader-{uuid.uuid4().hex}")
        consumer = ck.Consumer(settings)
        consumer.subscribe([topic])
        found: dict[str, Any] = {}
        limit = time.monotonic() + 60
        try:
            while not until(found):
                assert time.monotonic() < limit, f"{len(found)} records only"
                message = consumer.poll(0.2)
                if message is not None and message.error() is None:
                    found[(message.key() or b"").decode()] = decode(message.value() or b"").value
        finally:
            consumer.close()
        return found

    def groups(self, *wanted: int) -> dict[str, Any]:
        """The canonical groups, once all these are among them."""
        keys = {f"{SCHOOL}/{number}" for number in wanted}
        return self.read("preau.canon.group", lambda found: keys <= found.keys())


def declare(control: Control) -> str:
    """A school, three académies and their topics; the key of the school's."""
    for name, connector in ((SCHOOL, "beneylu"), *((name, "aaf") for name in ACADEMIES)):
        way = ("FIRST", "11", "", "", "none")
        control.instances.put(Instance(name, connector, *way, loopback=False, disabled=False))
        ensure_share_topic(control, name)
    return control.api_keys.make(SCHOOL, ["publish"])


@pytest.fixture(scope="module")
def hub(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[Told]:
    """One hub for the tests of a module, with a Kafka of its own that they may kill."""
    folder = str(tmp_path_factory.mktemp("hub"))
    settings = Settings(data=folder, port="0", database=hub_database())
    with running_hub(settings, TEST) as running:
        with open_control(settings) as control:
            key = declare(control)
        yield Told(settings, running, key)


@pytest.fixture
def samples() -> Path:
    """The folders of connectors, for their samples."""
    return SAMPLES


@pytest.fixture
def depot(tmp_path: Path, blank_database: str) -> Iterator[Depot]:
    """The deposit folder of an académie that is declared."""
    with open_control(Settings(data=str(tmp_path / "hub"), database=blank_database)) as control:
        told = (ACADEMIE, "aaf", "SECOND", "11", "", "", "none")
        control.instances.put(Instance(*told, loopback=False, disabled=False))
        made = Depot(control, tmp_path)
        yield made
        made.author.engine.dispose()
