"""A switch for the tests of the API: it notes what is ordered and cuts nothing."""

from __future__ import annotations

from preau.errors import SetAside
from preau.store.switches import Cut, Order


class Switches:
    """What was ordered, and one cut that may be resumed."""

    def __init__(self) -> None:
        self.orders: list[tuple[object, str]] = []

    def cut(self, order: Order, actor: str) -> Cut:
        self.orders.append((order, actor))
        return Cut(7, *order, at=5, resumed_at=None)

    def resume(self, number: int, actor: str) -> Cut:
        if number != 7:
            raise SetAside("SWITCH_UNKNOWN", "nothing is cut under this number", fix="see the list")
        self.orders.append((number, actor))
        return Cut(7, "instance", "ent-ecole", withdrawals=False, reason="", at=5, resumed_at=9)

    def last(self) -> list[Cut]:
        return [self.resume(7, "nobody")]
