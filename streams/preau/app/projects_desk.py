"""Where projects are created and decided: every command that API and command line give.

A command writes the store, with its mandates, its entry in the audit chain and a turn for the step
`projects`, in one transaction; what it gives back is the record to publish.
"""

from __future__ import annotations

import sqlalchemy as sa

from preau.app import repeats
from preau.app.decisions import Renewal, check_right, state_of
from preau.app.eligibility import DegreeOf, check_purpose, check_unit
from preau.app.invitations import Silent, check_within, joined, never, once
from preau.app.leaving import check_last_day
from preau.app.project_acts import next_of, place_of
from preau.app.project_moves import ProjectMoves
from preau.app.project_record import told_as
from preau.app.project_releases import ProjectReleases
from preau.app.project_view import ProjectView, RecipientOf
from preau.broker.records import Output
from preau.clock import Clock, paris_day
from preau.errors import Place as At
from preau.errors import SetAside
from preau.ids import owned_id
from preau.store import mandates, projects, taking_part
from preau.store.audit import OPERATOR, Act
from preau.store.audit_chain import Fact
from preau.store.granting import directory_grants, granted
from preau.store.mandates import RECEIVE, Mandate
from preau.store.projects import AUTHORISED, CLOSED, DRAFT, Place, Project
from preau.web.forms import check_days
from preau.web.project_needs import Decision, Invited, Leaving, NewGroup, NewProject

TRANSMITTED = "TRANSMITTED"


