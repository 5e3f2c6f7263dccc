"""A hub over an invented September, with projects open between its écoles and its collèges."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from bench.identity.hub import BATCH, Hub
from bench.transition.answers import Asked

from preau.agents.projects import ProjectsStep
from preau.app.identity_desk import IdentityDesk
from preau.broker.records import Arrival, Output
from preau.canon.codec import encode
from preau.canon.draft import Draft
from preau.clock import paris_midnight
from preau.imports.draft_values import values
from preau.keys.pseudonym import pseudonym
from preau.store import mandates, outgoing, projects, said, taking_part
from preau.store.enrolments import schools
from preau.store.granting import granted
from preau.store.likely import PROBABLE
from preau.store.mandates import standing
from preau.store.projects import AUTHORISED, OPEN, Place, Project

FIRST, SECOND = "ecoles", "colleges"
"""The instances; each is told, and tells, the same."""
STARTS, ENDS, SHORT, LEAVES = "2025-09-22", "2027-07-02", "2026-07-03", "2026-10-02"
MEMBER = ("group", "member_kind", "local_id")
NOON_MS = 12 * 3_600_000


class Card(NamedTuple):
    """A product that takes people one by one."""

    product: str = "cartable"
    members: tuple[str, ...] = ("PERSON",)
    adults_only: bool = False
    needs: Mapping[str, tuple[str, ...]] = {
        "GROUP_PUT": ("group", "name"),
        "GROUP_REMOVE": ("group",),
        "MEMBER_PUT": MEMBER,
        "MEMBER_REMOVE": MEMBER,
    }


class Land(Hub):
    """Everything that is said goes through the step `projects`, links included."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.step = ProjectsStep(self.engine, lambda _: Card(), _pseudonym, self.clock)
        self.desk = IdentityDesk(self.engine, self.clock)

    def at(self, day: str) -> None:
        """It is noon of that day, and the step has looked at it."""
        noon = paris_midnight(dt.date.fromisoformat(day)) + NOON_MS
        self.clock.advance(noon - self.clock.now_ms())
        self.step.tick()
        self.step.acknowledged()

    def keep(self, drafts: Sequence[Draft], links: Sequence[Output]) -> None:
        """The step reads what was said, then what identity decided."""
        told = [
            Arrival(
                f"preau.canon.{draft.record}",
                *(0, 0, draft.key, encode(draft.record, values(draft)), {}),
            )
            for draft in drafts
        ]
        self._hear([*told, *(_arrival(each) for each in links)])

    def confirm_half(self) -> set[str]:
        """A person says yes to every other probable pair; the ids in the écoles of those."""
        found: set[str] = set()
        for pair in [each for each in self.desk.review() if each.assurance == PROBABLE][::2]:
            _, records = self.desk.confirm(pair.id, "DASEN", "operator")
            links = self.identity.handle([_arrival(each) for each in records])
            self.identity.acknowledged()
            self._hear([_arrival(each) for each in links])
            sources = (*pair.left.sources, *pair.right.sources)
            found |= {s.partition("/")[2] for s in sources if s.startswith(f"{FIRST}/")}
        return found

    def open(self, number: int, asked: Asked) -> None:
        """A project of all classes of its écoles; the collège has none in it."""
        ends = SHORT if asked.state == "ended" else ENDS
        with self.engine.begin() as connection:
            places = [
                Place(uai, FIRST, AUTHORISED, "DASEN", 1, _classes(connection, uai))
                for uai in asked.ecoles
            ]
            decision = "PROPOSED" if asked.state == "proposed" else AUTHORISED
            places.append(Place(asked.college, SECOND, decision, "PRINCIPAL", 1, (f"{SECOND}/0",)))
            named = (f"p{number}", f"g{number}", "Défi lecture", "PROJET_PEDAGOGIQUE")
            made = Project(*named, STARTS, ends, OPEN, 1, "e", 1, tuple(places))
            projects.put(connection, made)
            given = [standing(each, 1) for each in (FIRST, SECOND)]
            for place in made.places:
                if place.decision == AUTHORISED:
                    given += granted(made, place, Card().needs, 1)
            mandates.grant(connection, given)
            taking_part.leave_turns(connection, [made.id])

    def change(self, number: int, asked: Asked) -> None:
        """What was decided of it during the year."""
        with self.engine.begin() as connection:
            (made,) = projects.several(connection, [f"p{number}"])
            if asked.state == "left":
                gone = (p._replace(until=LEAVES) if p.instance == FIRST else p for p in made.places)
                projects.put(connection, made._replace(places=tuple(gone)))
            if asked.state == "withdrawn":
                back = (
                    p._replace(decision="WITHDRAWN") if p.instance == FIRST else p
                    for p in made.places
                )
                projects.put(connection, made._replace(places=tuple(back)))
            if asked.state == "revoked":
                given = mandates.of_project(connection, made.id)
                mandates.revoke(connection, {m.id for m in given if m.of(asked.college)}, 2)
            taking_part.leave_turns(connection, [made.id])

    def members(self, number: int, instance: str) -> set[str]:
        """The ids of those whom an instance has in the group of a project."""
        with self.engine.connect() as connection:
            rows = outgoing.of_project(connection, f"p{number}")
        mine = [row for row in rows if row.destination == instance]
        return {row.local for row in mine if row.operation == "MEMBER_PUT"}

    def schools(self) -> set[str]:
        """The UAIs of all schools, as the State's files have them."""
        with self.engine.connect() as connection:
            return {
                str(state.fields["uai"])
                for instance in (FIRST, SECOND)
                for state in said.of_instance(connection, "establishment", instance)
            }

    def _hear(self, arrivals: Sequence[Arrival]) -> None:
        for first in range(0, len(arrivals), BATCH):
            self.step.handle(arrivals[first : first + BATCH])
            self.step.acknowledged()


def _classes(connection: sa.Connection, uai: str) -> tuple[str, ...]:
    """Every class that the écoles' directory has for this school, by name or by its key."""
    groups = list(said.of_instance(connection, "group", FIRST))
    known = schools(connection, {e for each in groups for e in each.fields["establishments"]})
    return tuple(
        group.key
        for group in groups
        if uai in {known[each].uai for each in group.fields["establishments"]}
    )


def _arrival(output: Output) -> Arrival:
    return Arrival(output.topic, 0, 0, output.key, output.value, {})


def _pseudonym(instance: str, person: str) -> str:
    return pseudonym(instance.encode().ljust(32, b"."), person)
