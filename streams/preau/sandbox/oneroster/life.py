"""A fictional reader of OneRoster besides its imports: where it reads, and what it then shows.

It says nothing to the hub, and nobody acts in it but to have the service read:
`/_sandbox/say` knows `{"what": "read"}`, and `{"what": "directory"}`, which does nothing.
"""

from __future__ import annotations

from typing import Any

from preau.sandbox.ledger import Ledger
from preau.sandbox.oneroster.held import CSV, REST, Held
from preau.sandbox.oneroster.service import READINGS, TROUBLE, Service
from preau.sandbox.page import Space, page
from preau.sandbox.set_folder import DROPS
from preau.sandbox.surface import Refused

_TITLE = "Lecteur OneRoster (fictif)"
_WAYS = {CSV: "par fichiers", REST: "par le service"}


class ReaderLife:
    """Seeds and shows; its methods run inside the caller's transaction."""

    def __init__(self, ledger: Ledger, service: Service) -> None:
        self._ledger = ledger
        self._held = Held(ledger)
        self._service = service

    def seed(self, order: dict[str, Any]) -> object:
        """`drops`: where packages come to lie; `service`: `url`, `client`, `secret`, `limit`."""
        self._ledger.set(DROPS, str(order.get(DROPS, "")))
        self._service.aim(order.get("service", {}))
        return {DROPS: bool(order.get(DROPS)), "service": "service" in order}

    def say(self, order: dict[str, Any]) -> object:
        """Has the service read, soon; how often that was done, and the last trouble with it."""
        if order.get("what") not in {"directory", "read"}:
            raise Refused(400, {"error": "what", "known": ["directory", "read"]})
        if order["what"] == "read":
            self._service.want()
        readings = int(self._ledger.setting(READINGS) or 0)
        return {"said": 0, "readings": readings, "trouble": self._ledger.setting(TROUBLE)}

    def holds(self) -> object:
        """Its classes, one per school, those of its files and those of the service."""
        return self._both()

    def page(self) -> str:
        """What a school finds in it."""
        note = "Lecteur fictif : ce qu'il tient du dernier envoi, et du service."
        return page(
            self._ledger.setting("title") or _TITLE,
            note,
            [self._space(each) for each in self._both()],
        )

    def _both(self) -> list[dict[str, Any]]:
        return [each for way in _WAYS for each in self._held.classes(way)]

    @staticmethod
    def _space(each: dict[str, Any]) -> Space:
        subtitle = f"{each['school']} ({each['uai']}), {_WAYS[each['way']]}"
        return Space(each["title"], subtitle, each["members"], [])
