"""A hub that fits in one SQLite file: the engine's own steps, one after the other, without Kafka.

What a step writes for another is handed over at once. Nothing here decides anything: who may say
and receive what is found by the same functions as in a whole hub, from the same tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from preau.agents.identity import Identity
from preau.agents.projects import ProjectsStep
from preau.agents.wanted import Recipient
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON
from preau.canon.codec import decode
from preau.clock import SetClock, paris_day
from preau.ids import event_id
from preau.inlets.publishing import Publishing
from preau.keys.likeness import Likeness
from preau.keys.master import SIZE, MasterKey
from preau.keys.pseudonym import pseudonym
from preau.keys.seal import Opener
from preau.store import mandates, outgoing, persons, projects, rulings, taking_part
from preau.store.database import open_database
from preau.store.granting import granted
from preau.store.mandates import standing
from preau.store.outgoing import Row
from preau.store.projects import AUTHORISED, OPEN, WITHDRAWN, Place, Project
from preau.store.rulings import SAME, Ruling
from preau.store.subject_keys import SubjectKeys

NOW = 1_791_793_800_000
"""2026-10-12T08:30:00Z, the first day of the project, in milliseconds."""
PURPOSE = "PROJET_PEDAGOGIQUE"
PROJECT, GROUP = "essai", "00000000-0000-4000-8000-000000000001"
MASTER = MasterKey(b"m" * SIZE)
PROPOSED = "PROPOSED"
PEOPLE = f"{CANON}person"
BATCH = 100
"""Records that a step works in one transaction."""
Delivery = Mapping[str, Any]
"""The fields of `delivery.v1`."""
Answer = Callable[[Sequence[Arrival]], Sequence[Arrival]]
"""Deliveries for one ENT → its receipts."""


class SmallHub:
    """One project between ENTs; `ents` are the cards by instance, `answers` what each answers."""

    def __init__(
        self, file: Path, ents: Mapping[str, Recipient], answers: Mapping[str, Answer]
    ) -> None:
        self.engine = open_database(f"sqlite:///{file}")
        self.clock = SetClock(NOW)
        self.told: list[Delivery] = []
        """Every delivery so far, in order, also what was said twice."""
        self._ents, self._answers = ents, answers
        self._version = 0
        self._places: dict[str, Place] = {}
        book = SubjectKeys(self.engine, MASTER, self.clock)
        opener, alike = Opener(book, self.clock), Likeness(b"kit")
        self._identity = Identity(self.engine, opener, alike, self.clock)
        self._projects = self._fresh()

    def close(self) -> None:
        """Lets the database go."""
        self.engine.dispose()

    def place(self, uai: str, instance: str, groups: Iterable[str] = ()) -> None:
        """An establishment is proposed to take part, with these classes."""
        self._places[instance] = Place(uai, instance, PROPOSED, "", None, tuple(sorted(groups)))
        self._decided()

    def authorise(self, *instances: str, directory: bool = True, project: bool = True) -> None:
        """Their schools say yes; `directory` and `project` are the two kinds of mandate."""
        with self.engine.begin() as connection:
            if directory:
                mandates.grant(connection, [standing(name, NOW) for name in instances])
        for name in instances if project else ():
            self._places[name] = self._places[name]._replace(
                decision=AUTHORISED, by="DASEN", at=NOW
            )
        self._decided(*(instances if project else ()))

    def withdraw(self, instance: str) -> None:
        """Its school takes back its word, and everything that it was given is revoked."""
        self._places[instance] = self._places[instance]._replace(decision=WITHDRAWN)
        with self.engine.begin() as connection:
            given = [each.id for each in mandates.every(connection) if each.instance == instance]
            mandates.revoke(connection, given, self.clock.now_ms())
        self._decided()

    def same(self, left: str, right: str) -> None:
        """Somebody ruled that these two sources are one person; identity has yet to hear of it."""
        named = event_id("hub", f"ruling:{left}", right)
        ruling = Ruling(named, SAME, (left,), (right,), "", (), "OPERATOR", NOW)
        with self.engine.begin() as connection:
            rulings.put(connection, [ruling])

    def publishing(self, instance: str, events: Mapping[str, frozenset[str]]) -> Publishing:
        """What an instance may say today, as every way in is told."""
        with self.engine.connect() as connection:
            day = paris_day(self.clock.now_ms())
            found = mandates.published(connection, [instance], day)
        return Publishing(found.get(instance, {}), events)

    def hear(self, arrivals: Iterable[Arrival], at_once: int = BATCH) -> list[Output]:
        """So many records go to the steps whose they are; gives what is told besides deliveries."""
        aside: list[Output] = []
        waiting = list(arrivals)
        while waiting:
            batch, waiting = waiting[:at_once], waiting[at_once:]
            people = [each for each in batch if each.topic == PEOPLE]
            others = [each for each in batch if each.topic != PEOPLE]
            links = self._identity.handle(people) if people else []
            self._identity.acknowledged()
            fresh = self._handed(self._projects.handle(others), aside) if others else []
            waiting = [*map(arrived, links), *fresh, *waiting]
        return aside

    def turn(self) -> list[Output]:
        """A second passes: what people decided is looked for."""
        aside: list[Output] = []
        arrivals = self._handed(self._projects.tick(), aside)
        arrivals += self._handed(self._projects.handle([]), aside)
        return [*aside, *self.hear(arrivals)]

    def restart(self) -> None:
        """A fresh process goes on where the other stopped."""
        self._projects = self._fresh()
        self.hear(self._handed(self._projects.opening(), []))

    def holds(self, instance: str) -> list[Row]:
        """What an ENT is to hold now: what was withdrawn, and who waits, left out."""
        with self.engine.connect() as connection:
            rows = outgoing.of_project(connection, PROJECT)
        mine = [row for row in rows if row.destination == instance]
        return [row for row in mine if row.operation.endswith("_PUT")]

    def name_of(self, instance: str, source: str) -> str:
        """The pseudonym of somebody for an instance; empty for somebody who is not known."""
        with self.engine.connect() as connection:
            entry = persons.entries(connection, [source]).get(source)
        return "" if entry is None else _pseudonym(instance, entry.person)

    def _handed(self, outputs: Sequence[Output], aside: list[Output]) -> list[Arrival]:
        """Kafka has what the step wrote, ENTs are told; gives what they answer."""
        self._projects.acknowledged()
        by_ent: dict[str, list[Arrival]] = {}
        for output in outputs:
            decoded = decode(output.value or b"")
            if decoded.record == "delivery":
                self.told.append(decoded.value)
                by_ent.setdefault(decoded.value["destination"], []).append(arrived(output))
            else:
                aside.append(output)
        return [each for name, told in by_ent.items() for each in self._answers[name](told)]

    def _fresh(self) -> ProjectsStep:
        return ProjectsStep(self.engine, self._ents.get, _pseudonym, self.clock)

    def _decided(self, *granting: str) -> None:
        """The project as it is now, as the projects' desk writes it."""
        self._version += 1
        told = event_id("hub", f"project:{PROJECT}", str(self._version))
        days, places = ("2026-10-12", "2027-07-02"), tuple(self._places.values())
        said = (PROJECT, GROUP, "Défi lecture", PURPOSE, *days, OPEN, self._version, told, NOW)
        project = Project(*said, places)
        with self.engine.begin() as connection:
            projects.put(connection, project)
            for name in granting:
                needs, place = self._ents[name].needs, self._places[name]
                mandates.grant(connection, granted(project, place, needs, NOW))
            taking_part.leave_turns(connection, [PROJECT])


def arrived(output: Output) -> Arrival:
    """What was written, as the next step reads it."""
    return Arrival(output.topic, 0, 0, output.key, output.value, dict(output.headers))


def _pseudonym(instance: str, person: str) -> str:
    return pseudonym(instance.encode().ljust(SIZE, b".")[:SIZE], person)
