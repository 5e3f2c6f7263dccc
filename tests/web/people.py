"""The rights of people, as a desk that knows one person would answer."""

from __future__ import annotations

from collections.abc import Sequence

from preau.errors import SetAside
from preau.rights.breach import Window


class Rights:
    """The rights of people, as a desk that knows one person would answer."""

    def __init__(self) -> None:
        self.orders: list[tuple[object, ...]] = []

    def begin(self, people: Sequence[str], by: str, actor: str, *, keep_out: bool) -> list[str]:
        self.orders.append((*people, by, actor, keep_out))
        return ["erasure-1"]

    def told(self, id_: str) -> dict[str, object]:
        if id_ != "erasure-1":
            raise SetAside("ERASURE_UNKNOWN", "no such erasure")
        return {"id": id_, "state": "DONE", "recipients": []}

    def listed(self) -> list[dict[str, object]]:
        return [self.told("erasure-1")]

    def let_in(self, source: str, actor: str) -> bool:
        self.orders.append((source, actor))
        return source == "ent-ecole/1"

    def export(self, who: str, by: str, actor: str) -> bytes:
        self.orders.append((who, by, actor))
        return b'{"comptes": []}'

    def breach(self, instance: str, window: Window, actor: str) -> dict[str, object]:
        self.orders.append((instance, window.until - window.since, actor))
        return {"instance": instance, "personnes": []}

    def register(self) -> dict[str, object]:
        return {"objet": "registre"}
