"""One campaign for all rounds of a run, and its account at the end of the run."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.faults.campaign import Campaign, Played, open_campaign
from tests.faults.plan import rounds
from tests.faults.world import open_world

PLAYED = pytest.StashKey[list[Played]]()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives a test that asks for a `planned` round every round of the plan."""
    if "planned" in metafunc.fixturenames:
        config = metafunc.config
        plan = rounds(config.getoption("seed"), config.getoption("rounds"))
        metafunc.parametrize("planned", plan, ids=[f"{r.number:02}-{r.victim}" for r in plan])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was played, and how to play it again."""
    config = terminalreporter.config
    if played := config.stash.get(PLAYED, []):
        events, effects = sum(p.events for p in played), sum(p.effects for p in played)
        seconds = sum(p.seconds for p in played)
        terminalreporter.write_line(
            f"faults: seed {config.getoption('seed')}: {len(played)} rounds, a process killed in"
            f" each; {events} events, {effects} effects in ENTs, {seconds:.0f} s"
        )


@pytest.fixture
def seed(pytestconfig: pytest.Config) -> int:
    """The seed of this run: `--seed`, else drawn when the run began."""
    return int(pytestconfig.getoption("seed"))


@pytest.fixture
def played(pytestconfig: pytest.Config) -> list[Played]:
    """The rounds that were played so far."""
    return pytestconfig.stash.setdefault(PLAYED, [])


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """A hub, two ENTs and an open project, for the tests of a module."""
    logging.getLogger("kafka.client").setLevel(logging.CRITICAL)  # its Kafka is killed
    with open_world(tmp_path_factory.mktemp("world")) as world, open_campaign(world) as opened:
        yield opened
    logging.getLogger("kafka.client").setLevel(logging.NOTSET)
