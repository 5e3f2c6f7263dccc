"""Which entries are one person: those that share a key, directly or through others. Pure.

Rules and their assurance: only what is CERTAIN is decided here (canonical model §6, rules 1 and 2);
what people rule beside it is in `preau.agents.ruled`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from preau.store.persons import NAME_BIRTH, MatchKey

NATIONAL_REF, INE_DIGEST, STAFF = "national_ref", "ine_digest", "staff_jointure"
ALONE = "alone"
CERTAIN = (NATIONAL_REF, INE_DIGEST, STAFF)
"""The kinds of keys that decide, the strongest first; any other kind is only compared."""
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    NATIONAL_REF: ("national_ref",),
    INE_DIGEST: ("pii.ine_digest",),
    STAFF: ("national_ref.academy", "national_ref.jointure", "profile"),
    ALONE: (),
}
"""Rule → names of the fields that agreed."""
_STAFF_PROFILES = frozenset(
    {"TEACHER", "DIRECTION", "SCHOOL_LIFE", "LIBRARIAN", "STAFF", "INSPECTION"}
)


def match_keys(
    source: str,
    person: Mapping[str, Any],
    ine_digest: str | None = None,
    name_birth: str | None = None,
) -> list[MatchKey]:
    """What a `person.v1` can be recognised by; a deleted one by nothing."""
    if person["meta"]["deleted"]:
        return []
    found = []
    ref = person["national_ref"]
    if ref is not None and ref["academy"] and ref["jointure"]:
        whole = f"{ref['academy']}/{ref['degree']}/{ref['jointure']}"
        found.append(MatchKey(source, NATIONAL_REF, whole))
        if person["profile"] in _STAFF_PROFILES:
            # staff keep one number in both degrees of an académie
            found.append(MatchKey(source, STAFF, f"{ref['academy']}/{ref['jointure']}"))
    if ine_digest:
        found.append(MatchKey(source, INE_DIGEST, ine_digest))
    if name_birth:
        found.append(MatchKey(source, NAME_BIRTH, name_birth))
    return found


def deciding(keys: Iterable[MatchKey]) -> list[MatchKey]:
    """The keys by which anything may be decided."""
    return [key for key in keys if key.kind in CERTAIN]


class Joined:
    """Sources in groups that grow together."""

    def __init__(self, sources: Iterable[str]) -> None:
        self._parent = {source: source for source in sources}

    def __contains__(self, source: str) -> bool:
        return source in self._parent

    def root(self, source: str) -> str:
        """The first source of its group."""
        parent = self._parent
        while parent[source] != source:
            parent[source] = parent[parent[source]]
            source = parent[source]
        return source

    def join(self, one: str, other: str) -> None:
        """Makes the groups of these two one."""
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first

    def groups(self) -> list[list[str]]:
        """The groups, each sorted, by first source."""
        found: dict[str, list[str]] = {}
        for source in sorted(self._parent):
            found.setdefault(self.root(source), []).append(source)
        return list(found.values())


def joined(sources: Iterable[str], keys: Iterable[MatchKey]) -> Joined:
    """The sources in groups that share keys that decide."""
    groups = Joined(sources)
    holder: dict[tuple[str, str], str] = {}
    for key in deciding(keys):
        if key.source in groups:
            groups.join(holder.setdefault((key.kind, key.value), key.source), key.source)
    return groups


def rules(keys: Iterable[MatchKey]) -> dict[str, str]:
    """Source → the strongest rule by which it shares a key; whoever shares none is not there."""
    held = deciding(keys)
    times = Counter((key.kind, key.value) for key in held)
    shared: dict[str, set[str]] = {}
    for key in held:
        if times[key.kind, key.value] > 1:
            shared.setdefault(key.source, set()).add(key.kind)
    return {
        source: next(rule for rule in CERTAIN if rule in kinds) for source, kinds in shared.items()
    }


def named(
    grouped: list[list[str]],
    held: Mapping[str, str],
    new_id: Callable[[], str],
    heirs: Mapping[str, Mapping[str, str]],
    former: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> dict[str, str]:
    """Source → person: each family keeps an id that one of its sources holds, if it is still free.

    The biggest family comes first, so that whoever splits off is the one that gets another id: one
    that it had before, of those that `former` says are free, else a new one. A family that holds
    none takes that of someone who left, to whom `heirs` says that a key leads.
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    for family in sorted(grouped, key=lambda family: (-len(family), family)):
        wanted = Counter(held[source] for source in family if source in held)
        free = (person for person, _ in wanted.most_common() if person not in taken)
        left = sorted({p for source in family for p in heirs.get(source, {}).values()} - taken)
        had = [p for source in family for p in former.get(source, ()) if p not in taken]
        again = next(iter(left), None) if not wanted else next(iter(had), None)
        person = next(free, None) or again or new_id()
        taken.add(person)
        found |= dict.fromkeys(family, person)
    return found
