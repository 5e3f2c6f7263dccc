"""The first seconds of an erasure: keys and rows are destroyed at once, and Kafka is told."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from preau.app.control import Control
from preau.app.erasure_records import asked, forgotten, nobodys
from preau.app.personal_records import PersonalRecords
from preau.broker.records import Output
from preau.broker.topics import CANON, RULING
from preau.errors import Place, SetAside
from preau.ids import event_id
from preau.store import audit, erasures, forgetting, persons
from preau.store.erasures import DRAINING, PENDING, Erasure, Recipient

DEADLINE_MS = 7 * 86_400_000
"""Until when every ENT must have answered; after it a person is told to ask again."""
Publish = Callable[[Sequence[Output]], None]
"""Returns when Kafka has every record; raises `TryAgain` otherwise."""


class Request(NamedTuple):
    """Who is to be erased: ids of the hub, or accounts (`<instance>/<id>`).

    `by` is the role of who decided; `actor` who acts, as the audit chain names them.
    """

    people: Sequence[str]
    by: str
    actor: str
    keep_out: bool = False


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
        terms = self._records.terms(people)
        with control.engine.begin() as connection:
            outputs: list[Output] = []
            found = [
                self._begin(connection, request, person, each, terms[person], outputs)
                for person, each in people.items()
            ]
        control.subject_keys.forget(sources)
        control.letter_keys.close({source.partition("/")[0] for source in sources})
        self._publish(outputs)
        return found

    def _begin(
        self,
        connection: sa.Connection,
        request: Request,
        person: str,
        sources: Sequence[str],
        terms: Mapping[str, Sequence[Sequence[str]]],
        outputs: list[Output],
    ) -> Erasure:
        control, now = self._control, self._control.clock.now_ms()
        id_ = event_id("hub", f"erasure:{person}", str(now))
        times = (now, now + DEADLINE_MS)
        told = forgetting.held(connection, sources)
        old = [(f"{CANON}membership", k) for k in forgetting.memberships(connection, sources)]
        old += [(RULING, id_) for id_ in forgetting.rulings(connection, sources)]
        counts = _counts(connection, control, person, sources)
        erasure = Erasure(
            *(id_, person, request.by, request.keep_out, *times, DRAINING, 0, 0), counts
        )
        erasures.put(connection, erasure)
        sealed = control.master.wrap(json.dumps(terms).encode(), id_.encode())
        erasures.put_sources(connection, id_, sources, sealed)
        erasures.put_recipients(connection, _recipients(connection, id_, told, now))
        if request.keep_out:
            digests = map(control.digests.hidden, sources)
            erasures.keep_out(connection, digests, request.by, now)
        facts: dict[str, str | int | bool] = {
            "by": request.by,
            "keep_out": request.keep_out,
            "recipients": len(told),
        }
        audit.append(connection, audit.Act(request.actor, "person.erased", person, facts), now)
        outputs += [asked(erasure), *nobodys(erasure, sources)]
        outputs += [forgotten(topic, key) for topic, key in old]
        return erasure


def find(connection: sa.Connection, said: Sequence[str]) -> dict[str, list[str]]:
    """Person → accounts, for ids of either kind.

    An account of which only its place in a class is known is a person by itself. Raises `SetAside`
    (PERSON_UNKNOWN), naming the place in the list and never the id.
    """
    known = persons.entries(connection, [each for each in said if "/" in each])
    people: dict[str, list[str]] = {}
    for place, each in enumerate(said):
        person = known[each].person if each in known else each
        found = forgetting.accounts(connection, [person])
        if not found and "/" in each and forgetting.spoken_of(connection, each):
            found = {str(uuid.uuid4()): [each]}
        if not found:
            where, fix = Place(field=f"person {place + 1}"), "see `preau person find`, or the ENT"
            what = "nobody is known by this id, or no longer"
            raise SetAside("PERSON_UNKNOWN", what, where=where, fix=fix)
        people |= found
    return people


def _counts(
    connection: sa.Connection, control: Control, person: str, sources: Collection[str]
) -> Counter[str]:
    counts = forgetting.forget(connection, sources)
    name = control.pseudonyms()
    pseudonyms = {name(each.name, person) for each in control.instances.all()}
    counts["outgoing"] += forgetting.drop_waiting(connection, pseudonyms)
    counts["accounts"] = len(sources)
    return counts


def _recipients(
    connection: sa.Connection, erasure: str, told: Sequence[forgetting.Held], now: int
) -> list[Recipient]:
    """Whoever holds the person still; what an ENT has withdrawn before is forgotten now."""
    over = [each for each in told if each.operation == "MEMBER_REMOVE" and each.answered]
    forgetting.drop_entities(connection, [each.place() for each in over])
    return [
        Recipient(erasure, number, each.destination, each.entity, PENDING, "", now, told=False)
        for number, each in enumerate(each for each in told if each not in over)
    ]
