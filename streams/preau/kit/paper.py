"""ENTs on paper: what they answer to a delivery, as receipts, without a call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from preau.agents.deliver import delivery
from preau.agents.receipt import receipt
from preau.broker.records import Arrival
from preau.canon.codec import decode, encode
from preau.canon.purposes import IDS, purposes, record_of
from preau.kit.small_hub import NOW, PURPOSE, Answer, arrived
from preau.store.deliveries import Settled

_PUTS = ("GROUP", "MEMBER", "SHARE", "HOMEWORK", "NOTICE", "CALENDAR_EVENT")


class TakesAll:
    """The card of an ENT that asks for everything that the purpose of the project lists."""

    product = "papier"
    members = ("PERSON",)
    adults_only = False

    @property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """Operation → fields; each can be withdrawn."""
        found: dict[str, tuple[str, ...]] = {}
        for kind in _PUTS:
            record = record_of(f"{kind}_PUT")
            listed = (each.partition(".") for each in purposes()[PURPOSE].fields)
            found[f"{kind}_PUT"] = tuple(sorted(f for of, _, f in listed if of == record))
            found[f"{kind}_REMOVE"] = tuple(sorted(IDS[record]))
        return found


def applies(told: Sequence[Arrival]) -> list[Arrival]:
    """Everything is applied, under an id of that ENT."""
    return [each for one in told for each in _applied(one, ())]


def naming(spaces: Iterable[str]) -> Answer:
    """The same, but the project's group has these names (`<instance>/<id>`) in that ENT."""
    names = tuple(each.partition("/")[2] for each in spaces)
    return lambda told: [each for one in told for each in _applied(one, names)]


def _applied(told: Arrival, names: Iterable[str]) -> list[Arrival]:
    row = delivery(decode(told.value or b"").value)
    put = row.operation.endswith("_PUT")
    natives = list(names) if row.operation == "GROUP_PUT" and names else [f"n-{row.entity[-9:]}"]
    return [
        arrived(
            receipt(
                row,
                Settled(
                    *(row.destination, row.entity, row.version, "DONE", "APPLIED", "", 0),
                    {"native_id": native} if put else {},
                ),
                NOW,
                encode,
            )
        )
        for native in (natives if put else [""])
    ]
