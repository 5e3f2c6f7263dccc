"""An establishment of a running project changes its ENT: group, documents and rights survive.

Its classes are those of the new ENT; members whom a person picked are the same people, by their
accounts there. The mandates that its authorisation gave pass to the new ENT, until the same day.
What it gave from the ENT before stays with the others, and comes to the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from preau.app.invitations import full
from preau.app.project_acts import ProjectActs, next_of, place_of
from preau.broker.records import Output
from preau.errors import Place as At
from preau.errors import SetAside
from preau.store import mandates, persons, projects, said, taking_part
from preau.store.audit import OPERATOR, Act
from preau.store.granting import granted
from preau.store.mandates import Mandate
from preau.store.project_moves import Former
from preau.store.projects import AUTHORISED, Pick, Place, Project
from preau.web.project_needs import Invited


class ProjectMoves(ProjectActs):
    """The one act by which an establishment has another ENT from now on."""

    def move(self, project: str, moving: Invited, by: str = OPERATOR) -> list[Output]:
        """Its place, its sub-groups' and its mandates are those of `moving.instance` now.

        Raises `SetAside`: MOVE_SAME, MOVE_DEGREE, MOVE_BRANCH, or as an invitation does.
        """
        with self._engine.begin() as connection:
            found = self._open(connection, project)
            place = place_of(found, moving.uai)
            if place.instance == moving.instance:
                return self._there_already(found, place, moving)
            fresh = self._moved(connection, found, place, moving)
            places = tuple(fresh if each == place else each for each in found.places)
            changed = next_of(found)._replace(places=places)
            self._hand_over(connection, changed, place, fresh)
            for branch in self._branches(connection, found, place, fresh):
                projects.put(connection, branch)
            facts = {"uai": place.uai, "from": place.instance, "to": fresh.instance}
            return self._written(connection, changed, Act(by, "project.moved", project, facts))

    def _there_already(self, project: Project, place: Place, moving: Invited) -> list[Output]:
        """The order repeated; anything else is no move."""
        keys = {full(moving.instance, each) for each in moving.classes}
        picked = {full(moving.instance, each.id) for each in moving.members}
        if place.former and keys <= {*place.groups} and picked <= {p.source for p in place.picks}:
            return self._again(project)
        what = "this establishment takes part from that ENT already"
        fix = "name the new ENT; to add classes or members, use join"
        where, known = At(field="instance"), (place.instance,)
        raise SetAside("MOVE_SAME", what, where=where, known=known, fix=fix)

    def _moved(
        self, connection: sa.Connection, project: Project, place: Place, moving: Invited
    ) -> Place:
        stay = _elsewhere(place, place.groups)
        picks = {each.source: each for each in _carried(connection, place, moving.instance)}
        levels = _levels(connection, place)
        asked = self._invite(
            connection, moving, project.purpose, levels=levels, nobody=bool(stay or picks)
        )
        before, after = (self._degree_of(each) for each in (place.instance, moving.instance))
        if before and after and before != after:
            what, where = "the new ENT is for schools of the other degree", At(field="instance")
            fix = "name an ENT of the establishment's own degree"
            raise SetAside("MOVE_DEGREE", what, where=where, known=(before,), fix=fix)
        picks |= {each.source: each for each in asked.picks}
        left = (each for each in place.former if each.instance != moving.instance)
        return place._replace(
            instance=moving.instance,
            groups=(*stay, *asked.groups),
            picks=tuple(picks.values()),
            former=(*left, Former(place.instance, self._clock.now_ms())),
        )

    def _hand_over(
        self, connection: sa.Connection, project: Project, place: Place, fresh: Place
    ) -> None:
        """The mandates of its authorisation, for the new ENT; the last day is the one they had."""
        now = self._clock.now_ms()
        held = [
            each
            for each in mandates.of_project(connection, project.id)
            if each.instance == place.instance and each.of(place.uai) and each.revoked_at is None
        ]
        mandates.revoke(connection, {each.id for each in held}, now)
        if place.decision == AUTHORISED and held:
            given = granted(project, fresh, self._needs(fresh.instance), now)
            mandates.grant(connection, _as_before(given, held))

    def _branches(
        self, connection: sa.Connection, project: Project, place: Place, fresh: Place
    ) -> Iterator[Project]:
        """Its sub-groups in which this establishment is, in the new ENT."""
        named = taking_part.branches(connection, [project.id])
        for branch in projects.several(connection, named):
            own = next((each for each in branch.places if each.uai == place.uai), None)
            if own is not None:
                same = _same_classes(connection, own, place, fresh)
                there = own._replace(
                    instance=fresh.instance,
                    groups=(*_elsewhere(place, own.groups), *same),
                    picks=tuple(_carried(connection, own, fresh.instance)),
                    former=fresh.former,
                )
                places = tuple(there if each == own else each for each in branch.places)
                yield next_of(branch)._replace(places=places)


def _as_before(given: Iterable[Mandate], held: Iterable[Mandate]) -> list[Mandate]:
    """A move is no new authorisation: each begins and ends when the one before did.

    A direction that somebody took back meanwhile stays taken back.
    """
    last = {each.direction: each for each in sorted(held, key=lambda each: each.until)}
    return [
        each._replace(
            granted_by=before.granted_by,
            legal_basis=before.legal_basis,
            starts=before.starts,
            until=before.until,
        )
        for each in given
        if (before := last.get(each.direction)) is not None
    ]


def _elsewhere(place: Place, groups: Iterable[str]) -> list[str]:
    """Classes that are not the ENT's own, the State's: they stay."""
    return [each for each in groups if each.partition("/")[0] != place.instance]


def _levels(connection: sa.Connection, place: Place) -> set[str]:
    """Those that it has already, by a convention perhaps."""
    known = said.states(connection, "group", place.groups).values()
    return {level for state in known for level in state.fields["levels"]}


def _carried(connection: sa.Connection, place: Place, instance: str) -> list[Pick]:
    """The same people by their accounts in the new ENT; who has none yet stays as picked."""
    entries = persons.entries(connection, [pick.source for pick in place.picks])
    people = {entry.person for entry in entries.values()}
    accounts: dict[str, list[str]] = {}
    for source, entry in sorted(persons.living(connection, people).items()):
        if source.partition("/")[0] == instance:
            accounts.setdefault(entry.person, []).append(source)
    found: list[Pick] = []
    for pick in place.picks:
        person = entries[pick.source].person if pick.source in entries else ""
        found += [pick._replace(source=each) for each in accounts.get(person, [pick.source])]
    return list(dict.fromkeys(found))


def _same_classes(
    connection: sa.Connection, own: Place, place: Place, fresh: Place
) -> tuple[str, ...]:
    """A sub-group's classes in the new ENT: all of them, or those of the same names."""
    mine = [each for each in own.groups if each.partition("/")[0] == place.instance]
    whole = {each for each in place.groups if each.partition("/")[0] == place.instance}
    there = [each for each in fresh.groups if each.partition("/")[0] == fresh.instance]
    if not mine or whole <= {*mine}:
        return tuple(there if mine else ())
    names = {
        key: str(state.fields["name"] or "").casefold()
        for key, state in said.states(connection, "group", [*mine, *there]).items()
    }
    named = {names.get(each, ""): each for each in there}
    if any(not names.get(each) or names[each] not in named for each in mine):
        what = "a sub-group has only some of its classes, and the new ENT names them otherwise"
        fix = "give the classes the same names in the new ENT, then move it"
        raise SetAside("MOVE_BRANCH", what, where=At(field="classes"), fix=fix)
    return tuple(named[names[each]] for each in mine)
