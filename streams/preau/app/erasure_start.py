"""The first transaction of an erasure: the rows of everybody in the request go, together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from preau.app.control import Control
from preau.app.erasure_records import asked, forgotten, nobodys
from preau.broker.records import Output
from preau.broker.topics import CANON, RULING
from preau.ids import event_id
from preau.store import audit, erasures, forgetting, taking_part, withdrawals
from preau.store.erasures import DRAINING, PENDING, Erasure, Recipient
from preau.store.withdrawals import Held

DEADLINE_MS = 7 * 86_400_000
"""Seven calendar days: a right of persons does not wait for working days."""
"""Until when every ENT must have answered; after it a person is told to ask again."""
Said = Mapping[str, Sequence[Sequence[str]]]
"""What tells a person in a letter, as `preau.app.personal_records` gives it."""


class Request(NamedTuple):
    """Who is to be erased: ids of the hub, or accounts (`<instance>/<id>`).

    `by` is the role of who decided; `actor` who acts, as the audit chain names them.
    """

    people: Sequence[str]
    by: str
    actor: str
    keep_out: bool = False


class Start:
    """What begins for the people of one request; all by person: their accounts, what tells them."""

    def __init__(
        self,
        control: Control,
        request: Request,
        people: Mapping[str, Sequence[str]],
        terms: Mapping[str, Said],
    ) -> None:
        self._control = control
        self._request = request
        self._people = people
        self._terms = terms
        self._now = control.clock.now_ms()

    def work(self, connection: sa.Connection) -> tuple[list[Erasure], list[Output]]:
        """What began, and what Kafka is to be told once the transaction has ended."""
        every = sorted({source for each in self._people.values() for source in each})
        old = [(f"{CANON}membership", key) for key in forgetting.memberships(connection, every)]
        old += [(RULING, id_) for id_ in forgetting.rulings(connection, every)]
        told = self._told(connection)
        self._leave_directories(connection, told)
        counts = self._forgotten(connection)
        begun = [self._erasure(person, counts[person]) for person in self._people]
        erasures.put(connection, begun)
        erasures.put_recipients(
            connection,
            [row for each in begun for row in _recipients(each.id, told[each.person], self._now)],
        )
        self._remember(connection, begun, every)
        acts = [self._act(person, len(told[person])) for person in self._people]
        audit.append_all(connection, acts, self._now)
        outputs = [asked(each) for each in begun]
        outputs += [o for each in begun for o in nobodys(each, self._people[each.person])]
        return begun, [*outputs, *(forgotten(topic, key) for topic, key in old)]

    def _told(self, connection: sa.Connection) -> dict[str, list[Held]]:
        """Person → what ENTs hold still; what they have withdrawn before is forgotten now."""
        by_source: dict[str, list[Held]] = {}
        over: list[Held] = []
        names = self._control.own_names(self._people)
        called = {person: [*each, *names[person]] for person, each in self._people.items()}
        for each in withdrawals.held(connection, [s for own in called.values() for s in own]):
            if each.operation == "MEMBER_REMOVE" and each.answered:
                over.append(each)
            else:
                by_source.setdefault(each.source, []).append(each)
        withdrawals.drop_entities(connection, [each.place() for each in over])
        return {
            person: [held for source in sources for held in by_source.get(source, ())]
            for person, sources in called.items()
        }

    def _leave_directories(
        self, connection: sa.Connection, told: Mapping[str, Sequence[Held]]
    ) -> None:
        """A directory service knows people by pseudonyms only: no link tells the step of them."""
        spots = [
            held.place()
            for person, each in told.items()
            for held in each
            if held.source not in self._people[person]
        ]
        taking_part.leave_turns(connection, withdrawals.projects_of(connection, spots))

    def _forgotten(self, connection: sa.Connection) -> dict[str, Counter[str]]:
        """Person → what went, by what it is."""
        counts = forgetting.forget(connection, self._people)
        name, instances = self._control.pseudonyms(), self._control.instances.all()
        names = {name(each.name, person): person for each in instances for person in self._people}
        for person in withdrawals.drop_waiting(connection, names):
            counts[person]["outgoing"] += 1
        for person, sources in self._people.items():
            counts[person]["accounts"] = len(sources)
        return counts

    def _erasure(self, person: str, counts: Counter[str]) -> Erasure:
        request, now = self._request, self._now
        id_ = event_id("hub", f"erasure:{person}", str(now))
        times = (now, now + DEADLINE_MS)
        said = (id_, person, request.by, request.keep_out)
        return Erasure(*said, *times, DRAINING, 0, 0, counts)

    def _remember(
        self, connection: sa.Connection, begun: Sequence[Erasure], every: Sequence[str]
    ) -> None:
        """For the minute in which letters may still speak of them; and who is not heard again."""
        control, request = self._control, self._request
        sealed = {
            each.id: control.master.wrap(
                json.dumps(self._terms[each.person]).encode(), each.id.encode()
            )
            for each in begun
        }
        sources = {each.id: self._people[each.person] for each in begun}
        erasures.put_sources(connection, sources, sealed)
        if request.keep_out:
            digests = map(control.digests.hidden, every)
            erasures.keep_out(connection, digests, request.by, self._now)

    def _act(self, person: str, recipients: int) -> audit.Act:
        request = self._request
        facts: dict[str, str | int | bool] = {
            "by": request.by,
            "keep_out": request.keep_out,
            "recipients": recipients,
        }
        return audit.Act(request.actor, "person.erased", person, facts)


def _recipients(erasure: str, told: Sequence[Held], now: int) -> list[Recipient]:
    """What every ENT that holds the person is to withdraw."""
    return [
        Recipient(erasure, number, each.destination, each.entity, PENDING, "", now, told=False)
        for number, each in enumerate(told)
    ]
