"""A folder's product as the one that speaks: its school, another one, a project between the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from preau.agents.wanted import Recipient
from preau.broker.records import Arrival
from preau.catalogue.catalogue import Connector
from preau.contract.evidence import Evidence
from preau.kit import words
from preau.kit.ground import Ground
from preau.kit.paper import TakesAll, applies, naming
from preau.kit.small_hub import BATCH, Delivery, SmallHub
from preau.kit.words import Expected, Word

HERE, THERE = "0990002P", "0990003R"
"""Two invented schools: that of the folder's product, and the other."""
PUTS = tuple(name for name in TakesAll().needs if name.endswith("_PUT"))


class Speaking:
    """All that the cases of what arrives share; `ours` speaks, `other` is an ENT on paper."""

    def __init__(self, ground: Ground, connector: Connector) -> None:
        self._ground = ground
        self.connector = connector
        self.ours, self.other = connector.name, f"x-{connector.name}"
        self.words = words.completed(self.ours, ground.words)
        self.spaces = words.spaces(self.ours, self.words)
        members = {member for word in self.words for _, member, _ in words.members(word)}
        self.shares = any(each.record == "share" for each in words.living(self.words))
        self.unanswered: list[Arrival] = []
        self.accounts = {each: f"account-{n}" for n, each in enumerate(sorted(members))}

    @property
    def evidence(self) -> Evidence:
        """The folder."""
        return self._ground.evidence

    @contextmanager
    def hub(self, *, names: bool = True) -> Iterator[SmallHub]:
        """The project, where only the other school has authorised so far.

        Without `names`, our ENT does not answer under which names it knows the project's group.
        """
        ents: dict[str, Recipient] = {self.ours: self.connector.card, self.other: TakesAll()}
        answers = {self.ours: naming(self.spaces), self.other: applies}
        if not names:
            answers[self.ours] = self._later
        hub = SmallHub(self._ground.database(), ents, answers)
        try:
            hub.place(HERE, self.ours)
            hub.place(THERE, self.other, words.classes(self.words))
            hub.authorise(self.other)
            known = {member: f"{self.other}/{each}" for member, each in self.accounts.items()}
            for member, there in known.items():
                hub.same(member, there)
            self.say(hub, [words.made("person", each, profile="PUPIL") for each in known.values()])
            hub.turn()
            yield hub
        finally:
            hub.close()

    def _later(self, told: Sequence[Arrival]) -> list[Arrival]:
        self.shares = any(each.record == "share" for each in words.living(self.words))
        self.unanswered += told
        return []

    @contextmanager
    def whole(self) -> Iterator[SmallHub]:
        """The same when both have authorised, and everything was said."""
        with self.hub() as hub:
            hub.authorise(self.ours)
            hub.turn()
            self.say(hub, self.words)
            yield hub

    def say(self, hub: SmallHub, said: Iterable[Word], at_once: int = BATCH) -> None:
        """Our ENT says these, in this order, so many in one batch."""
        hub.hear((word.arrival for word in said), at_once)

    def due(self, *more: Word) -> Expected:
        """What the other ENT is to hold after all the words, and these."""
        return words.due([*self.words, *more], self.spaces, self.accounts)

    def held(self, hub: SmallHub) -> Expected:
        """What it holds."""
        rows = hub.holds(self.other)
        return frozenset(
            (row.operation, row.local or row.entity, str(row.body.get("title") or ""))
            for row in rows
            if row.operation != "GROUP_PUT"
        )

    def given(self, hub: SmallHub, after: int = 0) -> list[Delivery]:
        """What the other ENT was told since, but the group itself."""
        mine = (each for each in hub.told[after:] if each["destination"] == self.other)
        return [each for each in mine if not each["operation"].startswith("GROUP_")]


def compared(due: Expected, held: Expected) -> Iterator[str]:
    """What lacks and what is too much, by operation; no value of any record."""
    for operation in sorted({name for name, *_ in due ^ held}):
        lacks = sum(name == operation for name, *_ in due - held)
        extra = sum(name == operation for name, *_ in held - due)
        told = [f"{lacks} lacking"] if lacks else []
        told += [f"{extra} too many"] if extra else []
        yield f"{operation}: {', '.join(told)}"
