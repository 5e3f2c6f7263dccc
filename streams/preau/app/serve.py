"""The whole hub in one command: Kafka if there is none, and every process, until told to stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import NamedTuple

import structlog

from preau.app.control import open_control
from preau.app.hub_lock import only_hub
from preau.app.hub_topics import ensure_hub_topics
from preau.app.kafka_address import NODE
from preau.app.products import check_products
from preau.app.readiness import wait_until_well
from preau.app.rebuild import check_rebuilt
from preau.app.supervisor import Child, Supervisor
from preau.broker.fetch import bar
from preau.broker.node import SERVE, Machine, Profile
from preau.broker.opening import Broker, open_broker
from preau.errors import PreauError
from preau.settings import Settings
from preau.web.server import listen

_TOGETHER = ("identity", "projects", "receipts", "setasides")
_TICK_S = 0.1
_CARE_S = 2.0
log = structlog.get_logger()


class Running(NamedTuple):
    """A hub that answers: `address` is `http://host:port`, `bootstrap` its Kafka's `host:port`."""

    address: str
    bootstrap: str
    supervisor: Supervisor
    broker: Broker


def serve_hub(settings: Settings) -> None:
    """Runs everything until SIGINT or SIGTERM, then stops it in order; raises `Stop`."""
    asked = _Asked()
    with running_hub(settings) as hub:
        asked.started()
        said = f"Préau answers at {hub.address} (Kafka at {hub.bootstrap}); Ctrl-C stops it"
        print(said, flush=True)  # noqa: T201 - the command's own words, also through a pipe
        asked.wait()


@contextmanager
def running_hub(settings: Settings, profile: Profile = SERVE) -> Iterator[Running]:
    """A whole hub, ready when it is given and stopped at the end, web and files first, Kafka last.

    However this process ends, `kill -9` included, no process of the hub outlives it for long.
    """
    with ExitStack() as stack:
        lock = stack.enter_context(only_hub(settings.folder))
        door = stack.enter_context(closing(listen(settings.host, settings.port_number)))
        control = stack.enter_context(open_control(settings))
        check_rebuilt(control)
        check_products(control)
        supervisor = Supervisor(settings.environment(), settings.folder / "logs")
        supervisor.waves = waves(settings, lock, door.fileno())
        stack.callback(supervisor.stop)
        supervisor.tend()  # they load and compile while Kafka starts, then wait to be told
        machine = Machine(tell=stack.enter_context(bar()))
        node = settings.folder / NODE
        broker = stack.enter_context(
            open_broker(settings.kafka or None, node, profile, machine=machine)
        )
        ensure_hub_topics(control, broker.bootstrap)
        supervisor.tell(broker.bootstrap)
        stack.enter_context(_tended(supervisor, broker))
        address = _address(settings.host, door.getsockname()[1])
        wait_until_well(address, supervisor)
        yield Running(address, broker.bootstrap, supervisor, broker)


def waves(settings: Settings, lock: int, door: int) -> list[list[Child]]:
    """The processes of a hub, in the order in which they stop: what comes in first.

    Those that keep state in the database share one: each process costs some 70 MB, and they wait
    for the same file. Files have their own, so that a huge one never slows the intake.
    """
    steps = "preau.app.steps"
    normalisers = [
        Child(f"normalise-{slot}", steps, (str(slot), "normalise"), (lock,))
        for slot in range(settings.normaliser_count)
    ]
    return [
        [
            Child("web", "preau.app.pages", (str(door),), (lock, door)),
            Child("files", "preau.app.files", (), (lock,)),
            Child("poll", "preau.app.poll", (), (lock,)),
        ],
        [
            *normalisers,
            Child("projects", steps, ("0", *_TOGETHER), (lock,)),
        ],
        [Child("deliver", steps, ("0", "deliver"), (lock,))],
    ]


@contextmanager
def _tended(supervisor: Supervisor, broker: Broker) -> Iterator[None]:
    """Both kept alive by threads of their own: Kafka's restart takes seconds, a process's none."""
    threads = [
        threading.Thread(target=supervisor.run, name="supervisor"),
        threading.Thread(target=_care, args=(supervisor, broker), name="broker"),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        supervisor.stopping = True
        for thread in threads:
            thread.join()
        supervisor.stop()


def _care(supervisor: Supervisor, broker: Broker) -> None:
    told = ""
    while not supervisor.stopping:
        try:
            if broker.ensure_running():
                log.warning("Kafka had ended and was started again")
                told = ""
        except PreauError as error:  # a full disk, say: it goes on once there is room
            if error.code != told:
                log.critical("Kafka cannot start again", code=error.code, said=str(error))
            told = error.code
            time.sleep(_CARE_S)
        time.sleep(_TICK_S)


def _address(host: str, port: int) -> str:
    """An address that a browser on this machine can open."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not a bind
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


class _Asked:
    """Hears SIGINT and SIGTERM: the first ends a start that is under way, or `wait` later on."""

    def __init__(self) -> None:
        self._heard = threading.Event()
        self._started = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)

    def started(self) -> None:
        """From now on a signal ends `wait`; told before the hub says that it answers."""
        self._started = True

    def wait(self) -> None:
        """Returns at the signal, at once if it came already."""
        self._heard.wait()

    def _hear(self, *_: object) -> None:
        first = not self._heard.is_set()
        self._heard.set()
        if first and not self._started:
            raise KeyboardInterrupt
