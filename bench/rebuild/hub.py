"""The steps that keep what follows from Kafka, over one database; and a year's life of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

from bench.routing.territory import (
    CARDS,
    CLASS,
    COLLEGE,
    ECOLE,
    NOW,
    STATE,
    class_key,
    mandates_of,
    name_of,
    project_of,
    receipt,
    record,
)

from preau.agents.hearing import Hearing
from preau.agents.identity import Identity
from preau.agents.projects import ProjectsStep
from preau.agents.rebuilding import Rebuilding, Steps
from preau.agents.receipts import ReceiptsStep
from preau.agents.recollecting import Recollecting
from preau.agents.set_asides import SetAsidesStep
from preau.broker.records import Arrival, Output
from preau.broker.topics import SHARE
from preau.canon.codec import decode
from preau.clock import SetClock
from preau.keys.likeness import Likeness
from preau.store import mandates, projects
from preau.store.database import open_database, prepare
from preau.store.receipts import Receipts

BATCH = 1_000
"""Records that a step takes at once, as the hub's loop does."""
Told = Callable[[str, int], None]


class Ledger(Protocol):
    """What the hub wrote, to be read again."""

    def write(self, records: Sequence[Output]) -> None: ...
    def read(self, topics: Sequence[str]) -> Iterator[Sequence[Arrival]]: ...


class Hub:
    """Everybody is said twice, by the State and by an ENT; a project joins two classes."""

    def __init__(self, database: str, ledger: Ledger, people: int, count: int) -> None:
        self.engine = open_database(database)
        prepare(self.engine)
        self._ledger = ledger
        self._people, self._classes = people, people // CLASS
        self._projects = [project_of(number, self._classes) for number in range(count)]
        self._clock = SetClock(NOW)
        self._begin()

    def _begin(self) -> None:
        """Steps as a new process has them."""
        engine, clock = self.engine, self._clock
        self._identity = Identity(engine, _Unsealed(), Likeness(b"bench"), clock)
        self._step = ProjectsStep(engine, CARDS.get, name_of, clock)
        self._receipts = ReceiptsStep(Receipts(engine), lambda value: decode(value).value)

    def live(self) -> None:
        """People, classes and members come in; projects open, share a document, lose a member."""
        with self.engine.begin() as connection:
            for project in self._projects:
                projects.put(connection, project)
            mandates.grant(connection, list(mandates_of(self._projects)))
        for batch in _batches(self._accounts()):
            self._hear(batch)
        for batch in _batches(self._members()):
            self._hear(batch)
        self._follow(self._step.opening())
        for acts in (self._papers(), self._turns(gone=True), self._turns(gone=False)):
            for batch in _batches(acts):
                self._hear(batch)

    def rebuild(self, told: Told) -> None:
        """Empties what follows from Kafka, and fills it again, in steps of a new process."""
        self._begin()
        engine, clock = self.engine, self._clock
        who = Recollecting(engine, Hearing(_Unsealed(), Likeness(b"bench")), clock)
        asides = SetAsidesStep(engine, lambda value: decode(value).value, clock)
        steps = Steps(who, self._step, self._receipts, asides)
        Rebuilding(engine, steps, clock).run(self._ledger, told)

    def owes(self) -> int:
        """How many records a hub that starts now would still have to write."""
        self._begin()
        return len(self._identity.opening()) + len(self._step.opening())

    def close(self) -> None:
        """Lets the database go."""
        self.engine.dispose()

    def _hear(self, batch: Sequence[Arrival]) -> None:
        """Each step works what is its own; ENTs answer what they are told."""
        self._ledger.write([Output(each.topic, each.key, each.value, []) for each in batch])
        people = [each for each in batch if each.topic.endswith(".person")]
        if people:
            links = self._identity.handle(people)
            self._ledger.write(links)
            self._identity.acknowledged()
            batch = [_arrived(each) for each in links]
        self._follow(self._step.handle(batch))

    def _follow(self, outputs: Sequence[Output]) -> None:
        while outputs:
            self._ledger.write(outputs)
            self._step.acknowledged()
            sent = [each for each in outputs if each.topic.startswith(SHARE)]
            answers = [receipt(decode(each.value or b"").value) for each in sent]
            self._ledger.write([Output(a.topic, a.key, a.value, []) for a in answers])
            self._receipts.handle(answers)
            outputs = self._step.handle(answers)
        self._step.acknowledged()

    def _accounts(self) -> Iterator[Arrival]:
        for number in range(self._people):
            home = ECOLE if number // CLASS % 2 else COLLEGE
            ref = {"academy": "11", "degree": "SECOND", "jointure": str(number)}
            for source in (f"{STATE}/{number}", f"{home}/u{number}"):
                yield record("person", source, 1, {"profile": "PUPIL", "national_ref": ref})

    def _members(self) -> Iterator[Arrival]:
        for number in range(self._classes):
            said = {"kind": "CLASS", "name": f"Classe {number}", "levels": []}
            yield record("group", class_key(number), 1, {**said, "establishments": []})
        for number in range(self._classes * CLASS):
            yield self._member(number, 1)

    def _papers(self) -> Iterator[Arrival]:
        """For each project a document."""
        for number, project in enumerate(self._projects):
            media, group = f"{ECOLE}/m{number}", f"{ECOLE}/native-{project.id}"
            where = {"instance": ECOLE, "media_id": f"m{number}"}
            paper = {"kind": "DOCUMENT", "title": f"Conte {number}", "resolver": where}
            yield record("resource", media, 1, paper)
            shared = {"resource": media, "group": group, "permission": "READ"}
            yield record("share", f"{media}-{project.id}", 1, shared)

    def _turns(self, *, gone: bool) -> Iterator[Arrival]:
        """In each collège's class of a project a pupil leaves, or is there again."""
        for number in range(min(len(self._projects), self._classes // 2)):
            yield self._member(2 * number * CLASS, 2 if gone else 3, deleted=gone)

    def _member(self, number: int, version: int, *, deleted: bool = False) -> Arrival:
        group, source = class_key(number // CLASS), f"{STATE}/{number}"
        said = {"group": group, "member": source, "member_kind": "PERSON", "role": "PUPIL"}
        return record("membership", f"{group}-{number}", version, said, deleted=deleted)


class _Unsealed:
    """Nobody here has a sealed part: what is measured is the filling, not the opening of seals."""

    def expect(self, sealed: Iterable[Any]) -> None:
        """Nothing is expected."""

    def open(self, *_said: Any) -> bytes:
        """Never asked for."""
        raise AssertionError


def _arrived(output: Output) -> Arrival:
    return Arrival(output.topic, 0, 0, output.key, output.value, {})


def _batches(records: Iterable[Arrival]) -> Iterator[list[Arrival]]:
    waiting = iter(records)
    while batch := list(islice(waiting, BATCH)):
        yield batch
