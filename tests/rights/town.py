"""A running hub, two ENTs, and pupils with names of their own."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from preau.app.rights_desk import RightsDesk
from preau.broker.publisher import Publisher
from preau.demo.limoux.town import BENEYLU, ECOLES
from preau.store import erasures
from preau.store.erasures import DRAINING
from preau.web.needs import PUBLISH
from tests.faults.world import World, until
from tests.rights.search import Search

BATCH = 200
CLASS = ECOLES[0].classes[0].number
SAMPLE = Path(__file__).resolve().parents[2] / (
    "connectors/beneylu/samples/CLASSROOM_CREATE_STUDENT-ACCOUNT.json"
)
_FIRST = 5_000_000
_SYLLABLES = (
    "bra",
    "co",
    "du",
    "fle",
    "gri",
    "jo",
    "ka",
    "lu",
    "mi",
    "no",
    "pa",
    "qui",
    "ro",
    "su",
)


def word(number: int) -> str:
    """A name that no other pupil has, in letters."""
    out, rest = "", zlib.crc32(f"canari {number}".encode()) * 100_000 + number
    while rest:
        rest, at = divmod(rest, len(_SYLLABLES))
        out += _SYLLABLES[at]
    return out


@dataclass(frozen=True, slots=True)
class Pupil:
    """One account of the écoles' ENT; its names are its canaries."""

    number: int

    @property
    def source(self) -> str:
        return f"{BENEYLU}/{self.number}"

    @property
    def canaries(self) -> tuple[str, ...]:
        name = word(self.number)
        return (f"Prenom{name}", f"Nom{name}".upper())

    def account(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(SAMPLE.read_bytes())
        first, last = self.canaries
        login = f"{first}.{last}".lower()
        named = {"id": self.number, "first_name": first, "last_name": last, "login": login}
        aaf = {"aaf_id": f"9{self.number}", "ine": f"{self.number:09}ZZ"}
        event["data"] |= {**named, **aaf}
        return event


def broken(pupil: Pupil) -> dict[str, Any]:
    """An event on a pupil that is set aside, and may be worked again one day."""
    event = pupil.account()
    event["data"]["birthday"] = "2016-02-31"
    return event


@dataclass
class Town:
    """The world, who is in it, and what may be read of it.

    `database`: where its files are, when they are not in the hub's own folder.
    """

    world: World
    key: str = ""
    pupils: list[Pupil] = field(default_factory=list)
    loaded: int = 0
    database: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        self.key = self.world.control.api_keys.make(BENEYLU, (PUBLISH,))

    def say(self, events: Sequence[dict[str, Any]]) -> None:
        """Posts until every event is taken."""
        for first in range(0, len(events), BATCH):
            self._post([_cloud(each) for each in events[first : first + BATCH]])

    def enrol(self, count: int) -> list[Pupil]:
        """New pupils, all known to the hub on return."""
        fresh = [Pupil(_FIRST + len(self.pupils) + n) for n in range(count)]
        self.pupils += fresh
        self.say([each.account() for each in fresh])
        until(lambda: not self.unknown(fresh))
        return fresh

    def unknown(self, pupils: Iterable[Pupil]) -> list[Pupil]:
        """Those whom the hub does not know."""
        from_sql = "select source from person_entry where not deleted"
        with self.world.control.engine.connect() as connection:
            known = {row[0] for row in connection.exec_driver_sql(from_sql)}
        return [each for each in pupils if each.source not in known]

    @contextmanager
    def load(self) -> Iterator[None]:
        """Other pupils' accounts are said again and again meanwhile."""
        over = threading.Event()
        others = self.pupils[-20:]

        def go() -> None:
            while not over.is_set():
                self.say([each.account() for each in others])
                self.loaded += len(others)

        thread = threading.Thread(target=go)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    @contextmanager
    def desk(self) -> Iterator[RightsDesk]:
        """What the commands call."""
        with Publisher(self.world.hub.bootstrap) as publisher:
            yield RightsDesk(self.world.control, self._find, publisher.publish)

    def _find(self) -> str:
        return self.world.hub.bootstrap

    def search(self) -> Search:
        """The search of every byte, as the hub is now."""
        folder = self.world.settings.folder
        database = self.database or tuple(folder.glob("*.db*"))
        return Search(self.world.control, self._find(), database)

    def seen(self, pupils: Iterable[Pupil]) -> set[str]:
        """The canaries of these that are found anywhere."""
        return self.search().names(name for each in pupils for name in each.canaries)

    def wrapped(self, pupils: Iterable[Pupil]) -> set[bytes]:
        """The keys of these, as the database holds them."""
        subjects = {each.source for each in pupils}
        with self.world.control.engine.connect() as connection:
            rows = connection.exec_driver_sql("select subject, wrapped from subject_key").all()
        return {bytes(wrapped) for subject, wrapped in rows if subject in subjects}

    def letter_keys(self) -> set[bytes]:
        """The keys of letters that there are, as the database holds them."""
        with self.world.control.engine.connect() as connection:
            rows = connection.exec_driver_sql("select wrapped from letter_key").scalars().all()
        return {bytes(wrapped) for wrapped in rows}

    def draining(self) -> int:
        """How many people's erasure has not ended in the hub."""
        with self.world.control.engine.connect() as connection:
            return sum(each.state == DRAINING for each in erasures.unended(connection))

    def _post(self, batch: list[dict[str, Any]]) -> None:
        host = self.world.hub.address.removeprefix("http://")
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/cloudevents-batch+json",
        }
        limit = time.monotonic() + 60
        while True:
            connection = http.client.HTTPConnection(host, timeout=30)
            try:
                connection.request("POST", "/v1/events", json.dumps(batch).encode(), headers)
                answer = connection.getresponse()
                body = answer.read()
            finally:
                connection.close()
            if answer.status == 202:
                return
            assert answer.status in {207, 503}, body[:300]
            assert time.monotonic() < limit, "the hub took nothing for too long"


def _cloud(event: dict[str, Any]) -> dict[str, Any]:
    moment = dt.datetime.now(dt.UTC).isoformat(timespec="microseconds")
    data = {**event, "instance": BENEYLU, "date": moment}
    return {
        "specversion": "1.0",
        "id": f"{event['data']['id']}:{moment}",
        "source": f"urn:preau:{BENEYLU}",
        "type": event["event"],
        "data": data,
    }
