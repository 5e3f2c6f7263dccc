"""A whole hub asks a fictional ENT: killed before it notes its place, nothing is lost or new."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import confluent_kafka as ck
import pytest

from preau.app.control import open_control
from preau.app.hub_topics import ensure_share_topic
from preau.app.readiness import health
from preau.app.serve import Running, running_hub
from preau.broker.clients import consumer_settings
from preau.broker.node import TEST
from preau.canon.codec import decode
from preau.sandbox.process import EntProcess
from preau.settings import Settings
from preau.store import polls
from preau.store.instances import Instance
from preau.store.polls import Poll

pytestmark = [pytest.mark.kafka, pytest.mark.faults]
NEO, TOKEN, PATH = "neo", "machine-account-of-the-tests", "/infra/"


class Asked:
    """The hub, its only instance, and what both know of each other."""

    def __init__(self, settings: Settings, running: Running, ent: EntProcess) -> None:
        self.running, self.ent, self._settings = running, ent, settings
        self._consumer = ck.Consumer(consumer_settings(running.bootstrap, uuid.uuid4().hex))
        self._consumer.subscribe(["preau.canon.person"])
        self._persons: list[tuple[str, str]] = []

    @property
    def row(self) -> Poll:
        """How far it is."""
        with open_control(self._settings) as control, control.engine.connect() as connection:
            return polls.get(connection, NEO, "event-store") or Poll(NEO, "event-store", "")

    def ask(self) -> None:
        """It is asked within a second, once what is under way has ended."""
        until(lambda: (row := self.row).due > row.asked_at)
        with open_control(self._settings) as control, control.engine.begin() as connection:
            assert polls.ask_now(connection, NEO) == 1

    def leave(self, *users: str) -> None:
        """These accounts are deleted there, each with an event of its own, two in one moment."""
        began = int(time.time() * 1000)
        events = [
            {"event-type": "DELETE_USER", "date": began + rank // 2, "old-users": [{"id": user}]}
            for rank, user in enumerate(users)
        ]
        said = self.ent.call("POST /_sandbox/say", {"what": "store", "events": events, "batch": 4})
        assert said.status == 200

    def fault(self, **said: object) -> None:
        """The ENT misbehaves at the next call."""
        assert self.ent.call("POST /_sandbox/fault", {**said, "path": PATH}).status == 200

    def letters(self) -> int:
        """How many letters of it Kafka ever had."""
        topic, consumer = "preau.intake.edifice", self._consumer
        parts = consumer.list_topics(topic).topics[topic].partitions
        ends = [consumer.get_watermark_offsets(ck.TopicPartition(topic, each)) for each in parts]
        return sum(end for _, end in ends)

    def gone(self, *users: str) -> list[tuple[str, str]]:
        """(account, event id) of every canonical record, once all these are among them."""
        until(lambda: {*users} <= {user for user, _ in self._read()})
        return self._persons

    def _read(self) -> list[tuple[str, str]]:
        while (message := self._consumer.poll(0.2)) is not None:
            if message.error() is None:
                meta = decode(message.value() or b"").value["meta"]
                assert meta["deleted"]
                self._persons.append((meta["source_id"], meta["event_id"]))
        return self._persons

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else writes into the database."""
        held = sqlite3.connect(self._settings.folder / "preau.db", isolation_level=None)
        held.execute("begin immediate")
        try:
            yield
        finally:
            held.close()

    def close(self) -> None:
        self._consumer.close()


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "it never was so"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder: Path = tmp_path_factory.mktemp("asked")
    settings = Settings(data=str(folder / "hub"), port="0")
    ent = EntProcess("edifice", folder / "ent", TOKEN)
    ent.start()
    with running_hub(settings, TEST) as running:
        with open_control(settings) as control:
            said = (NEO, "edifice", "SECOND", "11", ent.origin, TOKEN, "none")
            control.instances.put(Instance(*said, loopback=True, disabled=False))
            ensure_share_topic(control, NEO)
        made = Asked(settings, running, ent)
        until(lambda: made.row.answered_at > 0)
        yield made
        made.close()
    ent.stop()


def test_what_happened_there_becomes_records_page_after_page(asked: Any) -> None:
    users = [f"a-{rank}" for rank in range(7)]
    asked.leave(*users)
    asked.ask()
    found = asked.gone(*users)
    assert sorted(user for user, _ in found) == users
    until(lambda: asked.row.due > asked.row.asked_at and asked.row.code == "")
    told = health(asked.running.address)
    assert told["polls"] == {"well": 1}


def test_killed_before_the_place_is_kept_it_asks_again_and_nothing_is_doubled(asked: Any) -> None:
    child = asked.running.supervisor.child("poll")
    before, place, pid = asked.letters(), asked.row.cursor, child.pid
    asked.fault(kind="slow", ms=500)
    asked.leave("b-0", "b-1")
    asked.ask()
    with asked.locked():
        until(lambda: asked.letters() == before + 2)  # Kafka has them; the place cannot be kept
        os.kill(pid, signal.SIGKILL)
        until(lambda: child.pid not in {None, pid})
    until(lambda: asked.row.cursor != place)
    assert asked.letters() == before + 4  # said twice, under the same ids
    asked.leave("b-2")
    asked.ask()
    found = [each for each in asked.gone("b-0", "b-1", "b-2") if each[0].startswith("b-")]
    assert {user for user, _ in found} == {"b-0", "b-1", "b-2"}
    assert len({identity for _, identity in found}) == 3
    assert asked.letters() == before + 5  # what is asked again is known


def test_an_ent_that_flaps_and_asks_for_a_pause_is_caught_up_with(asked: Any) -> None:
    asked.ent.kill()
    asked.ask()
    until(lambda: asked.row.code == "POLL_UNREACHABLE")
    place = asked.row.cursor
    asked.ent.start()
    asked.fault(kind="status", status=503, retry_after="2")
    asked.leave("c-0")
    until(lambda: asked.row.code == "POLL_BUSY")
    row = asked.row
    assert row.due - row.asked_at >= 2_000
    assert row.cursor == place
    assert asked.gone("c-0")
    until(lambda: asked.row.code == "" and asked.row.tries == 0)


def test_a_right_that_is_taken_away_is_told_in_words(asked: Any) -> None:
    for allowed, code in ((False, "POLL_REFUSED"), (True, "")):
        order = {"what": "store", "super_admin": allowed}
        assert asked.ent.call("POST /_sandbox/say", order).status == 200
        asked.ask()
        until(partial(_says, asked, code))
        if code:
            assert health(asked.running.address)["polls"] == {"troubled": 1}
            assert "401" in asked.row.said


def _says(asked: Asked, code: str) -> bool:
    return asked.row.code == code
