"""A whole hub: what goes in comes out, whichever of its processes is killed meanwhile."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from preau.app.serve import running_hub
from preau.broker.admin import opened
from preau.demo.watch import Watch
from preau.errors import Stop
from preau.settings import Settings

pytestmark = pytest.mark.kafka
REAL = Path(__file__).resolve().parents[3] / "shared" / "samples" / "aaf-2013"
RECORDS = {"EtabEducNat": 10, "MatiereEducNat": 718, "MefEducNat": 2_504}
"""Requests in each file, counted with grep."""


def until(holds: Callable[[], object]) -> None:
    limit = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < limit


def health(hub: Any) -> Any:
    connection = http.client.HTTPConnection(hub.running.address.removeprefix("http://"), timeout=30)
    try:
        connection.request("GET", "/health")
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def test_a_posted_event_becomes_a_canonical_record(hub: Any) -> None:
    hub.say(5121)
    group = hub.groups(5121)["ent-ecole/5121"]
    assert group["meta"]["instance"] == "ent-ecole"
    assert group["meta"]["source_id"] == "5121"


def test_a_dropped_file_becomes_canonical_records_and_is_put_away(hub: Any, samples: Path) -> None:
    depot = hub.settings.folder / "depot" / "academie"
    until((depot / "traites").is_dir)
    (depot / "matieres.xml").write_bytes((samples / "aaf/samples/MatEducNat.xml").read_bytes())
    found = hub.read("preau.canon.nomenclature", lambda found: len(found) > 0)
    assert all(key.startswith("academie/") for key in found)
    until((depot / "traites" / "matieres.xml.bilan.txt").is_file)


@pytest.mark.skipif(
    not REAL.is_dir(), reason="the real AAF files of 2013 are not beside the checkout"
)
def test_every_record_of_the_states_real_files_comes_out(hub: Any) -> None:
    depot = hub.settings.folder / "depot" / "annee-2013"
    until((depot / "traites").is_dir)
    with closing(Watch(hub.running.bootstrap)) as watch:
        until(lambda: 0 < watch.read().heard == accounted(watch))
        before = watch.read()
        for file in REAL.glob("*.xml"):
            (depot / file.name).write_bytes(file.read_bytes())
        for kind, count in RECORDS.items():
            (name,) = (file.name for file in REAL.glob(f"*_{kind}_*.xml"))
            report = depot / "traites" / f"{name}.bilan.txt"
            until(report.is_file)
            said = f"Fiches prises en compte : {count}\nFiches mises de côté : 0\n"
            assert said in report.read_text("utf-8")
        until(lambda: watch.read().out >= before.out + sum(RECORDS.values()))
        assert watch.read().heard == before.heard + sum(RECORDS.values()) == accounted(watch)
        assert watch.read().aside == before.aside


def test_a_file_set_is_imported_once_and_the_second_time_nothing_travels(
    hub: Any, samples: Path
) -> None:
    words = ["import", "aaf", str(samples / "aaf/samples/MefEducNat.xml"), "--json"]
    command = [sys.executable, "-m", "preau", *words, "--instance", "rectorat"]
    environment = {**os.environ, **hub.settings.environment()}
    hub.say(6000)
    with closing(Watch(hub.running.bootstrap)) as watch:
        until(lambda: 0 < watch.read().heard == accounted(watch))
        told = []
        for _ in range(2):
            before = watch.read()
            done = subprocess.run(command, env=environment, capture_output=True, check=True)
            told.append((json.loads(done.stdout), before))
        (first, before), (second, between) = told
        assert (first["state"], first["added"]) == ("DONE", {"MefEducNat": first["read"]})
        assert (second["state"], second["canonical"], second["letters"]) == ("DONE", 0, 0)
        until(lambda: watch.read().out >= before.out + first["canonical"])
        assert watch.read().heard == before.heard + first["letters"] == between.heard


def accounted(watch: Watch) -> int:
    """How many events have come out or were set aside."""
    found = watch.read()
    return found.out + found.aside


def test_health_knows_every_step_once_an_instance_is_declared(hub: Any) -> None:
    until(lambda: health(hub)["status"] == "ok" and len(health(hub)["steps"]) == 6)
    names = {step["name"]: step["workers"] for step in health(hub)["steps"]}
    assert names == dict.fromkeys(
        ("normalise", "identity", "projects", "deliver", "receipts", "setasides"), 1
    )


def test_the_topic_of_a_new_instance_is_there_at_once(hub: Any) -> None:
    with opened(hub.running.bootstrap) as admin:
        assert {"preau.share.ent-ecole", "preau.share.academie"} <= set(admin.list_topics())


@pytest.mark.faults
@pytest.mark.parametrize("name", ["web", "files", "normalise-0", "projects", "deliver"])
def test_a_killed_process_is_started_again_and_nothing_is_lost(hub: Any, name: str) -> None:
    child = hub.running.supervisor.child(name)
    until(lambda: child.alive)
    pid, base = child.pid, 10_000 * (1 + sum(map(ord, name)))
    for number in range(base, base + 40):
        hub.say(number)
        if number == base + 20:
            os.kill(pid, signal.SIGKILL)
    assert len(hub.groups(*range(base, base + 40))) >= 40
    until(lambda: child.alive and child.pid != pid)


@pytest.mark.faults
def test_a_killed_kafka_is_started_again_and_nothing_is_lost(hub: Any) -> None:
    before = hub.running.broker.pid
    hub.say(9_001)
    os.kill(before, signal.SIGKILL)
    hub.say(9_002)
    assert hub.running.broker.pid not in {None, before}
    hub.groups(9_001, 9_002)
    until(lambda: health(hub)["status"] == "ok")


def test_a_second_hub_on_the_same_folder_is_refused(hub: Any) -> None:
    with pytest.raises(Stop, match="HUB_RUNNING"), running_hub(hub.settings):
        pass


def test_a_port_that_is_taken_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        settings = Settings(data=str(tmp_path), port=port)
        with pytest.raises(Stop, match="PORT_TAKEN"), running_hub(settings):
            pass
    assert not (tmp_path / "kafka").exists()
