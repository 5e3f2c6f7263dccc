"""Where the rights of people are exercised: the one service that the commands and the API call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from preau.app.control import Control
from preau.app.erasure_request import Publish, Request, Requests
from preau.app.personal_records import PersonalRecords
from preau.errors import Place, SetAside
from preau.store import audit, erasures
from preau.store.erasures import Erasure, Recipient

MOST = 1_000
"""People in one request."""


class ErasureState(NamedTuple):
    """An erasure and what every ENT has answered so far."""

    erasure: Erasure
    recipients: Sequence[Recipient]


class RightsDesk:
    """Erasures; `find` gives Kafka's address, `publish` writes with acknowledgement."""

    def __init__(self, control: Control, find: Callable[[], str], publish: Publish) -> None:
        self._control = control
        self._requests = Requests(control, PersonalRecords(control, find), publish)

    def erase(self, request: Request) -> list[Erasure]:
        """Destroys keys and rows at once; the rest ends by itself within a minute.

        Raises `SetAside`: ERASURE_ROLE, ERASURE_SIZE, PERSON_UNKNOWN; `TryAgain`.
        """
        if not request.by.strip():
            fix = "name the role of whoever decided, as DPO or DIRECTOR; never a person"
            raise SetAside("ERASURE_ROLE", "no role is given", where=Place(field="by"), fix=fix)
        if not 1 <= len(request.people) <= MOST:
            what, known = f"{len(request.people)} people", (f"1 to {MOST}",)
            where, fix = Place(field="people"), "send several requests"
            raise SetAside("ERASURE_SIZE", what, where=where, known=known, fix=fix)
        return self._requests.take(request)

    def state(self, id_: str) -> ErasureState:
        """How far an erasure is; raises `SetAside` (ERASURE_UNKNOWN)."""
        with self._control.engine.connect() as connection:
            erasure = erasures.get(connection, id_)
            if erasure is None:
                where, fix = Place(field="id"), "see `preau person erasures`"
                raise SetAside("ERASURE_UNKNOWN", "no such erasure", where=where, fix=fix)
            return ErasureState(erasure, erasures.recipients(connection, id_))

    def last(self, most: int = 50) -> list[ErasureState]:
        """The last erasures, the youngest first."""
        with self._control.engine.connect() as connection:
            return [
                ErasureState(each, erasures.recipients(connection, each.id))
                for each in erasures.last(connection, most)
            ]

    def let_in(self, source: str, actor: str) -> bool:
        """Hears an account again that was kept out; False when it was not."""
        control = self._control
        with control.engine.begin() as connection:
            gone = erasures.let_in(connection, [control.digests.hidden(source)])
            if gone:
                instance = source.partition("/")[0]
                act = audit.Act(actor, "person.let_in", instance, {"accounts": gone})
                audit.append(connection, act, control.clock.now_ms())
        return bool(gone)
