"""What every test may ask for: one real Kafka, topics of its own on it, and databases.

`PREAU_KAFKA=host:port` uses that one; `PREAU_TEST_KAFKA=docker` starts Apache Kafka in a container
(a Docker engine must answer); else the hub's own embedded node is started, once.
`PREAU_TEST_DATABASE=postgresql` (or `sqlite`) runs everything on that kind; else a test that asks
for `database` runs on both, and a whole hub on SQLite, unless its module is of a `KIND`.
"""

from __future__ import annotations

import gc
import os
import re
import secrets
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from preau.broker.admin import NewTopic, opened
from preau.broker.fetch import bar
from preau.broker.node import TEST, EmbeddedNode, Machine
from preau.broker.node_files import DURABLE
from preau.broker.ports import free_ports
from tests.databases import BLANK, KINDS, SQLITE, WHOLE, PostgreSQL, running

IMAGE = "apache/kafka:4.3.1"
ROUNDS, FURTHER = 12, 3
LATE = 0
settings.register_profile("search", settings.default, deadline=None)
settings.register_profile("same", settings.default, derandomize=True, database=None, deadline=None)
"""A run tries the same examples each time, however busy the machine is;
`--hypothesis-profile=search` looks for new ones."""
settings.load_profile("same")
PLAYED = "faults"
"""The property under which a fault round tells what was played: events, effects, seconds."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """How the fault campaign is played (tests/faults)."""
    faults = parser.getgroup("faults", "the fault campaign")
    # in the environment, so that all processes of one run (xdist) play one plan
    seed = os.environ.setdefault("FAULTS_SEED", str(secrets.randbelow(1_000_000)))
    faults.addoption(
        "--seed", type=int, default=int(seed), help="the seed; drawn and printed if absent"
    )
    faults.addoption("--rounds", type=int, default=ROUNDS, help=f"how many rounds ({ROUNDS})")
    further = f"how many more on PostgreSQL, when a run is on both kinds ({FURTHER})"
    faults.addoption("--further", type=int, default=FURTHER, help=further)
    faults.addoption(
        "--in-flight", type=int, default=300, help="documents under way at a revocation (300)"
    )
    rights = parser.getgroup("rights", "the rights of people (tests/rights)")
    rights.addoption("--erased", type=int, default=20, help="how many people are erased (20)")
    rights.addoption("--children", type=int, default=300, help="children compared (300)")
    faults.addoption(
        "--histories", type=int, default=LATE, help=f"how many with late-comers ({LATE})"
    )


def pytest_report_header(config: pytest.Config) -> str:
    """The seed, before anything can go wrong."""
    return f"faults: --seed {config.getoption('seed')} --rounds {config.getoption('rounds')}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was played, and how to play it again."""
    played = list(_told(terminalreporter))
    if played:
        events, effects, seconds = (sum(each) for each in zip(*played, strict=True))
        terminalreporter.write_line(
            f"faults: seed {terminalreporter.config.getoption('seed')}: {len(played)} rounds, a"
            f" process killed in each; {events} events, {effects} effects in ENTs, {seconds:.0f} s"
        )


