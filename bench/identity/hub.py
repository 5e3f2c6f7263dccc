"""A hub without Kafka: imports go through their mapping, then identity and what projects keep."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from preau.agents.identity import Identity
from preau.agents.statements import RECORDS
from preau.agents.statements import said as as_row
from preau.broker.records import Arrival, Output
from preau.canon.codec import encode
from preau.canon.draft import Draft
from preau.catalogue.catalogue import Connector, open_catalogue
from preau.clock import SetClock
from preau.imports.draft_values import values
from preau.imports.importer import Importer, Order, Tools
from preau.imports.source import Source
from preau.inlets.intake import INTAKE, Intake
from preau.keys.likeness import Likeness
from preau.keys.master import open_master_key
from preau.keys.seal import Opener, Sealer
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.said import Said
from preau.readers.told import Told
from preau.store import said
from preau.store.database import open_database, prepare
from preau.store.imports import HELD, SENDING, ImportRun, ImportRuns
from preau.store.subject_keys import SubjectKeys

NOW = 1_795_500_000_000
SECRET = b"a secret of this bench"
BATCH = 1_000
"""Records that a step takes at once, as the hub's loop does."""


class Hub:
    """One database, in a folder unless told else.

    `persons` and `seconds` are what the identity step has worked.
    """

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        self.clock = SetClock(NOW)
        self.engine = open_database(database or f"sqlite:///{folder / 'preau.db'}")
        prepare(self.engine)
        book = SubjectKeys(self.engine, open_master_key(folder / "master.key", fresh=True))
        self.likeness = Likeness(SECRET)
        self._sealer = Sealer(book, self.clock)
        opener = Opener(book, self.clock)
        self.identity = Identity(self.engine, opener, self.likeness, self.clock)
        self._normalisers: dict[str, Normaliser] = {}
        self.persons, self.seconds = 0, 0.0

    def source(self, instance: str, connector: str) -> Source:
        """One of the State's directories."""
        opened, normaliser = _opened(connector)
        self._normalisers[instance] = normaliser
        told = Told(academy="11", mask=normaliser.digests.mask)
        return Source(instance, opened, normaliser, b"marks", told)

    def importer(self, source: Source) -> Importer:
        """Its importer."""
        runs = ImportRuns(self.engine)
        return Importer(source, Tools(self.folder / "imports", runs, encode, self.clock, bytes(32)))

    def imported(self, instance: str, connector: str, *paths: Path) -> ImportRun:
        """Imports a set, and confirms it when the guard holds it."""
        importer = self.importer(self.source(instance, connector))
        run = importer.prepare(Order(paths))
        if run.state not in {HELD, SENDING}:
            raise ValueError(run.reasons)
        return importer.release(run, self.publish)

    def publish(self, letters: Sequence[Intake]) -> None:
        """What the steps of the hub make of these records."""
        drafts = [draft for letter in letters for draft in self._drafts(letter)]
        people = [draft for draft in drafts if draft.record == "person"]
        links = [link for batch in _batches(people) for link in self._identify(batch)]
        self.keep([draft for draft in drafts if draft.record in RECORDS], links)

    def keep(self, drafts: Sequence[Draft], _links: Sequence[Output]) -> None:
        """Writes down what projects keep; who is who is in the store already."""
        rows = (as_row(draft.record, draft.key.decode(), values(draft)) for draft in drafts)
        with self.engine.begin() as connection:
            said.put(connection, rows)

    def _drafts(self, letter: Intake) -> list[Draft]:
        if not letter.topic.startswith(INTAKE):
            return []
        headers = {name: value.decode() for name, value in letter.headers}
        instance, at = headers["instance"], int(headers["received_at"])
        place = (at, letter.topic, 0, 0, headers.get("path", ""))
        told = Said(instance, headers["event"], None, letter.value, *place)
        return self._normalisers[instance].normalise(told)[0]

    def _identify(self, drafts: Sequence[Draft]) -> list[Output]:
        sealed = self._sealer.seal(drafts)
        topic = "preau.canon.person"
        batch = [
            Arrival(topic, 0, self.persons + place, draft.key, value, {})
            for place, (draft, value) in enumerate(zip(drafts, sealed, strict=True))
        ]
        began = time.perf_counter()
        links = self.identity.handle(batch)
        self.identity.acknowledged()
        self.seconds += time.perf_counter() - began
        self.persons += len(batch)
        return links


@cache
def _opened(name: str) -> tuple[Connector, Normaliser]:
    """A connector and its mapping, compiled once."""
    opened = open_catalogue().connector(name)
    return opened, opened.normaliser(Context(SECRET))


def _batches(drafts: Iterable[Draft]) -> Iterator[list[Draft]]:
    waiting = iter(drafts)
    while batch := list(islice(waiting, BATCH)):
        yield batch
