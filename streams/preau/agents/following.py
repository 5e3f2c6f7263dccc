"""The pupils of a project who have gone from an école to a collège of it: their rights follow them.

A pupil follows when identity knows that the account of the école and one that the collège has in a
class are one person (a certain key, or a likeness that somebody confirmed), the collège authorised
the project, and a mandate of it holds today. Who was a member is in `preau.store.remembered`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from preau.agents.class_lists import enrolled
from preau.agents.remembering import Present, Schools, remembered_now
from preau.agents.wanted import Member
from preau.store import persons, remembered, rulings, said
from preau.store.enrolments import schools
from preau.store.projects import AUTHORISED, REFUSED, WITHDRAWN, Place, Project
from preau.store.remembered import Remembered
from preau.store.rights import Rights
from preau.store.rulings import SAME, Ruling
from preau.store.said import SaidState

PRINCIPAL, PUPIL, CLASS = "PRINCIPAL", "PUPIL", "CLASS"
Arrivals = dict[str, dict[str, str]]
"""Person → UAI of a collège → the record that says so."""


class There(NamedTuple):
    """Who is in a project today: members by class, picked ones by establishment, its classes."""

    members: Mapping[str, Sequence[Member]]
    picked: Mapping[str, Sequence[Member]]
    classes: Mapping[str, SaidState]


class Following:
    """Of one project, inside one transaction; `now_ms` is in ms since 1970."""

    def __init__(
        self, connection: sa.Connection, project: Project, rights: Rights, now_ms: int
    ) -> None:
        self._connection = connection
        self._project = project
        self._rights = rights
        self._now = now_ms

    def members(self, there: There) -> dict[str, list[Member]]:
        """UAI of a collège → the pupils who have followed to it; remembers who may, later on."""
        rights, connection = self._rights, self._connection
        before = remembered.of_project(connection, self._project.id)
        if PUPIL not in rights.roles or not rights.places:
            nowhere = (row._replace(college="") for row in before.values() if row.college)
            remembered.put(connection, nowhere)
            return {}
        present = dict(sorted(self._present(there), reverse=True))
        if not before and not present:
            return {}
        places = {place.uai: place for place in self._project.places}
        known = Schools({uai for uai, _ in rights.places}, rights.stood, places)
        rows = remembered_now(self._project.id, before, present, known, self._now)
        rows = self._with_people(rows)
        arrived = self._arrived({r.person for r in rows.values() if r.person and self._may_go(r)})
        found: dict[str, list[Member]] = {}
        for source, row in sorted(rows.items()):
            to = arrived.get(row.person, {}) if self._may_go(row) else {}
            rows[source] = _seen(row, min(to, default=""), self._now)
            for uai, cause in sorted(to.items()):
                found.setdefault(uai, []).append(Member("", row.person, cause, PUPIL))
        remembered.put(connection, (r for s, r in sorted(rows.items()) if before.get(s) != r))
        remembered.drop(connection, (before[s] for s in sorted(before.keys() - rows.keys())))
        return found

    def _present(self, there: There) -> Iterator[tuple[str, Present]]:
        """Each pupil who is a member through an école that takes part today."""
        rights = self._rights
        for place in self._project.places:
            uai = place.uai
            if place.by == PRINCIPAL or not rights.goes(uai, place.instance, "membership"):
                continue
            for each in there.picked.get(uai, ()):
                if each.role == PUPIL:
                    yield each.source, Present(uai, "", each.person or "")
            for key in place.groups:
                if self._is_class(there.classes.get(key), uai):
                    for each in there.members.get(key, ()):
                        if each.role == PUPIL and rights.heard(each.by, each.record, uai):
                            yield each.source, Present(uai, key, each.person or "")

    def _is_class(self, state: SaidState | None, uai: str) -> bool:
        """Whether it is there, by the word of who may speak of this school's classes."""
        if state is None or state.deleted:
            return False
        return self._rights.heard(state.key.partition("/")[0], "group", uai)

    def _may_go(self, row: Remembered) -> bool:
        """Whether the école's word stands: it takes part, or did until its days were over."""
        place = next((p for p in self._project.places if p.uai == row.uai), None)
        if place is None or place.decision in (REFUSED, WITHDRAWN):
            return False
        live = self._rights.goes(row.uai, place.instance, "membership")
        return live or row.uai in self._rights.stood

    def _with_people(self, rows: Mapping[str, Remembered]) -> dict[str, Remembered]:
        """The same with who each is by now; whoever is gone stays who it was last."""
        known = persons.entries(self._connection, rows)
        found = {
            source: row._replace(person=known[source].person) if source in known else row
            for source, row in rows.items()
        }
        gone = {s for s in found if s not in known or known[s].deleted}
        for source in self._parted({s: found[s].person for s in gone}):
            found[source] = found[source]._replace(person="")
        return found

    def _parted(self, gone: Mapping[str, str]) -> set[str]:
        """Those gone whose person was taken for them by a ruling that holds no longer.

        Identity parts who is there; of an account that is gone, only the rulings tell.
        """
        if not gone or not rulings.any_known(self._connection):
            return set()
        named = rulings.naming(self._connection, gone)
        if not named:
            return set()
        accounts: dict[str, set[str]] = {}
        for entry in persons.living(self._connection, {p for p in gone.values() if p}).values():
            accounts.setdefault(entry.person, set()).add(entry.source)
        return {
            source
            for source, person in gone.items()
            if (others := accounts.get(person)) and _apart(source, others, named)
        }

    def _arrived(self, people: Collection[str]) -> Arrivals:
        """Who of these is a pupil in a class of a collège that may have them."""
        colleges = {place.uai: place for place in self._project.places if self._receives(place)}
        if not colleges or not people:
            return {}
        accounts = persons.living(self._connection, people)
        rooms = self._rooms(said.groups_of(self._connection, accounts), colleges)
        found: Arrivals = {}
        for source, key, role, state in enrolled(self._connection, accounts) if rooms else ():
            for uai in rooms.get(key, ()) if role == PUPIL else ():
                if self._rights.heard(state.key.partition("/")[0], state.record, uai):
                    to = found.setdefault(accounts[source].person, {})
                    to[uai] = min(state.event_id, to.get(uai, state.event_id))
        return found

    def _rooms(self, keys: Collection[str], colleges: Collection[str]) -> dict[str, frozenset[str]]:
        """Those of these groups that are classes of one of the collèges, and of which."""
        groups = said.states(self._connection, "group", keys)
        rooms = {key: each for key, each in groups.items() if each.fields["kind"] == CLASS}
        named = {where for each in rooms.values() for where in each.fields["establishments"]}
        known = schools(self._connection, named)  # any other group may have guests
        found = {}
        for key, each in rooms.items():
            uais = {known[where].uai for where in each.fields["establishments"]}
            mine = frozenset(uai for uai in uais if uai in colleges and self._is_class(each, uai))
            if mine:
                found[key] = mine
        return found

    def _receives(self, place: Place) -> bool:
        """Whether it is a collège that authorised, with a mandate that holds today."""
        decided = place.decision == AUTHORISED and place.by == PRINCIPAL
        return decided and self._rights.goes(place.uai, place.instance, "membership")


def _seen(row: Remembered, college: str, now_ms: int) -> Remembered:
    """Whoever has arrived is kept as long as the project; whoever is lost from sight, a while."""
    if college:
        return row._replace(college=college, idle_since=0)
    lost = row.college and row.left_at
    return row._replace(college="", idle_since=now_ms if lost else row.idle_since)


def _apart(source: str, others: Collection[str], named: Sequence[Ruling]) -> bool:
    """Whether people ruled a source apart from these, or took back that it is one of them."""
    mine = [each for each in named if _opposes(each, source, others)]
    if any(each.kind == SAME and not each.undone_at for each in mine):
        return False
    return any((each.kind == SAME) == bool(each.undone_at) for each in mine)


def _opposes(ruling: Ruling, source: str, others: Collection[str]) -> bool:
    """Whether the source is on one side of a ruling and one of the others on the other."""
    sides = ((ruling.left, ruling.right), (ruling.right, ruling.left))
    return any(source in one and not {*other}.isdisjoint(others) for one, other in sides)
