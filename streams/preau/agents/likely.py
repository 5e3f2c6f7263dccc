"""Pupils who may be one child, for a person to look at: same names and birth date. Only read.

Nothing is ever linked by what stands here. A pair goes when a certain rule makes it one person,
when its sources say two children (two INE, two numbers of one degree), when a person has ruled that
they are two, or when an entry goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import combinations
from typing import NamedTuple

import sqlalchemy as sa

from preau.store import origins, persons, rulings
from preau.store.enrolments import Enrolment, enrolments
from preau.store.likely import ALIKE, EVIDENCE, POSSIBLE, PROBABLE, continuity, contradicted
from preau.store.origins import Origin
from preau.store.persons import MatchKey
from preau.store.precedence import ENT, rank
from preau.store.rulings import SAME, Ruling

MOST = 50
_ID = 12  # hexadecimal digits: enough to tell apart the pairs of a country


class Side(NamedTuple):
    """One of the two: the hub's person, its sources, the UAI (or keys) of its schools."""

    person: str
    sources: tuple[str, ...]
    schools: tuple[str, ...]


class Pair(NamedTuple):
    """Two people who may be one; `evidence` are names of fields, never values."""

    assurance: str
    rule: str
    evidence: tuple[str, ...]
    left: Side
    right: Side

    @property
    def id(self) -> str:
        """The same for as long as these two are two people, whatever joins either."""
        people = sorted((self.left.person, self.right.person))
        return sha256("\n".join(people).encode()).hexdigest()[:_ID]


class _Known(NamedTuple):
    """What is known of one of several who are alike."""

    side: Side
    enrolments: tuple[Enrolment, ...]
    keys: tuple[MatchKey, ...]


def likely_pairs(connection: sa.Connection) -> Iterator[Pair]:
    """Every pair, those of one name and birth date together.

    PROBABLE: schools follow one another, and neither of the two may be anybody else; POSSIBLE
    otherwise. A name that more than `MOST` people have names nobody, and is left out.
    """
    parted = _parted(rulings.every(connection))
    for several in persons.alike(connection):
        if len(several) <= MOST:
            yield from _pairs(_known(connection, several), parted)


def _pairs(alike: Sequence[_Known], parted: Mapping[str, set[str]]) -> Iterator[Pair]:
    may_be = [
        (one, other)
        for one, other in combinations(alike, 2)
        if not contradicted(one.keys, other.keys) and not _ruled(one.side, other.side, parted)
    ]
    met = [each.side.person for pair in may_be for each in pair]
    for one, other in may_be:
        rule = continuity(one.enrolments, other.enrolments)
        alone = met.count(one.side.person) == met.count(other.side.person) == 1
        assurance = PROBABLE if rule is not None and alone else POSSIBLE
        evidence = EVIDENCE[rule or ALIKE]
        yield Pair(assurance, rule or ALIKE, evidence, one.side, other.side)


def _parted(ruled: Iterable[Ruling]) -> dict[str, set[str]]:
    """Source → those that a person has ruled it is not."""
    found: dict[str, set[str]] = {}
    for each in ruled:
        if each.kind != SAME and not each.undone_at:
            for one, other in ((each.left, each.right), (each.right, each.left)):
                for source in one:
                    found.setdefault(source, set()).update(other)
    return found


def _ruled(one: Side, other: Side, parted: Mapping[str, set[str]]) -> bool:
    """Whether a person has ruled that these are two."""
    return any(not parted.get(source, set()).isdisjoint(other.sources) for source in one.sources)


def _known(connection: sa.Connection, alike: Collection[str]) -> list[_Known]:
    """Each of these people, by every source it has, also those without names."""
    sources: dict[str, list[str]] = {person: [] for person in alike}
    for entry in persons.living(connection, alike).values():
        sources[entry.person].append(entry.source)
    every = [source for each in sources.values() for source in each]
    enrolled, keys = enrolments(connection, every), persons.keys_of(connection, every)
    told = origins.of(connection, every)
    found = []
    for person, mine in sources.items():
        where = [each for source in sorted(mine) for each in enrolled.get(source, ())]
        where = _with_known_levels(where, told)
        schools = tuple(sorted({each.school.uai for each in where}))
        side = Side(person, tuple(sorted(mine)), schools)
        found.append(_Known(side, tuple(where), tuple(key for key in keys if key.source in mine)))
    return found


def _with_known_levels(where: Sequence[Enrolment], told: Mapping[str, Origin]) -> list[Enrolment]:
    """The same, with the levels of those whom the hub believes: in July an ENT still says CM2."""

    def of(each: Enrolment) -> int:
        origin = told.get(each.source)
        return rank("group.levels", ENT if origin is None else origin.authority)

    best = min((of(each) for each in where if each.levels), default=0)
    return [each if of(each) == best else each._replace(levels=frozenset()) for each in where]
