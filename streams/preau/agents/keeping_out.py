"""Accounts that are not heard any more after an erasure: what is said of them goes no further."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from preau.canon.draft import Draft
from preau.clock import Clock
from preau.store.said import MEMBER, SaidState

LEASE_MS = 5_000
"""How long a list of digests is believed."""


class KeptOut:
    """`read` gives the keyed digests of those accounts, `digest` that of one account."""

    def __init__(
        self, read: Callable[[], frozenset[str]], digest: Callable[[str], str], clock: Clock
    ) -> None:
        self._read = read
        self._digest = digest
        self._clock = clock
        self._known: frozenset[str] = frozenset()
        self._until = -1

    def drafts(self, drafts: list[Draft], places: list[int]) -> tuple[list[Draft], list[int]]:
        """Those that are not about one of them, each with its place."""
        if not self._any():
            return drafts, places
        heard = [at for at, each in enumerate(drafts) if not self._about(each)]
        return [drafts[at] for at in heard], [places[at] for at in heard]

    def states(self, states: Sequence[SaidState]) -> list[SaidState]:
        """The same without their places in classes; a list of members stays, without them."""
        if not self._any():
            return list(states)
        return [fewer for each in states if (fewer := self._fewer(each)) is not None]

    def _any(self) -> bool:
        now = self._clock.now_ms()
        if not now < self._until <= now + LEASE_MS:
            self._known, self._until = self._read(), now + LEASE_MS
        return bool(self._known)

    def _out(self, source: str) -> bool:
        return self._digest(source) in self._known

    def _about(self, draft: Draft) -> bool:
        return draft.record == "person" and self._out(draft.subject)

    def _fewer(self, state: SaidState) -> SaidState | None:
        members = {target for role, target in state.points if role == MEMBER}
        out = {each for each in members if self._out(each)}
        if not out:
            return state
        if "members" not in state.fields:
            return None
        there = [each for each in state.fields["members"] if each["member"] not in out]
        points = tuple(point for point in state.points if point[1] not in out)
        return state._replace(fields={**state.fields, "members": there}, points=points)
