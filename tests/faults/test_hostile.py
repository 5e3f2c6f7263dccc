"""Hostile input against the whole hub: each piece is answered in words, and the hub goes on."""

from __future__ import annotations

import http.client
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import confluent_kafka as ck
import psutil
import pytest

from preau.app.control import Control, open_control
from preau.app.hub_topics import ensure_share_topic
from preau.app.serve import Running, running_hub
from preau.app.step_topics import reads
from preau.broker.clients import producer_settings
from preau.broker.node import TEST
from preau.canon.codec import encode
from preau.settings import Settings
from preau.store import said as said_store
from preau.store.instances import Instance
from preau.web.flow import KafkaFlow
from preau.web.needs import PUBLISH
from tests.faults.world import until

pytestmark = [pytest.mark.kafka, pytest.mark.faults]
MOST_MB = 400
STATE, ECOLE = "aaf-montpellier", "ent-ecole"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
RECORD = (
    b"<addRequest><operationalAttributes><attr name='categorieStructure'><value>EtabEducNat</value>"
    b"</attr></operationalAttributes><identifier><id>%s</id></identifier><attributes/></addRequest>"
)
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(9))
FILES = {
    "laughs.xml": HEAD + b'<!DOCTYPE f [<!ENTITY l0 "ha">' + LAUGHS + b"]><f>&l9;</f>",
    "entity.xml": HEAD + b'<!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><f>&x;</f>',
    "encoding.xml": HEAD + b"<ficAlimMENESR>" + RECORD % b"\xe9\xff" + b"</ficAlimMENESR>",
    "nul.xml": HEAD + b"<ficAlimMENESR>" + RECORD % b"4\x003" + b"</ficAlimMENESR>",
    "deep.xml": HEAD + b"<a>" * 100_000,
    "utf-16.xml": (HEAD + b"<ficAlimMENESR/>").decode().encode("utf-16"),
    "avro.xml": b"\x00\x00\x00\x00\x02" + b"\x80" * 40,
}


