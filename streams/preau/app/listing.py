"""What a directory service is to hold now: its deliveries, with the names opened for this one use.

Default deny, asked anew: somebody is in it only while a live mandate of that school for this
instance lists membership, establishment and names, and the card needs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.app.control import Control
from preau.app.personal_records import Found, PersonalRecords
from preau.canon.purposes import named
from preau.clock import paris_day
from preau.outlets.directory import Account, Belongs, Directory, Group, School
from preau.store import filed, persons, project_directories, projects, said
from preau.store.enrolments import in_groups, schools
from preau.store.filed import Filed
from preau.store.precedence import Claim, believed
from preau.store.rights import rights_of

FAMILY, GIVEN, PROFILE, STAGE = (
    f"person.{name}" for name in ("family_name", "given_name", "profile", "stage")
)
NEEDED = frozenset({FAMILY, GIVEN, "membership.establishment", "membership.local_id"})
"""Without these nobody can be listed."""
_MEMBER = "MEMBER_PUT"
_FIRST = frozenset({"ECOLE_MATERNELLE", "ECOLE_ELEMENTAIRE", "ECOLE_PRIMAIRE"})
_SECOND = frozenset({"COLLEGE", "LYCEE"})
_ROLES = ("PUPIL", "HEAD_TEACHER", "TEACHER", "LEADER", "OBSERVER", "GUARDIAN")


class Listing(NamedTuple):
    """A directory, the number of the last delivery in it, and who is not in it: why → how many.

    NO_MANDATE, UNKNOWN (nobody living has this pseudonym), NO_NAME (no name is held), NO_DEGREE
    (nobody says whether their school is of the first or second degree).
    """

    directory: Directory
    number: int
    left_out: Counter[str]
    rows: Sequence[Filed]

    def absent(self, accounts: Collection[str]) -> list[str]:
        """The entities of deliveries that are not in a set which holds these accounts only."""
        uais = {group.id: group.uai for group in self.directory.groups}
        groups = {group.id: group.project_group for group in self.directory.groups}
        held = {
            (groups[each.group], uais[each.group], each.account)
            for each in self.directory.belongs
            if each.account in accounts
        }
        with_members = {group for group, _, _ in held}
        return [
            row.entity
            for row in self.rows
            if (
                _place(row) not in held
                if row.operation == _MEMBER
                else not _is_in(row, with_members)
            )
        ]


class _Seat(NamedTuple):
    """One account in one project's group, for one school; `fields` may be told of it."""

    account: str
    group: str
    uai: str
    role: str
    fields: frozenset[str]


class Listings:
    """Makes listings; `find_kafka` gives Kafka's address, and may wait for it."""

    def __init__(self, control: Control, find_kafka: Callable[[], str]) -> None:
        self._control = control
        self._records = PersonalRecords(control, find_kafka)

    def of(self, instance: str) -> Listing:
        """The listing of this instance as of now; raises `TryAgain` when Kafka is away."""
        control, now = self._control, self._control.clock.now_ms()
        left: Counter[str] = Counter()
        with control.engine.connect() as connection:
            rows = filed.held(connection, instance)
            number = filed.last_writing(connection, instance)
            seats = self._seats(connection, instance, rows, left)
            there = self._schools(connection, {seat.uai for seat in seats})
            seats = list(_kept(seats, lambda s: s.uai in there, "NO_DEGREE", left))
            people = self._people(connection, instance, {seat.account for seat in seats})
            stages = _stages(connection, people)
        seats = list(_kept(seats, lambda s: s.account in people, "UNKNOWN", left))
        states = self._records.states({s for each in people.values() for s in each})
        accounts = list(_accounts(seats, people, states, stages))
        held = {each.id for each in accounts}
        left["NO_NAME"] += len({seat.account for seat in seats} - held)
        seats = [seat for seat in seats if seat.account in held]
        told = {str(r.fields["group"]): str(r.fields["name"]) for r in rows if _is_group(r)}
        groups = [
            Group(f"{group}-{uai}", uai, told.get(group, ""), group)
            for group, uai in sorted({(seat.group, seat.uai) for seat in seats})
        ]
        belongs = [Belongs(f"{s.group}-{s.uai}", s.account, s.role) for s in sorted(seats)]
        open_ = {seat.uai for seat in seats}
        shown = tuple(there[uai] for uai in sorted(open_))
        found = Directory(shown, tuple(accounts), tuple(groups), tuple(belongs), now)
        return Listing(found, number, +left, rows)

    def _seats(
        self,
        connection: sa.Connection,
        instance: str,
        rows: Sequence[Filed],
        left: Counter[str],
    ) -> list[_Seat]:
        card = self._control.recipient(instance)
        needs = {} if card is None else card.needs
        asked = frozenset().union(*(named(name, needs[name]) for name in needs))
        groups = {str(row.fields.get("group", "")) for row in rows}
        day = paris_day(self._control.clock.now_ms())
        may: dict[tuple[str, str], frozenset[str]] = {}
        found = project_directories.with_groups(connection, groups)
        for project in projects.several(connection, found):
            allowed = rights_of(connection, project, day).places
            for (uai, where), fields in allowed.items():
                if where == instance:
                    may[project.group, uai] = fields & asked
        seats = (_seat(row, may) for row in rows if row.operation == _MEMBER)
        return list(_kept(seats, lambda seat: seat.fields >= NEEDED, "NO_MANDATE", left))

    def _schools(self, connection: sa.Connection, uais: Collection[str]) -> dict[str, School]:
        """Those of which the degree is known, by their kind or by the ENT that they are in."""
        found: dict[str, School] = {}
        ents = project_directories.ents(connection, uais)
        for uai, school in schools(connection, uais).items():
            degree = "first" if school.kind in _FIRST else ""
            degree = degree or ("second" if school.kind in _SECOND else "")
            said_by = (self._control.degree(ent) or "" for ent in sorted(ents.get(uai, ())))
            degree = degree or next((each.lower() for each in said_by if each), "")
            if degree:
                found[uai] = School(uai, school.name or uai, degree)
        return found

    def _people(
        self, connection: sa.Connection, instance: str, wanted: Collection[str]
    ) -> dict[str, list[str]]:
        """Pseudonym → the accounts of whoever has it; nobody who was erased."""
        name = self._control.pseudonyms()
        names: dict[str, str] = {}
        found: dict[str, list[str]] = {}
        for source, person in sorted(persons.every_person(connection).items()):
            called = names.setdefault(person, "") or name(instance, person)
            names[person] = called
            if called in wanted:
                found.setdefault(called, []).append(source)
        return found