def _told(reporter: pytest.TerminalReporter) -> Iterator[tuple[int, int, float]]:
    """What the rounds recorded, in whichever process they were played."""
    for outcome in ("passed", "failed"):
        for report in reporter.stats.get(outcome, ()):
            for name, told in getattr(report, "user_properties", ()):
                if name == PLAYED and report.when == "call":
                    events, effects, seconds = told
                    yield events, effects, seconds


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap address (`host:port`) of a real Kafka, started when first asked for."""
    if external := os.environ.get("PREAU_KAFKA"):
        yield external
    elif os.environ.get("PREAU_TEST_KAFKA") == "docker":
        yield from _in_docker()
    else:
        yield from _embedded(tmp_path_factory.mktemp("kafka"))


@pytest.fixture
def fresh_name(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """A name that no other test has: `fresh_name("in")` for a topic, a group, an instance."""
    test = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:40].strip("-")

    def name(label: str = "t") -> str:
        return f"{label}-{test}-{uuid.uuid4().hex[:8]}"

    return name


@pytest.fixture
def fresh_topic(kafka: str, fresh_name: Callable[[str], str]) -> Callable[..., str]:
    """Makes an empty topic with a name of its own: `fresh_topic("in", partitions=3)`."""

    def make(label: str = "topic", partitions: int = 1) -> str:
        name = fresh_name(label)
        with opened(kafka) as admin:
            admin.create_topics([NewTopic(name, partitions, 1)], wait_for_metadata=True)
        return name

    return make


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A real PostgreSQL for all tests of this process, started when first asked for."""
    with running() as server:
        server.prepare()
        yield server


@pytest.fixture(params=KINDS)
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Gives the address of a new database; a test that asks for it runs on each kind."""
    files = count(1)
    with ExitStack() as closing:

        def address() -> str:
            if request.param == SQLITE:
                return f"sqlite:///{tmp_path / f'preau-{next(files)}.db'}"
            server: PostgreSQL = request.getfixturevalue("postgresql")
            return closing.enter_context(server.fresh())

        yield address


@pytest.fixture(params=KINDS)
def blank_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table, one of each kind."""
    if request.param == SQLITE:
        yield f"sqlite:///{tmp_path / 'blank.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.fresh(template=BLANK) as address:
        yield address


@pytest.fixture
def database(databases: Callable[[], str]) -> str:
    """The address of a database of one's own: a test that asks for it runs on each kind."""
    return databases()


@pytest.fixture
def one_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table, of the kind that whole hubs stand on."""
    if WHOLE == SQLITE:
        yield f"sqlite:///{tmp_path / 'preau.db'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.fresh(template=BLANK) as address:
        yield address


@pytest.fixture(scope="session")
def database_of(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """The `PREAU_DATABASE` of a new hub on this kind; empty is its own choice, SQLite."""

    def address(kind: str) -> str:
        if kind == SQLITE:
            return ""
        server: PostgreSQL = request.getfixturevalue("postgresql")
        return server.lasting()

    return address


@pytest.fixture(scope="session")
def hub_database(database_of: Callable[[str], str]) -> Callable[[], str]:
    """The `PREAU_DATABASE` of a new hub: its own choice (SQLite in its folder) unless told else."""
    return lambda: database_of(WHOLE)


def _embedded(folder: Path) -> Iterator[str]:
    with bar() as tell, EmbeddedNode(folder, TEST, machine=Machine(tell=tell)) as node:
        yield node.bootstrap


def _in_docker() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # testcontainers' own, at import and at each wait
        if not _engine_answers():
            pytest.fail("PREAU_TEST_KAFKA=docker, but no Docker engine answers", pytrace=False)
        yield from _container()


def _engine_answers() -> bool:
    docker = pytest.importorskip("docker")
    try:
        answers = bool(docker.from_env().ping())
    except docker.errors.DockerException:
        answers = False
    gc.collect()  # the docker package leaves its socket open: closed here, not in some later test
    return answers


def _container() -> Iterator[str]:
    containers = pytest.importorskip("testcontainers.core.container")
    waiting = pytest.importorskip("testcontainers.core.waiting_utils")
    (port,) = free_ports(1)
    settings = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": f"PLAINTEXT://:{port},CONTROLLER://:29093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:29093",
    }
    for name, value in DURABLE.items():
        settings["KAFKA_" + name.upper().replace(".", "_")] = value
    container = containers.DockerContainer(IMAGE).with_bind_ports(port, port)
    for name, value in settings.items():
        container = container.with_env(name, value)
    with container:
        waiting.wait_for_logs(container, "Kafka Server started", timeout=120)
        yield f"127.0.0.1:{port}"
