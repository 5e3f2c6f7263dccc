"""The whole story on a real hub: it holds, it fails when something is planted, it ends cleanly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
import sqlalchemy as sa

from preau.store.database import open_database
from preau.store.projections import DERIVED
from tests.databases import KINDS
from tests.demo.processes import END_S, Start, cmdline, of_the_demo

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(480)]


def restarts(data: Path) -> list[str]:
    """What the supervisor said of processes of the hub that ended by themselves."""
    log = (data / "demo" / "logs" / "demo.log").read_text("utf-8").splitlines()
    return [line for line in log if '"process ended"' in line]


ON_DATABASE = """
import sys
from preau.demo.command import play
from preau.demo.limoux.script import LIMOUX
from preau.settings import read_settings

sys.exit(play(read_settings(), LIMOUX, once=True, as_json=True, database={!r}))
"""


@pytest.mark.parametrize("kind", KINDS)
def test_the_story_holds_and_what_follows_from_kafka_can_be_filled_again(
    start: Start, tmp_path: Path, database_of: Callable[[str], str], kind: str
) -> None:
    database = database_of(kind)
    program = ON_DATABASE.format(database) if database else ""
    process = start("--once", "--json", program=program)
    said, told = process.communicate(timeout=END_S)
    assert process.returncode == 0, told
    assert of_the_demo(tmp_path) == []
    report = json.loads(said)
    assert list(report) == ["ok", "steps", "seconds"]
    assert report["ok"]
    names = ("name", "ok", "in", "out", "set_aside", "applied", "refused", "pending")
    assert [tuple(step) for step in report["steps"]] == [names] * 6
    assert [tuple(step.values()) for step in report["steps"]] == [
        ("start", True, 0, 0, 0, 0, 0, 0),
        ("directories", True, 42, 42, 0, 0, 0, 0),
        ("project", True, 9, 9, 0, 0, 0, 0),
        ("group", True, 0, 0, 0, 10, 0, 1),
        ("document", True, 2, 2, 0, 1, 0, 1),
        ("latecomer", True, 1, 1, 0, 1, 0, 0),
    ]
    assert restarts(tmp_path) == []
    database = database or f"sqlite:///{tmp_path / 'demo' / 'preau.db'}"
    before = derived(database)
    rebuilt = subprocess.run(
        [sys.executable, "-m", "preau", "rebuild"],
        capture_output=True,
        text=True,
        timeout=END_S,
        check=False,
        env={**os.environ, "PREAU_DATA": str(tmp_path / "demo"), "PREAU_DATABASE": database},
    )
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert "links: 37 records" in rebuilt.stdout
    assert derived(database) == before


def derived(database: str) -> dict[str, list[str]]:
    """The rows that follow from Kafka; what waited and ended is nothing."""
    engine = open_database(database)
    with engine.connect() as base:
        found = {
            t: [dict(row) for row in base.execute(sa.text(f"select * from {t}")).mappings()]
            for t in DERIVED
        }
    engine.dispose()
    return {
        table: sorted(
            json.dumps({name: value for name, value in row.items() if name != "seq"})
            for row in rows
            if row.get("operation") != "MEMBER_WAIT_REMOVE"
        )
        for table, rows in found.items()
    }


def until_line(process: subprocess.Popen[str], start: str) -> str:
    """The rest of the first line of standard output that starts so."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(start):
            return line.removeprefix(start).strip()
    pytest.fail(f"it ended without saying « {start} »: {process.communicate()[1]}", pytrace=False)


def test_it_goes_on_serving_and_the_link_opens_the_page(start: Start, tmp_path: Path) -> None:
    process = start()
    link = until_line(process, "La page du projet : ")
    ent = until_line(process, "Ce que voit le collège (mon-ent) : ")
    until_line(process, "Tout reste ouvert")
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with browser.open(link) as entered:
        assert "La clé est reconnue" in entered.read().decode()
    with browser.open(link.partition("?")[0]) as page:
        assert "Règles du défi" in page.read().decode()
    with urllib.request.urlopen(ent) as page:
        assert "Règles du défi, reçu" in page.read().decode()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=END_S)
    assert process.returncode == 0
    assert of_the_demo(tmp_path) == []


def test_an_interrupted_start_leaves_nothing_running(start: Start, tmp_path: Path) -> None:
    process = start()
    until_line(process, "1/6")
    limit = time.monotonic() + END_S
    while not any("kafka.Kafka" in each for p in of_the_demo(tmp_path) for each in cmdline(p)):
        assert time.monotonic() < limit
        assert process.poll() is None
    for _ in range(2):  # an impatient person does it twice
        process.send_signal(signal.SIGTERM)
    process.communicate(timeout=END_S)
    assert process.returncode == 130
    assert of_the_demo(tmp_path) == []


PLANTED = """
import sys
from pathlib import Path
from preau.demo.command import play
from preau.demo.limoux.script import LIMOUX
from preau.demo.limoux.town import EDIFICE
from preau.demo.playbill import Heading
from preau.demo.script import Act
from preau.demo.stage import asked
from preau.settings import read_settings

def refuse_everything(story):
    fault = {"kind": "status", "status": 403, "times": 1_000}
    asked(story.stage.ents[EDIFICE], "POST /_sandbox/fault", fault)

planted = Act(Heading("planted", "Une panne est posée", "panne"), refuse_everything)
first, *others = LIMOUX.acts  # before the project: the hub is quick once it is open
acts = (first, planted, *others)
sys.exit(play(read_settings(), LIMOUX._replace(acts=acts), once=True, as_json=True))
"""


def test_an_ent_that_refuses_everything_breaks_the_story(start: Start, tmp_path: Path) -> None:
    process = start(program=PLANTED)
    said, told = process.communicate(timeout=END_S)
    assert process.returncode == 1
    report = json.loads(said)
    assert not report["ok"]
    assert [(step["name"], step["ok"]) for step in report["steps"]][-1] == ("group", False)
    assert "L'histoire ne tient pas : un refus que rien n'annonçait ; mon-ent" in told
    assert of_the_demo(tmp_path) == []
