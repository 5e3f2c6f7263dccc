"""Who is one person by certain keys and by what people ruled, whatever the order of either. Pure.

What a person ruled apart is believed before any key; what a key says, before any likeness that a
person confirmed. So the answer follows from what is said and what is ruled, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from preau.agents.matching import Joined, deciding, joined, rules
from preau.store.persons import MatchKey
from preau.store.rulings import APART, DIFFERENT, SAME, Ruling

SET_APART = "set_apart"
"""The rule of a source that is alone because a person said so."""


class Why(NamedTuple):
    """Why a source is who it is: the rule, and the id of the ruling that it needs, or empty."""

    rule: str
    ruling: str = ""


class Settled(NamedTuple):
    """The families, each sorted, and why of each source that is not simply alone."""

    families: list[list[str]]
    why: Mapping[str, Why]


def key_digest(key: MatchKey) -> str:
    """How a ruling names a key: its kind, and what tells it from others and no more."""
    return f"{key.kind}:{sha256(key.value.encode()).hexdigest()}"


def settled(
    sources: Collection[str], keys: Iterable[MatchKey], rulings: Sequence[Ruling]
) -> Settled:
    """Who is one person among these sources; `keys` and `rulings` are all that touch them.

    A source that still meets one it was set apart from, through others, stands alone.
    """
    held = _believed(keys, rulings)
    if not rulings:
        plain = joined(sources, held)
        return Settled(plain.groups(), {s: Why(rule) for s, rule in rules(held).items()})
    alone: set[str] = set()
    while True:
        left = [key for key in held if key.source not in alone]
        groups = joined(sources, left)
        bound = _bind(groups, rulings, alone)
        if not (met := _meeting(groups, rulings) - alone):
            return Settled(groups.groups(), _why(left, bound, rulings))
        alone |= met


def _believed(keys: Iterable[MatchKey], rulings: Iterable[Ruling]) -> list[MatchKey]:
    """The keys that decide, without those that a ruling says are not its source's."""
    doubted = {(r.left[0], key) for r in rulings if r.kind == APART for key in r.keys}
    held = deciding(keys)
    if not doubted:
        return held
    about = {source for source, _ in doubted}
    return [k for k in held if k.source not in about or (k.source, key_digest(k)) not in doubted]


def _bind(
    groups: Joined, rulings: Sequence[Ruling], alone: Collection[str]
) -> list[tuple[str, Ruling]]:
    """Joins whom people ruled to be one, the first ruled first; gives the ends that it joined.

    A side is spoken for by the first of its sources that is there. What would make one person of
    two who were ruled different is left.
    """
    found: list[tuple[str, Ruling]] = []
    for ruling in sorted(rulings, key=lambda each: (each.at, each.id)):
        one = next((source for source in ruling.left if source in groups), None)
        other = next((source for source in ruling.right if source in groups), None)
        if ruling.kind != SAME or one is None or other is None or {one, other} & {*alone}:
            continue
        roots = {groups.root(one), groups.root(other)}
        if len(roots) > 1 and not any(_forbids(each, groups, roots) for each in rulings):
            groups.join(one, other)
            found += [(one, ruling), (other, ruling)]
    return found


def _forbids(ruling: Ruling, groups: Joined, roots: set[str]) -> bool:
    if ruling.kind != DIFFERENT:
        return False
    left = {groups.root(source) for source in ruling.left if source in groups}
    right = {groups.root(source) for source in ruling.right if source in groups}
    return any({one, other} == roots for one in left for other in right)


def _meeting(groups: Joined, rulings: Iterable[Ruling]) -> set[str]:
    """The sources that are with one from which they were set apart."""
    found = set()
    for ruling in rulings:
        source = ruling.left[0]
        if ruling.kind == APART and source in groups:
            others = {groups.root(other) for other in ruling.right if other in groups}
            if groups.root(source) in others:
                found.add(source)
    return found


def _why(
    keys: Iterable[MatchKey], bound: Iterable[tuple[str, Ruling]], rulings: Iterable[Ruling]
) -> dict[str, Why]:
    """A confirmed likeness is told before a key: without it, they would not be one."""
    apart = {r.left[0]: Why(SET_APART, r.id) for r in rulings if r.kind == APART}
    certain = {source: Why(rule) for source, rule in rules(keys).items()}
    confirmed: dict[str, Why] = {}
    for source, ruling in bound:
        confirmed.setdefault(source, Why(ruling.rule, ruling.id))
    return {**apart, **certain, **confirmed}