def _zip(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


ARCHIVES = {
    "bombe.zip": _zip("Eleve_0000.xml", bytes(100_000_000)),
    "chemin.zip": _zip("../../preau.db", b"x"),
    "poupee.zip": _zip("lot.zip", b"PK\x03\x04"),
    "coupe.zip": _zip("Eleve_0000.xml", b"x" * 1_000)[:-30],
    "faux.tar.gz": b"hello",
}
BODIES = {
    "deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "nul": b'{"event":"GROUP_UPDATED\x00"}',
    "latin": '{"event":"GROUP_UPDATED","é":1}'.encode("latin-1"),
    "cut": b'{"event":"GROUP_UPDATED"',
    "nan": b'{"event":NaN}',
    "avro": b"\x00\x00\x00\x00\x02" + bytes(64),
    "huge": b'{"a":"' + b"x" * 400_000 + b'"}',
}
REFUSALS = {
    "deep": (400, "JSON_DEPTH"),
    "nul": (400, "JSON_NUL"),
    "latin": (400, "JSON_ENCODING"),
    "cut": (400, "JSON_BROKEN"),
    "nan": (400, "JSON_NUMBER"),
    "avro": (400, "JSON_NUL"),
    "huge": (413, "BODY_SIZE"),
}
"""What the hub answers to each body."""
JSON_FILES = {
    "profond.json": BODIES["deep"],
    "nul.json": BODIES["nul"],
    "latin.json": BODIES["latin"],
    "coupe.json": BODIES["cut"],
    "utf-16.json": '{"event":"GROUP_UPDATED"}'.encode("utf-16"),
    "ligne.json": b'{"a":"' + b"x" * 20_000_000 + b'"}',
    "avro.json": b"\x00\x00\x00\x00\x02" + b"\x80" * 40,
}
CODES = {
    "laughs.xml": "XML_DOCTYPE",
    "entity.xml": "XML_DOCTYPE",
    "encoding.xml": "XML_ENCODING",
    "nul.xml": "XML_NUL",
    "deep.xml": "XML_BROKEN",
    "utf-16.xml": "XML_ENCODING",
    "avro.xml": "XML_ENCODING",
    "bombe.zip": "IMPORT_RATIO",
    "chemin.zip": "IMPORT_NAME",
    "poupee.zip": "IMPORT_NESTED",
    "coupe.zip": "IMPORT_ARCHIVE",
    "faux.tar.gz": "IMPORT_ARCHIVE",
    "profond.json": "JSON_DEPTH",
    "nul.json": "JSON_NUL",
    "latin.json": "JSON_ENCODING",
    "coupe.json": "JSON_TRUNCATED",
    "utf-16.json": "JSON_NOT_EVENTS",
    "ligne.json": "JSON_SIZE",
    "avro.json": "JSON_NOT_EVENTS",
}
"""What stands in the report of each file."""
LONG = b"\xff" * 9 + b"\x01"  # a varint of the largest length
WHOLE = encode("group", {"levels": ["CM2"]})
COUNT = WHOLE.rindex(b"\x02")
"""Where that list says that it has one item."""
KILLERS = {
    "cut": WHOLE[:-3],
    "a list of 2^40 items": WHOLE[:COUNT] + b"\x80\x80\x80\x80\x80\x40" + WHOLE[COUNT + 1 :],
    "a list of 2^40 items, and a megabyte": WHOLE[:COUNT] + b"\x80" * 5 + b"\x40" + bytes(900_000),
    "a text longer than the world": WHOLE[:5] + LONG * 4,
    "a number of 10,000 bytes": WHOLE[:COUNT] + b"\x80" * 10_000 + b"\x02" + WHOLE[COUNT + 1 :],
    "nested without end": WHOLE[:5] + b"\x02" * 50_000,
    "something after its end": WHOLE + b"\x00" * 50,
    "no schema has this id": b"\x00\x7f\xff\xff\xff" + bytes(20),
    "not framed": b"hello",
}


class Besieged(NamedTuple):
    """A hub under siege, what its processes took at the most, and who they were at first."""

    hub: Running
    control: Control
    key: str
    peak_mb: dict[str, float]
    pids: dict[str, int | None]

    def post(self, body: bytes, kind: str = "application/json") -> tuple[int, bytes]:
        """Status and body of one call in the name of the écoles' ENT."""
        connection = http.client.HTTPConnection(urlsplit(self.hub.address).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        connection.request("POST", f"/v1/intake/{ECOLE}", body, headers)
        answer = connection.getresponse()
        said = answer.status, answer.read()
        connection.close()
        return said

    def holds(self) -> None:
        """The same processes, in their measure, and a hub that is well."""
        assert {c.name: c.pid for c in self.hub.supervisor.children} == self.pids
        until(lambda: all(self.peak_mb.values()))
        assert max(self.peak_mb.values()) < MOST_MB, self.peak_mb
        connection = http.client.HTTPConnection(urlsplit(self.hub.address).netloc, timeout=60)
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
        connection.close()


@pytest.fixture(scope="module")
def besieged(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[Besieged]:
    folder = str(tmp_path_factory.mktemp("siege"))
    settings = Settings(data=folder, port="0", database=hub_database())
    with ExitStack() as closing:
        hub = closing.enter_context(running_hub(settings, TEST))
        control = closing.enter_context(open_control(settings))
        for name, connector in ((STATE, "aaf"), (ECOLE, "beneylu")):
            way = ("", "11", "", "", "none")
            control.instances.put(Instance(name, connector, *way, loopback=True, disabled=False))
            ensure_share_topic(control, name)
        pids = {child.name: child.pid for child in hub.supervisor.children}
        key = control.api_keys.make(ECOLE, (PUBLISH,))
        made = Besieged(hub, control, key, dict.fromkeys(pids, 0.0), pids)
        stop = threading.Event()
        watch = threading.Thread(target=_weigh, args=(made, stop))
        watch.start()
        yield made
        stop.set()
        watch.join()


def _weigh(besieged: Besieged, stop: threading.Event) -> None:
    while not stop.wait(0.05):
        for name, pid in besieged.pids.items():
            if pid is not None and psutil.pid_exists(pid):
                taken = psutil.Process(pid).memory_info().rss / 1_000_000
                besieged.peak_mb[name] = max(besieged.peak_mb[name], taken)


def report_on(besieged: Besieged, name: str, instance: str = STATE) -> str:
    """The text that the hub leaves beside a file that it has read, or could not read."""
    own = besieged.control.settings.folder / "depot" / instance
    places = [own / "refuses" / f"{name}.motif.txt", own / "traites" / f"{name}.bilan.txt"]
    until(lambda: any(place.exists() for place in places))
    return next(place.read_text("utf-8") for place in places if place.exists())


def drop(besieged: Besieged, name: str, instance: str = STATE) -> Path:
    """Where to write a file so that the hub reads it once it is whole."""
    own = besieged.control.settings.folder / "depot" / instance
    own.mkdir(parents=True, exist_ok=True)
    return own / name


@pytest.mark.parametrize(
    ("instance", "files"), [(STATE, FILES), (STATE, ARCHIVES), (ECOLE, JSON_FILES)]
)
def test_hostile_files_end_with_a_reason_in_words(
    besieged: Besieged, instance: str, files: dict[str, bytes]
) -> None:
    for name, content in files.items():
        drop(besieged, name, instance).write_bytes(content)
    for name in files:
        told = report_on(besieged, name, instance)
        assert CODES[name] in told
        assert "root:" not in told
        assert "xxxxx" not in told
    besieged.holds()


def test_a_line_of_200_megabytes_is_refused_in_little_memory(besieged: Besieged) -> None:
    with drop(besieged, "line.xml.part").open("wb") as file:
        file.write(HEAD + b"<ficAlimMENESR><addRequest><identifier><id>")
        for _ in range(200):
            file.write(b"9" * 1_000_000)
        file.write(b"</id></identifier></addRequest></ficAlimMENESR>")
    drop(besieged, "line.xml.part").rename(drop(besieged, "line.xml"))
    assert "AAF_RECORD_SIZE" in report_on(besieged, "line.xml")
    besieged.holds()


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_with_a_code(besieged: Besieged, name: str) -> None:
    status, said = besieged.post(BODIES[name])
    assert (status, json.loads(said)["code"]) == REFUSALS[name]
    besieged.holds()


def test_avro_by_http_is_refused_by_its_type(besieged: Besieged) -> None:
    status, said = besieged.post(b"\x00\x00\x00\x00\x02", "application/avro")
    assert (status, json.loads(said)["code"]) == (415, "CONTENT_TYPE")


def test_broken_records_on_the_hubs_own_topics_stop_no_step(besieged: Besieged) -> None:
    producer = ck.Producer(producer_settings(besieged.hub.bootstrap))
    canon = [f"preau.canon.{record}" for record in ("group", "person", "share", "project")]
    intake = [f"preau.intake.{connector}" for connector in ("beneylu", "aaf")]
    for topic in (*canon, *intake, "preau.link", "preau.receipt", f"preau.share.{ECOLE}"):
        for value in KILLERS.values():
            producer.produce(topic, value, b"ent-ecole/1")
    assert producer.flush(30) == 0
    event = {
        "event": "GROUP_UPDATED",
        "date": "2026-10-12T08:30:00+02:00",
        "data": {"id": 5121, "label": "CM2 A", "type": "CLASSROOM"},
    }
    assert besieged.post(json.dumps(event).encode())[0] == 202
    flow = KafkaFlow(besieged.hub.bootstrap, reads(besieged.control.catalogue.names()))
    until(lambda: all(step.lag == 0 for step in flow.read().steps))
    for connector in ("beneylu", "aaf"):
        assert flow.read().written[f"preau.setaside.{connector}"] >= len(KILLERS)
    with besieged.control.engine.connect() as connection:
        assert set(said_store.states(connection, "group", [f"{ECOLE}/5121"])) == {f"{ECOLE}/5121"}
    besieged.holds()
