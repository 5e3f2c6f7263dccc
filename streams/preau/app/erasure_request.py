"""The first seconds of an erasure: keys and rows are destroyed at once, and Kafka is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from preau.app.control import Control
from preau.app.erasure_records import Publish
from preau.app.erasure_start import Request, Start
from preau.app.personal_records import PersonalRecords
from preau.errors import Place, SetAside
from preau.store import forgetting, persons
from preau.store.erasures import Erasure


class Requests:
    """Takes requests; `records` reads what Kafka holds of people."""

    def __init__(self, control: Control, records: PersonalRecords, publish: Publish) -> None:
        self._control = control
        self._records = records
        self._publish = publish

    def take(self, request: Request) -> list[Erasure]:
        """Destroys what can be destroyed now; raises `SetAside` (PERSON_UNKNOWN), `TryAgain`.

        Killed anywhere after its transaction, the work goes on by itself (`preau.app.erasing`).
        """
        control = self._control
        with control.engine.connect() as connection:
            people = find(connection, request.people)
        sources = sorted({source for each in people.values() for source in each})
        start = Start(control, request, people, self._records.terms(people))
        with control.engine.begin() as connection:
            begun, outputs = start.work(connection)
        control.subject_keys.forget(sources)
        control.letter_keys.close({source.partition("/")[0] for source in sources})
        self._publish(outputs)
        return begun


def find(connection: sa.Connection, said: Sequence[str]) -> dict[str, list[str]]:
    """Person → accounts, for ids of either kind.

    An account of which only its place in a class is known is a person by itself. Raises `SetAside`
    (PERSON_UNKNOWN), naming the place in the list and never the id.
    """
    known = persons.entries(connection, [each for each in said if "/" in each])
    meant = [known[each].person if each in known else each for each in said]
    theirs = forgetting.accounts(connection, meant)
    alone = {each for each in meant if each not in theirs and "/" in each}
    unknown = {each: str(uuid.uuid4()) for each in forgetting.spoken_of(connection, alone)}
    people: dict[str, list[str]] = {}
    for place, person in enumerate(meant):
        if person in theirs:
            people[person] = theirs[person]
        elif person in unknown:
            people[unknown[person]] = [person]
        else:
            where, fix = Place(field=f"person {place + 1}"), "see `preau person find`, or the ENT"
            what = "nobody is known by this id, or no longer"
            raise SetAside("PERSON_UNKNOWN", what, where=where, fix=fix)
    return people
