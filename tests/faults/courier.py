"""A vendor's own sender: batches of CloudEvents and dropped files, repeated until they are taken.

Its documents lie in the écoles' ENT; what is said of them, in what order, is the courier's affair.
Batches go out on several connections at once, so that events on one document overtake each other:
their dates, which are their versions, say which is the last.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from preau.app.files import DEPOSIT
from preau.demo.limoux.town import BENEYLU
from preau.web.needs import PUBLISH
from tests.faults.authors import BINNED, GONE, THERE, Paper
from tests.faults.world import TEACHER, World

AT_ONCE, BATCH, FILES = 4, 100, 10
_FIRST = 1_000_000
_PATIENCE_S = 90.0
_KINDS = ("MEDIA_UPDATED",) * 14 + ("BIN",) * 3 + ("MEDIA_DELETED",)
Event = dict[str, Any]


@dataclass
class Courier:
    """Says `RESOURCE_ADD_FILE`, shares, new titles, the bin and back, deletions."""

    world: World
    papers: list[Paper] = field(default_factory=list)
    key: str = ""
    _last_us: int = 0
    _serial: int = 0

    def __post_init__(self) -> None:
        self.key = self.world.control.api_keys.make(BENEYLU, (PUBLISH,))

    def write(self, chance: random.Random, documents: int, events: int) -> list[Event]:
        """New documents in the ENT, and this many events on them, in the order of their dates."""
        made = [self._paper(chance) for _ in range(documents)]
        media = [{"id": p.ident, "user_id": TEACHER, "label": "?", "text": p.text} for p in made]
        self.world.ask(BENEYLU, "POST /_sandbox/seed", {"instance": BENEYLU, "media": media})
        said = [self._shared(paper) for paper in made]
        said += [self._changed(chance, chance.choice(made)) for _ in range(events - documents)]
        self.papers += made
        return said

    def expected(self) -> dict[str, str]:
        """Digest → title of every document that the collège must show."""
        return {paper.digest: paper.title for paper in self.papers if paper.state == THERE}

    def post(self, said: Sequence[Event]) -> None:
        """All of them, in batches, each sent again until every event in it is taken."""
        batches = [said[at : at + BATCH] for at in range(0, len(said), BATCH)]
        with ThreadPoolExecutor(AT_ONCE) as senders:
            list(senders.map(self._deliver, batches))

    def drop(self, said: Sequence[Event]) -> None:
        """All of them, in files."""
        depot = self.world.settings.folder / DEPOSIT / BENEYLU
        for number in range(FILES):
            self._serial += 1
            text = "\n".join(json.dumps(each) for each in said[number::FILES])
            half = depot / f"{self._serial}.part"
            half.write_text(text, "utf-8")
            half.rename(depot / f"{self._serial:06}.json")

    def _deliver(self, batch: Sequence[Event]) -> None:
        source = f"urn:preau:{BENEYLU}"
        body = json.dumps(
            [
                {
                    "specversion": "1.0",
                    "id": f"{each['event']}:{each['date']}",
                    "source": source,
                    "type": each["event"],
                    "data": each,
                }
                for each in batch
            ]
        ).encode()
        limit = time.monotonic() + _PATIENCE_S
        pause = threading.Event()
        while (status := self._send(body)) != 202:
            assert status in {0, 207, 503}, f"the hub answered {status}"
            assert time.monotonic() < limit, "the hub took nothing for too long"
            pause.wait(0.1)  # what a vendor does before it tries again

    def _send(self, body: bytes) -> int:
        host = self.world.hub.address.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=30)
        kind = "application/cloudevents-batch+json"
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        try:
            connection.request("POST", "/v1/events", body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        else:
            return answer.status
        finally:
            connection.close()

    def _paper(self, chance: random.Random) -> Paper:
        self._serial += 1
        number = _FIRST + self._serial
        return Paper(number, f"porté {number} {chance.getrandbits(64):x}", f"porté {number}")

    def _shared(self, paper: Paper) -> Event:
        group = self.world.native[BENEYLU]
        said = {"media_id": paper.ident, "groupId": group, "label": paper.title}
        return self._event("MEDIA_LIBRARY_NEW_SHARE", {**said, "type_unique_name": "DOCUMENT"})

    def _changed(self, chance: random.Random, paper: Paper) -> Event:
        kind = chance.choice(_KINDS)
        if kind == "MEDIA_DELETED":
            paper.state = GONE
            return self._event(kind, {"id": paper.ident})
        if kind == "BIN":
            paper.state = BINNED
        else:
            paper.state, paper.title = THERE, f"porté {chance.getrandbits(64):x}"
        status = -1 if kind == "BIN" else 1
        said = {"id": paper.ident, "label": paper.title, "type_unique_name": "DOCUMENT"}
        return self._event("MEDIA_UPDATED", {**said, "status_deletion": status})

    def _event(self, name: str, data: dict[str, Any]) -> Event:
        self._last_us = max(self._last_us + 1, time.time_ns() // 1000)
        seconds, micros = divmod(self._last_us, 1_000_000)
        date = dt.datetime.fromtimestamp(seconds, dt.UTC).replace(microsecond=micros)
        moment = date.isoformat(timespec="microseconds")
        return {"event": name, "instance": BENEYLU, "date": moment, "data": data}
