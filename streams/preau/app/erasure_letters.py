"""Letters that were set aside and may still be worked again: they get a new key before theirs goes.

A letter that speaks of somebody who is erased gets none. The others are written to the intake once
more, word for word: the records they give have the same ids, so a repeat has no effect, and what is
set aside again is told with its new place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from preau.agents.letter_opening import open_letter
from preau.app.control import Control
from preau.app.erasure_records import Publish
from preau.broker.lookup import Lookup, Spot
from preau.broker.records import Arrival, Output
from preau.broker.topics import INTAKE, SET_ASIDE
from preau.canon.codec import decode
from preau.errors import SetAside
from preau.inlets.intake import Intake
from preau.inlets.sealing import KID
from preau.keys.envelope import Unsealer
from preau.rights.mentions import Terms, speaks_of
from preau.store import set_asides
from preau.store.letter_keys import DRAIN_MS

_BLOCK = 500
_MOST = 100_000


class WaitingLetters:
    """Those of some instances; `bootstrap` is Kafka's address."""

    def __init__(self, control: Control, bootstrap: str, publish: Publish) -> None:
        self._control = control
        self._bootstrap = bootstrap
        self._publish = publish

    def renew(self, instances: Collection[str], erased: Terms) -> Counter[str]:
        """Gives new keys, then destroys the closed ones; what became of letters and keys.

        `erased` tells whoever is erased, all of them.
        """
        control, counts = self._control, Counter[str]()
        limit = control.clock.now_ms() - DRAIN_MS
        closed = {
            key.kid for key in control.letter_keys.closed(instances) if key.closed_at <= limit
        }
        fresh: list[Intake] = []
        for letter in self._waiting(instances, closed):
            if speaks_of(letter.value, erased):
                counts["letters_destroyed"] += 1
                continue
            fresh.append(letter)
            counts["letters_kept"] += 1
        seal = control.seal()
        for first in range(0, len(fresh), _BLOCK):
            self._publish([Output(*each) for each in seal(fresh[first : first + _BLOCK])])
        counts["letter_keys"] = control.letter_keys.destroy(closed)
        return counts

    def _waiting(self, instances: Collection[str], closed: Collection[bytes]) -> Iterator[Intake]:
        """The letters under these keys of which something was set aside, opened."""
        if not closed:
            return
        unsealer = Unsealer(self._control.letter_keys, self._control.clock)
        names = self._control.catalogue.names()
        with Lookup(self._bootstrap) as lookup:
            asides = lookup.records([SET_ASIDE + name for name in names])
            places = set(_places(asides, instances)) - self._decided(instances)
            since: dict[Spot, int] = {}
            for topic, partition, offset in places:
                spot = (topic, partition)
                since[spot] = min(offset, since.get(spot, offset))
            for letter in lookup.records({topic for topic, _ in since}, since=since):
                if letter[:3] in places and letter.headers.get(KID) in closed:
                    yield _clear(open_letter(unsealer, letter))

    def _decided(self, instances: Collection[str]) -> set[tuple[str, int, int]]:
        """Where those lie that a person sent again or gave up: nobody needs them any more."""
        with self._control.engine.connect() as connection:
            return {
                (kept.row.topic, kept.row.part, kept.row.place)
                for instance in sorted(instances)
                for state in (set_asides.REDRIVEN, set_asides.DROPPED)
                for kept in set_asides.find(
                    connection, set_asides.Chosen(instance=instance, state=state), _MOST
                )
            }


def _places(
    asides: Iterator[Arrival], instances: Collection[str]
) -> Iterator[tuple[str, int, int]]:
    """Where the originals lie; one that came from a file read by itself has none."""
    for arrival in asides:
        try:
            told = decode(arrival.value or b"").value
        except SetAside:
            continue  # not one of ours
        if told.get("instance") in instances and str(told.get("topic")).startswith(INTAKE):
            yield told["topic"], told["partition"], told["offset"]


def _clear(letter: Arrival) -> Intake:
    headers = [(name, raw) for name, raw in letter.headers.items() if name != KID]
    return Intake(letter.topic, letter.key or b"", letter.value or b"", headers)
