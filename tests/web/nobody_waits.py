"""The desk of who is who, of a hub where no pair waits and nothing can be ruled."""

from __future__ import annotations

from preau.agents.likely import Pair
from preau.broker.records import Output
from preau.errors import SetAside
from preau.store.rulings import Ruling
from preau.web.moves import Move, MoveReport


class NobodyWaits:
    """No pair waits, and nothing can be ruled."""

    def review(self, *, possible: bool = False) -> list[Pair]:
        assert possible in {True, False}
        return []

    def rulings(self) -> list[Ruling]:
        return []

    def confirm(self, pair: str, by: str, actor: str) -> tuple[str, list[Output]]:
        raise SetAside("PAIR_UNKNOWN", f"no pair ({pair}, {by}, {actor})")

    refuse = split = undo = confirm

    def moving(self, move: Move) -> MoveReport:
        assert move.uai
        return MoveReport(0, {}, (), (), 0, 0, ())

    def confirm_move(self, move: Move, by: str, actor: str) -> tuple[int, list[Output]]:
        raise SetAside("INSTANCE_UNKNOWN", f"no instance ({move}, {by}, {actor})")
