"""An invented académie through the whole hub: everything arrives, changes follow, no INE stays."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import confluent_kafka as ck
import pytest

from preau.app.control import open_control
from preau.app.hub_topics import ensure_share_topic
from preau.app.serve import running_hub
from preau.broker.clients import consumer_settings
from preau.broker.node import TEST
from preau.broker.topics import CANON
from preau.canon.codec import decode
from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.territory import write_territory
from preau.settings import Settings
from preau.store.instances import Instance

pytestmark = pytest.mark.kafka
SETS = (("aaf-1d", "ecoles", "aaf-1d"), ("aaf", "colleges", "aaf-2d"))
FORM = re.compile(rb"[0-9]{9}[A-Z]{2}")
"""What the territory's INEs look like."""
AS_COUNTED = {"class": "group", "teaching_group": "group"}


class Record(NamedTuple):
    """One record of any topic, as it lies there."""

    topic: str
    key: bytes
    value: bytes
    headers: bytes


class Land:
    """A hub with two instances of the State, and the files of two Septembers."""

    def __init__(self, settings: Settings, bootstrap: str, files: Path) -> None:
        self.settings, self.files = settings, files
        self._bootstrap = bootstrap
        self.said: list[str] = []

    def bring(self, year: str) -> list[dict[str, Any]]:
        """Imports both sets of a year; what the commands said."""
        return [self._import(c, i, self.files / year / f) for c, i, f in SETS]

    def _import(self, connector: str, instance: str, folder: Path) -> dict[str, Any]:
        words = [sys.executable, "-m", "preau", "import", connector, str(folder)]
        environment = {**os.environ, **self.settings.environment()}
        words += ["--instance", instance, "--json"]
        done = subprocess.run(words, env=environment, capture_output=True, check=False)
        self.said += [done.stdout.decode(), done.stderr.decode()]
        told: dict[str, Any] = json.loads(done.stdout)
        if told["state"] == "HELD":  # a new September: a person says yes
            words = [sys.executable, "-m", "preau", "import", "confirm", told["id"], "--json"]
            done = subprocess.run(words, env=environment, capture_output=True, check=True)
            told = json.loads(done.stdout)
        assert told["state"] == "DONE", told
        return told

    def read(self, canonical: int) -> list[Record]:
        """Everything in every topic, once so many canonical records are there."""
        limit, found = time.monotonic() + 60, list(self._records())
        mandates = f"{CANON}mandate"  # of the instances, not of their files
        while (
            sum(each.topic.startswith(CANON) and each.topic != mandates for each in found)
            < canonical
        ):
            assert time.monotonic() < limit
            found = list(self._records())
        return found

    def _records(self) -> Iterator[Record]:
        consumer = ck.Consumer(consumer_settings(self._bootstrap, f"all-{uuid.uuid4().hex}"))
        try:
            topics = consumer.list_topics(timeout=10).topics
            places = [
                ck.TopicPartition(name, part, ck.OFFSET_BEGINNING)
                for name, topic in topics.items()
                for part in topic.partitions
                if not name.startswith("__")
            ]
            # asked before the reading begins: a question would wait behind each long poll
            left = sum(consumer.get_watermark_offsets(place)[1] for place in places)
            consumer.assign(places)
            while left > 0:
                for message in consumer.consume(500, timeout=0.05):
                    left -= 1
                    headers = repr(message.headers()).encode()
                    told = (message.key() or b"", message.value() or b"", headers)
                    yield Record(message.topic() or "", *told)
        finally:
            consumer.close()


@pytest.fixture(scope="module")
def land(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[Land]:
    files = tmp_path_factory.mktemp("territory")
    write_territory(Plan(200, 7, files, 0.01, "none"))
    data = tmp_path_factory.mktemp("hub")
    settings = Settings(str(data), port="0", log_level="DEBUG", database=hub_database())
    with open_control(settings) as control:
        for connector, name, _ in SETS:
            degree = "FIRST" if connector == "aaf-1d" else "SECOND"
            way = (degree, "11", "", "", "none")
            control.instances.put(Instance(name, connector, *way, loopback=False, disabled=False))
            ensure_share_topic(control, name)
    with running_hub(settings, TEST) as running:
        yield Land(settings, running.bootstrap, files)


def living(records: list[Record]) -> dict[tuple[str, str], Any]:
    """What the canonical topics say by now, without what is deleted."""
    newest: dict[tuple[str, str], Any] = {}
    for record in records:
        if record.topic.startswith(CANON) and record.topic != f"{CANON}mandate":
            value = decode(record.value).value
            place = (record.topic.removeprefix(CANON), record.key.decode())
            if place not in newest or value["meta"]["version"] > newest[place]["meta"]["version"]:
                newest[place] = value
    return {place: value for place, value in newest.items() if not value["meta"]["deleted"]}


def expected(files: Path, year: str) -> Counter[tuple[str, str]]:
    """What the territory's own answer counts, by instance and record."""
    found: Counter[tuple[str, str]] = Counter()
    for _, instance, name in SETS:
        counts = json.loads((files / "counts.json").read_text("utf-8"))[year][name]
        for kind, count in counts["objects"].items():
            if kind != "affiliation_unknown":
                found[instance, AS_COUNTED.get(kind, kind)] += count
    return found


def test_two_septembers_arrive_whole_and_no_ine_is_left_anywhere(land: Land) -> None:
    total = 0
    for year in ("avant", "apres"):
        told = land.bring(year)
        total += sum(each["canonical"] for each in told)
        records = land.read(total)
        state = living(records)
        counted = Counter((key.partition("/")[0], record) for record, key in state)
        answer, aside = expected(land.files, year), sum(sum(t["set_aside"].values()) for t in told)
        assert answer - counted == Counter()
        kept = counted - answer  # what a record that was set aside said before
        assert kept.total() <= (aside if year == "apres" else 0), kept
        again = land.bring(year)
        assert [(each["canonical"], each["letters"]) for each in again] == [(0, 0), (0, 0)]
    ines = inside(land.files)
    assert len(ines) > 200
    assert all(FORM.fullmatch(ine) for ine in ines)
    for record in records:
        assert not found_in(ines, record.key + record.value + record.headers), record.topic
    for file in Path(land.settings.data).rglob("*"):
        if file.is_file() and not file.name.endswith("index"):  # Kafka's, 10 MB of offsets each
            assert not found_in(ines, file.read_bytes()), file
    assert not found_in(ines, "".join(land.said).encode())


def inside(files: Path) -> set[bytes]:
    """Every INE of the territory."""
    mark = b'<attr name="ENTEleveINE"><value>'
    return {
        part[: part.index(b"<")]
        for file in files.rglob("*.xml")
        for part in file.read_bytes().split(mark)[1:]
        if part[:1] != b"<"
    }


def found_in(ines: set[bytes], data: bytes) -> bool:
    """Whether any of them stands there."""
    return not ines.isdisjoint(FORM.findall(data))