def _is_group(row: Filed) -> bool:
    return row.operation == "GROUP_PUT" and {"group", "name"} <= row.fields.keys()


def _is_in(row: Filed, groups: Collection[str]) -> bool:
    return row.fields.get("group") in groups


def _place(row: Filed) -> tuple[str, str, str]:
    """Its group, school and account."""
    names = ("group", "establishment", "local_id")
    group, uai, account = (str(row.fields.get(name, "")) for name in names)
    return group, uai, account


def _seat(row: Filed, may: Mapping[tuple[str, str], frozenset[str]]) -> _Seat:
    group, uai, account = _place(row)
    role = str(row.fields.get("role", ""))
    return _Seat(account, group, uai, role, may.get((group, uai), frozenset()))


def _kept(
    seats: Iterable[_Seat], good: Callable[[_Seat], bool], why: str, left: Counter[str]
) -> Iterator[_Seat]:
    for seat in seats:
        if good(seat):
            yield seat
        else:
            left[why] += 1


def _accounts(
    seats: Sequence[_Seat],
    people: Mapping[str, Sequence[str]],
    states: Mapping[str, Found],
    stages: Mapping[str, str],
) -> Iterator[Account]:
    by_account: dict[str, list[_Seat]] = {}
    for seat in seats:
        by_account.setdefault(seat.account, []).append(seat)
    for account, mine in sorted(by_account.items()):
        said_by = [states[source] for source in people[account] if source in states]
        fields = frozenset().union(*(seat.fields for seat in mine))
        family, given = _believed(FAMILY, said_by), _believed(GIVEN, said_by)
        if family and given:
            roles = {seat.role for seat in mine}
            yield Account(
                account,
                next((role for role in _ROLES if role in roles), ""),
                tuple(sorted({seat.uai for seat in mine})),
                family,
                given,
                stages.get(account, "") if STAGE in fields else "",
                _believed(PROFILE, said_by) if PROFILE in fields else "",
            )


def _believed(field: str, states: Iterable[Found]) -> str:
    claims = [
        Claim(
            f"{each.value['meta']['instance']}/{each.value['meta']['source_id']}",
            each.value["meta"]["authority"],
            each.value["meta"]["occurred_at"],
            value,
        )
        for each in states
        if (value := _value(field, each))
    ]
    found = believed(field, claims)
    return "" if found is None else str(found.claim.value)


def _value(field: str, found: Found) -> str:
    pii: Mapping[str, Any] = found.pii or {}
    if field == FAMILY:
        return str(pii.get("usual_name") or pii.get("family_name") or "")
    if field == GIVEN:
        first = next(iter(pii.get("given_names") or ()), "") or ""
        return str(first).partition(",")[0].strip()
    return str(found.value.get("profile") or "")


def _stages(connection: sa.Connection, people: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Pseudonym → the one MEFSTAT4 that a pupil's classes say; whoever has several has none."""
    groups: dict[str, set[str]] = {}
    for source, group in in_groups(connection, [s for each in people.values() for s in each]):
        groups.setdefault(source, set()).add(group)
    known = said.states(connection, "group", {g for each in groups.values() for g in each})
    found: dict[str, str] = {}
    for account, sources in people.items():
        mine = {group for source in sources for group in groups.get(source, ())}
        codes = {c for g in mine if g in known for c in known[g].fields.get("mefstat4") or ()}
        if len(codes) == 1:
            found[account] = codes.pop()
    return found
