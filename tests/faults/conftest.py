"""One campaign for all rounds of a run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import PLAYED
from tests.databases import POSTGRESQL, WHOLE
from tests.faults.campaign import Campaign, Played, open_campaign
from tests.faults.plan import rounds
from tests.faults.world import open_world

Play = Callable[[Played], None]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives a test that asks for a `planned` round every round of its module's plan."""
    if "planned" in metafunc.fixturenames:
        kind = getattr(metafunc.module, "KIND", WHOLE)
        count = metafunc.config.getoption("rounds" if kind == WHOLE else "further")
        plan = rounds(metafunc.config.getoption("seed"), count, kind)
        metafunc.parametrize("planned", plan, ids=[f"{r.number:02}-{r.victim}" for r in plan])


@pytest.fixture
def seed(pytestconfig: pytest.Config) -> int:
    """The seed of this run: `--seed`, else drawn when the run began."""
    return int(pytestconfig.getoption("seed"))


@pytest.fixture
def histories(pytestconfig: pytest.Config) -> int:
    """How many histories with late-comers are played."""
    return int(pytestconfig.getoption("histories"))


@pytest.fixture
def played(record_property: Callable[[str, object], None]) -> Play:
    """Records what was played, for the account at the end of the run."""
    return lambda one: record_property(PLAYED, [one.events, one.effects, one.seconds])


@pytest.fixture(scope="module")
def campaign(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    database_of: Callable[[str], str],
) -> Iterator[Campaign]:
    """A hub, two ENTs and an open project, for the tests of a module, on its `KIND`."""
    logging.getLogger("kafka.client").setLevel(logging.CRITICAL)  # its Kafka is killed
    kind = getattr(request.module, "KIND", WHOLE)
    server = request.getfixturevalue("postgresql") if kind == POSTGRESQL else None
    with (
        open_world(tmp_path_factory.mktemp("world"), database_of(kind)) as world,
        open_campaign(world, server) as opened,
    ):
        yield opened
    logging.getLogger("kafka.client").setLevel(logging.NOTSET)
