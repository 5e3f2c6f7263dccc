"""What ENTs answered, as the tests of the web stand on it."""

from __future__ import annotations

from typing import Any

from preau.broker.records import Output
from preau.errors import SetAside, TryAgain
from preau.store.receipt_levels import Asked
from preau.web.follow_up import LaterAnswer, ReceiptShown

_SAID: Any = (
    *("p-1", "ent-ecole", "group:g1", 1, "GROUP_PUT", "cause", 1_000),
    *("PENDING", 3, "", "UNREACHABLE", 2_000, "TRANSPORT", 3_000, "Le délai est dépassé."),
)
LINE = ReceiptShown(*_SAID)


class ReceiptBook:
    """One line, and later answers written to a topic of the test."""

    def __init__(self, topic: str) -> None:
        self.topic = topic

    def lines(self, asked: Asked, *, only_late: bool = False) -> list[ReceiptShown]:
        if not any(asked) and not only_late:
            raise SetAside("RECEIPT_CHOICE", "nothing says which")
        return [LINE] if asked.project in ("", "p-1") else []

    def answer(self, instance: str, said: LaterAnswer) -> list[Output]:
        if said.delivery == "early":
            raise TryAgain("RECEIPT_EARLY", "under way")
        if said.delivery == "ended":
            raise SetAside("RECEIPT_ENDED", "it has ended")
        if said.delivery != "d-1":
            raise SetAside("DELIVERY_UNKNOWN", "no such delivery")
        told = f"{instance} {said.outcome} {said.reason}".encode()
        return [Output(self.topic, b"group:g1", told, [])]
