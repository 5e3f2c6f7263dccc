"""What a territory's answers say of its people, set against what identity made of its files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import orjson
import sqlalchemy as sa

from preau.agents.likely import likely_pairs
from preau.store.likely import PROBABLE

INSTANCES = {"aaf-1d": "ecoles", "aaf-2d": "colleges"}
"""The directory of each degree → the instance that it is imported for."""
CERTAIN = frozenset({"national_ref", "ine", "staff"})
_ENTRIES = sa.text("select source, person from person_entry")
Link = tuple[str, str]


class Truth(NamedTuple):
    """Source → the true person behind it, and the links that files show, by their rule."""

    people: dict[str, str]
    links: dict[str, set[Link]]


class Found(NamedTuple):
    """Certain links that were found of those there are; sources linked to another's."""

    links: int
    found: int
    wrong: int


class Likely(NamedTuple):
    """Probable pairs that the files show, those that were listed, and those that were right."""

    there: int
    listed: int
    right: int
    there_and_listed: int

    @property
    def precision(self) -> float:
        """Of those listed, how many are one person."""
        return self.right / self.listed if self.listed else 1.0

    @property
    def recall(self) -> float:
        """Of those that the files show, how many were listed."""
        return self.there_and_listed / self.there if self.there else 1.0


def read_truth(file: Path) -> Truth:
    """The answers of a territory, as far as AAF goes."""
    truth = Truth({}, {})
    with file.open("rb") as lines:
        for line in lines:
            said = orjson.loads(line)
            if "person" not in said:
                continue
            for form, instance in INSTANCES.items():
                if form in said["ids"]:
                    source = f"{instance}/{said['ids'][form]}"
                    truth.people[source] = f"{said['kind']} {said['person']}"
            for left, right, rule in said["links"]:
                if (link := _link(left, right)) is not None:
                    truth.links.setdefault(rule, set()).add(link)
    return truth


def certain(connection: sa.Connection, truth: Truth) -> Found:
    """What became of the certain links; an entry that is gone keeps the person it was."""
    people = {row.source: row.person for row in connection.execute(_ENTRIES)}
    links = {link for rule in CERTAIN for link in truth.links.get(rule, ())}
    found = sum(people.get(one, "") == people.get(other) for one, other in links)
    return Found(len(links), found, sum(_strangers(people, truth)))


def likely(connection: sa.Connection, truth: Truth) -> Likely:
    """What became of the probable ones."""
    listed, right = set(), 0
    for pair in likely_pairs(connection):
        if pair.assurance == PROBABLE:
            sources = (*pair.left.sources, *pair.right.sources)
            right += len({truth.people.get(source, source) for source in sources}) == 1
            listed.add((pair.left.sources, pair.right.sources))
    there = truth.links.get("probable", set())
    met = {frozenset((a, b)) for one, other in listed for a in one for b in other}
    return Likely(len(there), len(listed), right, sum(frozenset(link) in met for link in there))


def _strangers(people: dict[str, str], truth: Truth) -> Iterator[int]:
    """For each of the hub's people, how many sources are of somebody else than the first."""
    behind: dict[str, list[str]] = {}
    for source, person in people.items():
        behind.setdefault(person, []).append(truth.people.get(source, source))
    for each in behind.values():
        yield _others(each)


def _others(each: Iterable[str]) -> int:
    return len(set(each)) - 1


def _link(left: str, right: str) -> Link | None:
    """`avant/aaf-1d/7` and `apres/aaf-2d/9` → the two sources; None when one is of no AAF."""
    sides = [side.split("/", 2)[1:] for side in (left, right)]
    if any(form not in INSTANCES for form, _ in sides):
        return None
    one, other = (f"{INSTANCES[form]}/{key}" for form, key in sides)
    return one, other
