"""Where the rights of people are exercised: the one service that the commands and the API call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from preau.app.breach import Breaches
from preau.app.control import Control
from preau.app.erasure_records import Publish
from preau.app.erasure_request import Requests
from preau.app.erasure_start import Request
from preau.app.export import Exports, as_json
from preau.app.personal_records import PersonalRecords
from preau.app.register import register_of
from preau.errors import Place, SetAside
from preau.rights.breach import Window
from preau.rights.proof import escalation
from preau.store import audit, erasures
from preau.store.erasures import Erasure, Recipient

MOST = 1_000
"""People in one request."""


class ErasureState(NamedTuple):
    """An erasure and what every ENT has answered so far."""

    erasure: Erasure
    recipients: Sequence[Recipient]


class RightsDesk:
    """The rights of people; `find` gives Kafka's address, `publish` writes with acknowledgement."""

    def __init__(self, control: Control, find: Callable[[], str], publish: Publish) -> None:
        self._control = control
        self._exports = Exports(control, find)
        self._breaches = Breaches(control, find)
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
            return ErasureState(erasure, erasures.recipients(connection, [id_])[id_])

    def last(self, most: int = 50) -> list[ErasureState]:
        """The last erasures, the youngest first."""
        with self._control.engine.connect() as connection:
            found = erasures.last(connection, most)
            rows = erasures.recipients(connection, [each.id for each in found])
            return [ErasureState(each, rows[each.id]) for each in found]

    def begin(
        self, people: Sequence[str], by: str, actor: str, *, keep_out: bool = False
    ) -> list[str]:
        """The same as `erase`; the ids of the erasures."""
        return [each.id for each in self.erase(Request(people, by, actor, keep_out))]

    def told(self, id_: str) -> dict[str, Any]:
        """The same as `state`, as plain values."""
        return _plain(self.state(id_))

    def listed(self) -> list[dict[str, Any]]:
        """The same as `last`, as plain values."""
        return [_plain(each) for each in self.last()]

    def export(self, who: str, by: str, actor: str) -> bytes:
        """All that the hub holds of one person, as JSON; raises `SetAside` (PERSON_UNKNOWN)."""
        return as_json(self._exports.of(who, actor, by))

    def exported(self, who: str, by: str, actor: str) -> dict[str, Any]:
        """The same as plain values, for a page."""
        return self._exports.of(who, actor, by)

    def breach(self, instance: str, window: Window, actor: str) -> dict[str, Any]:
        """What an ENT received in a window; raises `SetAside` as `Breaches.scope` does."""
        return self._breaches.scope(instance, window, actor)

    def register(self) -> dict[str, Any]:
        """The register of processing (RGPD, article 30)."""
        return register_of(self._control)

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


def _plain(state: ErasureState) -> dict[str, Any]:
    erasure, rows = state
    shown = [{**row._asdict(), "todo": escalation(row)} for row in rows]
    for row in shown:
        del row["entity"]  # an ENT's own id of the person
    return {**erasure._asdict(), "counts": dict(erasure.counts), "recipients": shown}
