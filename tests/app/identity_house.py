"""A database, the desk of who is who, and the step that hears what the desk says."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa

from preau.agents.identity import Identity
from preau.app.identity_desk import IdentityDesk, Ruled
from preau.broker.records import Arrival, Output
from preau.clock import SetClock
from preau.keys.likeness import Likeness
from preau.store import audit, persons, said
from preau.store.persons import NAME_BIRTH, Entry, MatchKey
from preau.store.said import SaidState

NOW = 1_791_793_800_000


class NoSeal:
    """Nothing sealed comes by here."""

    def expect(self, sealed: object) -> None:
        assert list(sealed) == []  # type: ignore[call-overload] # any iterable

    def open(self, *_: object) -> bytes:
        raise AssertionError


class House:
    """A database, the desk, and the step that hears what the desk says."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.clock = SetClock(NOW)
        self.desk = IdentityDesk(engine, self.clock)
        likeness = Likeness(secrets.token_bytes(16))
        self.step = Identity(engine, NoSeal(), likeness, self.clock)

    def know(self, *sources: str, person: str = "", ine: str = "", name: str = "Z") -> None:
        """These sources, of one person or each of their own; all of one name and birth date."""
        rows = [
            Entry(s, 1, deleted=False, person=person or f"p-{s}", rule="alone", decisions=1, at=NOW)
            for s in sources
        ]
        keys = [MatchKey(s, NAME_BIRTH, name) for s in sources]
        keys += [MatchKey(s, "ine_digest", ine) for s in sources if ine]
        with self.engine.begin() as connection:
            persons.put_entries(connection, rows)
            persons.put_keys(connection, [], keys)

    def enrol(self, source: str, level: str, school: str = "") -> None:
        group = f"{source}-{level}"
        places = [school or group]
        fields = {"kind": "CLASS", "name": level, "levels": [level], "establishments": places}
        member = {"group": group, "member": source, "member_kind": "PERSON", "role": "PUPIL"}
        points = (("group", group), ("member", source))
        with self.engine.begin() as connection:
            said.put(connection, [_state("group", group, fields)])
            said.put(connection, [_state("membership", group, member, points)])

    def hear(self, ruled: Ruled) -> str:
        """The step reads what the desk gave to publish; the ruling's id."""
        id_, records = ruled
        self.hear_all(records)
        return id_

    def hear_all(self, records: list[Output]) -> None:
        self.step.handle([_arrival(each) for each in records])
        self.step.acknowledged()

    def people(self) -> set[frozenset[str]]:
        with self.engine.connect() as connection:
            rows = connection.execute(sa.text("select person, source from person_entry")).all()
        found: dict[str, set[str]] = {}
        for person, source in rows:
            found.setdefault(person, set()).add(source)
        return {frozenset(each) for each in found.values()}

    def acts(self) -> list[tuple[str, str, object]]:
        with self.engine.connect() as connection:
            return [(e.actor, e.act, e.facts.get("by")) for e in audit.entries(connection)]


def _state(record: str, key: str, fields: Any, points: Any = ()) -> SaidState:
    return SaidState(record, key, 1, deleted=False, event_id="e", fields=fields, points=points)


def _arrival(output: Output) -> Arrival:
    return Arrival(output.topic, 0, 0, output.key, output.value, {})