class ProjectsDesk(ProjectMoves, ProjectReleases):
    """Commands on projects: written to the store, and given back as records to publish.

    A command repeated after a lost answer is no second act: what holds already is told again, under
    the same version. Every command raises `SetAside` with the reason when it may not be.
    """

    def __init__(
        self,
        engine: sa.Engine,
        degree_of: DegreeOf,
        clock: Clock,
        recipient: RecipientOf = lambda _instance: None,
        silent: Silent = never,
    ) -> None:
        super().__init__(engine, degree_of, clock, recipient, silent)
        view = ProjectView(engine, recipient, clock)
        #: What is shown of projects; reads only.
        self.page, self.rows = view.page, view.rows

    def create(
        self, new: NewProject, by: str = OPERATOR, key: str = ""
    ) -> tuple[str, list[Output]]:
        """A new project in DRAFT, every establishment PROPOSED; by a `key` once.

        A key that made another project raises `SetAside` (IDEMPOTENCY_OTHER).
        """
        with self._engine.begin() as connection:
            same = repeats.created(connection, by, key, new)
            if same:
                found = projects.get(connection, same)
                return same, [] if found is None else self._again(found)
            made, records = self._create(connection, new, by)
            repeats.note_created(connection, by, key, new, (made, self._clock.now_ms()))
            return made, records

    def _create(
        self, connection: sa.Connection, new: NewProject, by: str
    ) -> tuple[str, list[Output]]:
        terms = new.convention
        reference = "" if terms is None else terms.reference
        check_purpose(new.purpose, reference)
        levels = () if terms is None else terms.levels
        places = [
            self._invite(connection, each, new.purpose, levels=levels) for each in new.participants
        ]
        once(place.uai for place in places)
        check_unit(connection, places, self._degree_of, reference)
        made = self._made(new.title, new.purpose, (new.starts, new.ends), places)
        made = made._replace(description=new.description)
        if terms is not None:
            made = made._replace(convention=reference, convention_by=terms.signed_by)
            made = made._replace(convention_on=terms.signed_on)
        facts: dict[str, Fact] = {"purpose": new.purpose, "establishments": len(places)}
        facts |= {"levels": ",".join(levels)} if levels else {}
        return made.id, self._written(connection, made, Act(by, "project.created", "", facts))

    def decide(self, project: str, decision: Decision, by: str = OPERATOR) -> list[Output]:
        """What one establishment decides: an authorisation gives its mandates, the rest revokes."""
        with self._engine.begin() as connection:
            found = self._open(connection, project)
            place = place_of(found, decision.uai)
            renewal = self._renewal(connection, found, place)
            degree = self._degree_of(place.instance) or ""
            check_right(place, decision, degree, renewal)
            if repeats.decided(place, decision, renewal) and (
                decision.decision != AUTHORISED
                or repeats.given(connection, place, found, self._granted(found, place))
            ):
                return self._again(found)
            facts = {"uai": decision.uai, "decision": decision.decision, "role": decision.by}
            act = Act(by, "project.decided", project, facts)
            if renewal.due and decision.decision == TRANSMITTED:
                taking_part.put_transmitted(connection, project, place.uai, found.ends)
                return self._written(connection, next_of(found), act)
            changed, fresh = self._decided(found, place, decision)
            self._give(connection, changed, fresh)
            return self._written(connection, changed, act)

    def close(self, project: str, by: str = OPERATOR) -> list[Output]:
        """Ends a project for good: its mandates are revoked, everything is withdrawn."""
        with self._engine.begin() as connection:
            found = self._found(connection, project)
            if found.state == CLOSED:
                return self._again(found)
            given = {each.id for each in mandates.of_project(connection, project)}
            count = mandates.revoke(connection, given, self._clock.now_ms())
            changed = next_of(found)._replace(state=CLOSED)
            act = Act(by, "project.closed", project, {"mandates": count})
            return self._written(connection, changed, act)

    def renew(self, project: str, until: str, by: str = OPERATOR) -> list[Output]:
        """A later last day; each establishment keeps its old one until it decides again."""
        check_days(until=until)
        with self._engine.begin() as connection:
            found = self._open(connection, project)
            if until == found.ends:
                return self._again(found)
            if until < found.ends:
                where, fix = At(field="until"), "give a later day; to end it sooner, close it"
                what = "a project is renewed until a later day"
                raise SetAside("RENEWAL_DAY", what, where=where, known=(found.ends,), fix=fix)
            act = Act(by, "project.renewed", project, {"until": until})
            return self._written(connection, next_of(found)._replace(ends=until), act)

    def leave(self, project: str, leaving: Leaving, by: str = OPERATOR) -> list[Output]:
        """The last day of one establishment, which leaves before the project ends."""
        check_days(until=leaving.until)
        with self._engine.begin() as connection:
            found = self._open(connection, project)
            place = place_of(found, leaving.uai)
            if place.until == leaving.until:
                return self._again(found)
            check_last_day(found, leaving.until, paris_day(self._clock.now_ms()))
            gone = place._replace(until=leaving.until)
            places = tuple(gone if each == place else each for each in found.places)
            act = Act(by, "project.leaving", project, leaving._asdict())
            return self._written(connection, next_of(found)._replace(places=places), act)

    def branch(self, project: str, new: NewGroup, by: str = OPERATOR) -> tuple[str, list[Output]]:
        """A sub-group: a group of its own, of classes and members that the project has."""
        with self._engine.begin() as connection:
            found = self._open(connection, project)
            places = [self._invite(connection, e, found.purpose) for e in new.participants]
            once(place.uai for place in places)
            for place in places:
                check_within(connection, found, place)
            made = self._made(new.title, found.purpose, (found.starts, found.ends), places)
            made = made._replace(parent=project)
            if same := repeats.branch(connection, made):
                return same, []
            act = Act(by, "project.branched", project, {"group": made.id})
            self._written(connection, made, act)
            return made.id, []

    def join(self, project: str, invited: Invited, by: str = OPERATOR) -> list[Output]:
        """One more establishment, PROPOSED; or more classes and members of one that is there."""
        with self._engine.begin() as connection:
            found = self._open(connection, project)
            places = {each.uai: each for each in found.places}
            held = places.get(invited.uai)
            more = held is not None and bool(invited.directories)
            place = self._invite(connection, invited, found.purpose, nobody=more)
            if held is not None:
                place = joined(held, place)
            if place == held:
                return self._again(found)
            places[place.uai] = place
            check_unit(connection, [*places.values()], self._degree_of, found.convention)
            changed = next_of(found)._replace(places=tuple(places.values()))
            act = Act(by, "project.joined", project, {"uai": place.uai, "new": held is None})
            return self._written(connection, changed, act)

    def _made(
        self, title: str, purpose: str, days: tuple[str, str], places: list[Place]
    ) -> Project:
        project, group = owned_id(self._clock), owned_id(self._clock)
        return Project(
            *(project, group, title, purpose, *days, DRAFT),
            version=1,
            event_id=told_as(project, 1),
            created_at=self._clock.now_ms(),
            places=tuple(places),
        )

    def _renewal(self, connection: sa.Connection, project: Project, place: Place) -> Renewal:
        given = [
            each
            for each in mandates.of_project(connection, project.id)
            if each.revoked_at is None and each.of(place.uai) and each.direction == RECEIVE
        ]
        due = place.decision == AUTHORISED and all(each.until < project.ends for each in given)
        told = taking_part.transmitted(connection, project.id, place.uai) == project.ends
        return Renewal(due=due, transmitted=told)

    def _decided(self, project: Project, place: Place, decision: Decision) -> tuple[Project, Place]:
        now = self._clock.now_ms()
        fresh = place._replace(decision=decision.decision, by=decision.by, at=now)
        places = tuple(fresh if p.uai == place.uai else p for p in project.places)
        return next_of(project)._replace(places=places, state=state_of(places)), fresh

    def _give(self, connection: sa.Connection, project: Project, place: Place) -> None:
        """The mandates of a decision, in the place of those that an earlier one gave."""
        now = self._clock.now_ms()
        given = mandates.of_project(connection, project.id)
        mandates.revoke(connection, {each.id for each in given if each.of(place.uai)}, now)
        if place.decision == AUTHORISED:
            mandates.grant(connection, self._granted(project, place))

    def _granted(self, project: Project, place: Place) -> list[Mandate]:
        now = self._clock.now_ms()
        given = granted(project, place, self._needs(place.instance), now)
        for each in place.directories:
            given += directory_grants(project, place, each, self._needs(each), now)
        return given
