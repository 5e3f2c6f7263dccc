"""Every block of a page that is marked `run` runs: Python alone, the shell against a real hub."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from preau.app.control import open_control
from preau.app.serve import running_hub
from preau.broker.node import TEST
from preau.settings import Settings
from preau.store.instances import Instance
from tests.web.roster_client import RosterClient

ROOT = Path(__file__).resolve().parents[2]
INSTANCE = "ent-ecole"
READER, READER_PAGE = "lecteur", "docs/en/oneroster.md"
"""The page whose INSTANCE and KEY are those of a consumer of rosters, which has a TOKEN too."""
_BLOCK = re.compile(
    r"^```(\w+) run\n(?P<code>.*?)^```\n(?:\n```json\n(?P<answer>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
#: Ends a text of an answer that is another each time.
CUT = "…"


class Example(NamedTuple):
    """One block: its language, its code, and the JSON that the page says comes out, if any."""

    place: str
    language: str
    code: str
    answer: str | None

    @property
    def needs_hub(self) -> bool:
        """Whether it calls one."""
        return "$HUB" in self.code


def examples(name: str, text: str) -> Iterator[Example]:
    """The blocks of one page that are marked `run`."""
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Example(f"{name}:{line}", found[1], found["code"], found["answer"])


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLES = [
    example
    for page in PAGES
    for example in examples(str(page.relative_to(ROOT)), page.read_text("utf-8"))
]


Names = Mapping[str, str]
"""What a page calls HUB, KEY, INSTANCE and TOKEN."""


@pytest.fixture(scope="module")
def hub(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[Callable[[str], Names]]:
    """A hub with an ENT and a consumer of rosters declared; page → its names."""
    folder = str(tmp_path_factory.mktemp("hub"))
    settings = Settings(data=folder, port="0", database=hub_database())
    with running_hub(settings, TEST) as running:
        with open_control(settings) as control:
            said = (INSTANCE, "beneylu", "FIRST", "11", "", "", "none")
            control.instances.put(Instance(*said, loopback=False, disabled=False))
            key = control.api_keys.make(INSTANCE, ["publish", "operate"])
            said = (READER, "oneroster", "", "11", "", "", "file")
            control.instances.put(Instance(*said, loopback=False, disabled=False))
            secret = control.api_keys.make(READER, ["receive"])
        usual = {"HUB": running.address, "KEY": key, "INSTANCE": INSTANCE}
        token = RosterClient(running.address, READER, secret).token
        reads = usual | {"KEY": secret, "INSTANCE": READER, "TOKEN": token}
        yield lambda place: reads if place.startswith(READER_PAGE) else usual


def run(example: Example, environment: Names) -> str:
    """What it prints; fails with what it says on stderr when it does not end well."""
    shell = ["bash", "-euo", "pipefail", "-c"]
    command = [sys.executable, "-W", "error", "-c"] if example.language == "python" else shell
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [*command, example.code],
        env={**os.environ, **environment, "PATH": path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{example.place}: {done.stderr}"
    return done.stdout


def alike(said: object, told: object) -> bool:
    """Whether an answer is what the page says; a text cut with `…` may be any text."""
    if isinstance(told, dict) and isinstance(said, dict):
        return said.keys() == told.keys() and all(alike(said[k], told[k]) for k in told)
    if isinstance(told, list) and isinstance(said, list):
        return len(said) == len(told) and all(map(alike, said, told))
    if isinstance(told, str) and told.endswith(CUT):
        return isinstance(said, str)
    return said == told


def _those(*, hub: bool) -> list[Example]:
    return [example for example in EXAMPLES if example.needs_hub is hub]


@pytest.mark.parametrize("example", _those(hub=False), ids=lambda example: example.place)
def test_an_example_runs(example: Example) -> None:
    run(example, {})


@pytest.mark.kafka
@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
@pytest.mark.parametrize("example", _those(hub=True), ids=lambda example: example.place)
def test_an_example_is_answered_as_the_page_says(
    example: Example, hub: Callable[[str], Names]
) -> None:
    answer = json.loads(run(example, hub(example.place)))
    if example.answer is None:
        assert answer["accepted"]
    else:
        assert alike(answer, json.loads(example.answer)), answer


def test_there_are_examples_of_each_kind() -> None:
    assert len(_those(hub=True)) >= 4
    assert {example.language for example in _those(hub=False)} == {"python", "sh"}


def test_an_example_that_fails_is_noticed() -> None:
    for language, code in (("python", "assert False"), ("sh", "false; true")):
        with pytest.raises(AssertionError, match="here"):
            run(Example("here", language, code, None), {})


def test_an_answer_unlike_the_page_is_noticed() -> None:
    told = {"accepted": [{"id": f"5f{CUT}"}]}
    assert alike({"accepted": [{"id": "77"}]}, told)
    assert not alike({"accepted": [{"id": 77}]}, told)
    assert not alike({"accepted": []}, told)
    assert not alike({"accepted": [{"id": "77"}], "refused": []}, told)


def test_a_mark_that_nothing_runs_is_noticed() -> None:
    marked = sum(page.read_text("utf-8").count(" run\n") for page in PAGES)
    assert len(EXAMPLES) == marked
