"""Why a person is who they are: sources, rules, rulings, imports and events; no personal value."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.agents.link_record import EVIDENCE
from preau.app.following_view import Follows, follows
from preau.errors import Place, SetAside
from preau.store import aliases, origins, persons, rulings, said
from preau.store.aliases import Past
from preau.store.enrolments import claims, in_groups
from preau.store.imports import import_at
from preau.store.likely import PROBABLE
from preau.store.origins import Origin
from preau.store.persons import Entry
from preau.store.precedence import Claim, believed
from preau.store.rulings import SAME, Ruling

MASKED = "***"
"""What is shown of a personal value."""


class SourceWhy(NamedTuple):
    """One source of a person: by which rule since when, and where its last word came from.

    `ruling` and `confirmed_by` are empty when a rule decided alone; `import_id` when the word came
    in no import; `earlier` are the people that it was before, the last first.
    """

    source: str
    since: int
    assurance: str
    rule: str
    evidence: tuple[str, ...]
    ruling: str
    confirmed_by: str
    origin: Origin | None
    import_id: str
    earlier: tuple[Past, ...]


class FieldWhy(NamedTuple):
    """One field: whom the hub believes, and why (`because` as in `preau.store.precedence`)."""

    field: str
    value: str
    source: str
    authority: str
    because: str
    over: tuple[str, ...]


class PersonWhy(NamedTuple):
    """All that explains one person; `gone` are sources that were it and are somebody else.

    `follows` are the projects that it was in through an école, and where those rights are now.
    """

    person: str
    sources: tuple[SourceWhy, ...]
    fields: tuple[FieldWhy, ...]
    rulings: tuple[Ruling, ...]
    gone: tuple[Past, ...]
    follows: tuple[Follows, ...] = ()


def person_why(connection: sa.Connection, wanted: str) -> PersonWhy:
    """Of a person's id, one that it had before, or a source; raises `SetAside` (PERSON_UNKNOWN)."""
    person = _person(connection, wanted)
    entries = persons.living(connection, [person])
    told = origins.of(connection, entries)
    past = aliases.past(connection, entries)
    ruled = aliases.ruled(connection, entries)
    known = rulings.by_id(connection, {*ruled.values()})
    return PersonWhy(
        person,
        tuple(
            _source(
                entries[source],
                known.get(ruled.get(source, "")),
                told.get(source),
                _import(connection, told.get(source)),
                [each for each in past if each.source == source],
            )
            for source in sorted(entries)
        ),
        (*_fields(told.values()), *_places(connection, entries)),
        tuple(rulings.naming(connection, entries)),
        tuple(
            each for each in aliases.sources_of(connection, [person]) if each.source not in entries
        ),
        follows(connection, person, entries),
    )


def plain(told: Any) -> Any:
    """Named tuples as objects, whatever they hold."""
    if hasattr(told, "_asdict"):
        return {name: plain(value) for name, value in told._asdict().items()}
    if isinstance(told, tuple | list):
        return [plain(each) for each in told]
    return told


def _person(connection: sa.Connection, wanted: str) -> str:
    entry = persons.entries(connection, [wanted]).get(wanted)
    if entry is not None:
        return entry.person
    if persons.living(connection, [wanted]) or aliases.sources_of(connection, [wanted]):
        return wanted
    fix = "give the hub's id of a person, or <instance>/<its id>"
    where = Place(field="person")
    raise SetAside("PERSON_UNKNOWN", "nobody is known by this id", where=where, fix=fix)


def _source(
    entry: Entry,
    ruling: Ruling | None,
    origin: Origin | None,
    import_id: str,
    earlier: Iterable[Past],
) -> SourceWhy:
    likely = ruling is not None and ruling.kind == SAME
    return SourceWhy(
        entry.source,
        entry.at,
        PROBABLE if likely else "CERTAIN",
        entry.rule,
        EVIDENCE.get(entry.rule, ()),
        ruling.id if ruling is not None else "",
        ruling.ruled_by if ruling is not None else "",
        origin,
        import_id,
        tuple(earlier),
    )


def _import(connection: sa.Connection, origin: Origin | None) -> str:
    if origin is None:
        return ""
    instance = origin.source.partition("/")[0]
    return import_at(connection, instance, origin.received_at)


def _fields(told: Iterable[Origin]) -> list[FieldWhy]:
    """What its sources say of the person, field by field."""
    said_of: dict[str, list[Claim]] = {}
    for origin in told:
        for name, value in origin.fields.items():
            claim = Claim(origin.source, origin.authority, origin.occurred_at, value)
            said_of.setdefault(f"person.{name}", []).append(claim)
    return _believed(said_of)


def _places(connection: sa.Connection, sources: Collection[str]) -> list[FieldWhy]:
    """The classes that its sources are in as pupils: their names, schools and levels."""
    pupils = set(in_groups(connection, sources))
    groups = said.states(connection, "group", {group for _, group in pupils})
    said_of: dict[str, list[Claim]] = {}
    for source, key in sorted(pupils):
        if key in groups and not groups[key].deleted:
            for field in ("name", "establishments", "levels"):
                for claim in claims(field, [groups[key]]):
                    text = _text(claim.value)
                    mine = claim._replace(source=source, value=text)
                    said_of.setdefault(f"group.{field}", []).append(mine)
    return _believed(said_of)


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _believed(said_of: Mapping[str, list[Claim]]) -> list[FieldWhy]:
    found = []
    for field in sorted(said_of):
        best = believed(field, said_of[field])
        if best is not None:
            value = MASKED if best.claim.value is None else str(best.claim.value)
            others = tuple(f"{each.source} ({each.authority})" for each in best.others)
            who = best.claim.source, best.claim.authority
            found.append(FieldWhy(field, value, *who, best.because, others))
    return found
