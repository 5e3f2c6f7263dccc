"""What an ENT holds beside what it should hold: the differences. Pure.

Only what had no change while the ENT was asked is compared, and only by answers that tell
something: what was not asked, or not understood, is neither missing nor there.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from preau.outlets.inventory import Held, Item
from preau.outlets.read_back import GROUP, LOCAL, MEMBER, Question
from preau.store.drifts import DIFFERENT, EXTRA, FOREIGN, MISSING
from preau.store.holdings import GONE, HELD, Holding

FEW, SHARE = 5, 0.2
"""More differences than so many, and than this part of what should be there, are a mass."""
_NAME = {GROUP: "name"}
Hide = Callable[[str], str]
"""An id → its keyed digest."""
Asked = tuple[str, str]
"""A record, and the entity that the question was about: a group, or one thing."""


class Difference(NamedTuple):
    """One; `kind` as `preau.store.drifts` has it, `within` the group that it is in."""

    entity: str
    project: str
    within: str
    kind: str
    what: str


@dataclass
class Result:
    """All of one comparison; `concluded` are the entities, and lists, of which something is known.

    `should` is how many things should be there, of those that could be compared.
    """

    found: list[Difference] = field(default_factory=list)
    concluded: set[str] = field(default_factory=set)
    should: int = 0

    @property
    def mass(self) -> bool:
        """Whether there is too much of it at once to be believed without a person."""
        ours = sum(1 for each in self.found if not each.entity.startswith(FOREIGN))
        return ours > FEW and ours > SHARE * self.should


class Sight(NamedTuple):
    """What is compared: two readings of what should be there, and between them the answers."""

    before: Mapping[str, Holding]
    after: Mapping[str, Holding]
    seen: Mapping[Asked, Held]
    questions: Mapping[str, Question]


def groups_of(holdings: Mapping[str, Holding]) -> dict[str, str]:
    """Project → the entity of its group in this ENT."""
    return {each.project: entity for entity, each in holdings.items() if each.what == "GROUP"}


def compared(sight: Sight, hide: Hide) -> Result:
    """Everything that differs."""
    result, groups = Result(), groups_of(sight.before)
    for project, entity in groups.items():
        group = _Group(sight, entity, project, hide)
        for difference in group.differences(result):
            result.found.append(difference)
    return result


class _Group:
    """One group of one project, and what is in it."""

    def __init__(self, sight: Sight, entity: str, project: str, hide: Hide) -> None:
        self._sight = sight
        self._entity = entity
        self._project = project
        self._hide = hide
        self._holding = sight.before[entity]
        self._mine = {e: h for e, h in sight.before.items() if h.project == project and e != entity}

    def differences(self, result: Result) -> Iterator[Difference]:
        if self._stable(self._entity):
            yield from self._itself(result)
        if self._is_gone():
            yield from self._all_gone(result)
            return
        if not self._stable(self._entity):
            return
        for record, question in self._sight.questions.items():
            if record != GROUP and not question.each:
                yield from self._listed(record, question, result)
            elif record != GROUP:
                yield from self._one_by_one(record, question, result)

    def _itself(self, result: Result) -> Iterator[Difference]:
        seen, question = self._seen(GROUP, self._entity), self._sight.questions.get(GROUP)
        if question is None or seen is None:
            return
        result.concluded |= {self._entity, _list_of(GROUP, self._entity)}
        if self._holding.state == GONE:
            if seen.items:
                yield self._difference(self._entity, EXTRA)
        elif self._holding.state == HELD:
            result.should += 1
            mine = _own(question, self._holding, seen)
            if mine is None:
                yield self._difference(self._entity, MISSING)
                return
            if _renamed(GROUP, self._holding, mine):
                yield self._difference(self._entity, DIFFERENT)
            others = (each for each in seen.items if each.id != mine.id)
            yield from self._foreign(GROUP, others)

    def _is_gone(self) -> bool:
        """Whether the ENT says that it has no such group, which it should have."""
        if self._holding.state != HELD or not self._stable(self._entity):
            return False
        question, seen = self._sight.questions.get(GROUP), self._seen(GROUP, self._entity)
        if question is not None:
            return seen is not None and _own(question, self._holding, seen) is None
        lists = (
            self._seen(r, self._entity) for r, q in self._sight.questions.items() if not q.each
        )
        return any(each is not None and each.gone for each in lists)

    def _all_gone(self, result: Result) -> Iterator[Difference]:
        """Whatever was in it went with it."""
        if GROUP not in self._sight.questions:  # it was its list that said so
            result.concluded.add(self._entity)
            result.should += 1
            yield self._difference(self._entity, MISSING)
        for entity, holding in self._mine.items():
            if holding.state == HELD and self._stable(entity):
                result.concluded.add(entity)
                result.should += 1
                yield self._difference(entity, MISSING)

    def _listed(self, record: str, question: Question, result: Result) -> Iterator[Difference]:
        seen = self._seen(record, self._entity)
        if seen is None or seen.gone:
            return
        result.concluded.add(_list_of(record, self._entity))
        there = {each.id: each for each in seen.items}
        mine = {e: h for e, h in self._mine.items() if h.what == question.operation[: -len("_PUT")]}
        ids = {entity: _id(question, holding) for entity, holding in mine.items()}
        kept = {ids[e] for e, h in mine.items() if h.state != GONE}
        for entity in mine:
            if ids[entity] and self._stable(entity):
                item = there.get(ids[entity])
                yield from self._judged(record, entity, item, result, kept=ids[entity] in kept)
        if record == MEMBER:
            known = set(ids.values()) | {_id(question, h) for h in self._sight.after.values()}
            yield from self._foreign(record, (each for i, each in there.items() if i not in known))

    def _one_by_one(self, record: str, question: Question, result: Result) -> Iterator[Difference]:
        for entity, holding in self._mine.items():
            seen = self._seen(record, entity)
            if seen is not None and self._stable(entity):
                item = _own(question, holding, seen)
                yield from self._judged(record, entity, item, result)

    def _judged(
        self, record: str, entity: str, item: Item | None, result: Result, *, kept: bool = False
    ) -> Iterator[Difference]:
        """`kept`: another thing of ours is to be there under the same id."""
        holding = self._mine[entity]
        if holding.state == HELD:
            result.should += 1
            if item is None:
                yield self._difference(entity, MISSING)
            elif _renamed(record, holding, item):
                yield self._difference(entity, DIFFERENT)
        elif holding.state == GONE and item is not None and not kept:
            yield self._difference(entity, EXTRA)
        result.concluded.add(entity)

    def _foreign(self, record: str, items: Iterable[Item]) -> Iterator[Difference]:
        """What is there and was never ours; its id is kept by nobody."""
        what = "GROUP" if record == GROUP else self._members_are()
        for each in items:
            entity = f"{_list_of(record, self._entity)}:{self._hide(each.id)}"
            yield Difference(entity, self._project, self._entity, EXTRA, what)

    def _members_are(self) -> str:
        kinds = {what_of(holding) for holding in self._mine.values() if holding.what == "MEMBER"}
        return "CLASS" if kinds == {"CLASS"} else "MEMBER"

    def _difference(self, entity: str, kind: str) -> Difference:
        what = what_of(self._sight.before[entity])
        return Difference(entity, self._project, self._entity, kind, what)

    def _stable(self, entity: str) -> bool:
        return self._sight.after.get(entity) == self._sight.before[entity]

    def _seen(self, record: str, entity: str) -> Held | None:
        return self._sight.seen.get((record, entity))


def what_of(holding: Holding) -> str:
    """GROUP, CLASS, MEMBER, SHARE …"""
    return "CLASS" if holding.body.get("member_kind") == "GROUP" else holding.what


def _list_of(record: str, group: str) -> str:
    return f"{FOREIGN}{record}:{group}"


def _id(question: Question, holding: Holding) -> str:
    """Under which id the ENT should know it; empty when nobody knows."""
    if question.same == LOCAL:
        return str(holding.body.get(LOCAL) or "")
    return holding.native.get("native_id", "")


def _own(question: Question, holding: Holding, seen: Held) -> Item | None:
    """The item that is this thing; one whose id nobody knows is whatever it was found as."""
    wanted = _id(question, holding)
    if not wanted:
        return seen.items[0] if seen.items else None
    return next((each for each in seen.items if each.id == wanted), None)


def _renamed(record: str, holding: Holding, item: Item) -> bool:
    wanted = holding.body.get(_NAME.get(record, "title"))
    if item.name is None or not isinstance(wanted, str) or record == MEMBER:
        return False
    return _plain(item.name) != _plain(wanted)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
