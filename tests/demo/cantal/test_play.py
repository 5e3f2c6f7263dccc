"""The story of the Cantal on a real hub: it holds, and it breaks when something is planted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.demo.processes import END_S, Start, of_the_demo

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(480)]


def test_the_story_holds(start: Start, tmp_path: Path) -> None:
    process = start("--story", "cantal", "--once", "--json")
    said, told = process.communicate(timeout=END_S)
    assert process.returncode == 0, told
    assert of_the_demo(tmp_path) == []
    assert [tuple(step.values()) for step in json.loads(said)["steps"]] == [
        ("start", True, 0, 0, 0, 0, 0, 0),
        ("directories", True, 37, 37, 0, 0, 0, 0),
        ("project", True, 10, 10, 0, 0, 0, 0),
        ("group", True, 1, 0, 1, 16, 0, 0),
        ("documents", True, 4, 4, 0, 6, 0, 0),
        ("calendar", True, 1, 1, 0, 3, 0, 0),
        ("move", True, 27, 27, 0, 4, 0, 0),
    ]


PLANTED = """
import sys
from preau.demo.cantal.script import CANTAL
from preau.demo.cantal.territory import NETECOLE
from preau.demo.command import play
from preau.demo.playbill import Heading
from preau.demo.script import Act
from preau.settings import read_settings

def import_stands_still(story):
    story.stage.say(NETECOLE, {"what": "import", "open": False})
    story.patience_s = 4.0

planted = Act(Heading("planted", "Une panne est posée", "panne"), import_stands_still)
*others, last = CANTAL.acts
script = CANTAL._replace(acts=(*others, planted, last))
sys.exit(play(read_settings(), script, once=True, as_json=True))
"""


def test_an_old_ent_that_withdraws_nothing_breaks_the_story(start: Start, tmp_path: Path) -> None:
    said, told = start(program=PLANTED).communicate(timeout=END_S)
    steps = json.loads(said)["steps"]
    assert [(step["name"], step["ok"]) for step in steps][-1] == ("move", False)
    assert "après 4 s d'attente, membres du groupe dans netecole-cantal : 5 dont 3 de" in told
    assert of_the_demo(tmp_path) == []
