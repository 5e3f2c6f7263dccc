"""Who received what about whom in a window of time, read from Kafka: the scope of a breach."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from preau.agents.wanted import PSEUDONYM
from preau.app.control import Control
from preau.broker.lookup import Lookup
from preau.broker.topics import RECEIPT, SHARE
from preau.canon.codec import decode
from preau.catalogue.card_values import PEOPLE
from preau.errors import Place, SetAside
from preau.rights.breach import Window, received
from preau.rights.paper import iso
from preau.store import audit, held_rows


class Breaches:
    """Answers for one hub; `find` gives Kafka's address."""

    def __init__(self, control: Control, find: Callable[[], str]) -> None:
        self._control = control
        self._find = find

    def scope(self, instance: str, window: Window, actor: str) -> dict[str, Any]:
        """What this ENT received; people under its own pseudonyms, fields by name, no value.

        Raises `SetAside`: INSTANCE_UNKNOWN, BREACH_WINDOW.
        """
        control = self._control
        if control.instances.get(instance) is None:
            where, fix = Place(field="instance"), "see `preau instance list`"
            raise SetAside("INSTANCE_UNKNOWN", "no such instance", where=where, fix=fix)
        if window.until < window.since:
            where, fix = Place(field="to"), "end the window after its beginning"
            raise SetAside(
                "BREACH_WINDOW", "the window ends before it begins", where=where, fix=fix
            )
        facts = {"since": window.since, "until": window.until}
        with control.engine.begin() as connection:
            act = audit.Act(actor, "breach.scoped", instance, facts)
            audit.append(connection, act, control.clock.now_ms())
        found = received(
            self._told(instance),
            self._read(RECEIPT, instance),
            window,
            self._names(instance),
        )
        span = {"de": iso(window.since), "à": iso(window.until)}
        return {"instance": instance, **span, **found}

    def _told(self, instance: str) -> Iterator[Mapping[str, Any]]:
        """Deliveries; where names are opened for a complete set, with the names of these fields."""
        card = self._control.recipient(instance)
        opened = () if card is None else card.needs.get(PEOPLE, ())
        for each in self._read(SHARE + instance, instance):
            member = each["operation"] == "MEMBER_PUT"
            yield (
                {**each, "body": {**each["body"], **dict.fromkeys(opened, "")}} if member else each
            )

    def _read(self, topic: str, instance: str) -> Iterator[Mapping[str, Any]]:
        with Lookup(self._find()) as lookup:
            for arrival in lookup.records([topic]):
                if arrival.value is None:
                    continue
                value = decode(arrival.value).value
                if value["destination"] == instance:
                    yield value

    def _names(self, instance: str) -> Callable[[str], str]:
        """An ENT's own id → its pseudonym of the person; of an unknown one, of the account."""
        pseudonym, card = self._control.pseudonyms(), self._control.recipient(instance)
        if card is not None and PSEUDONYM in card.members:
            return str  # a directory service has no other id
        with self._control.engine.connect() as connection:
            sources = held_rows.people_of(connection, instance)

        def name(local: str) -> str:
            source = f"{instance}/{local}"
            return pseudonym(instance, sources.get(source, source))

        return name
