"""Where projects are created and decided: the rules of who may decide what, and the records.

Legal frame: the conseil école-collège (Code de l'éducation, L401-4 and D421-133 to 137): one public
collège and the public écoles of its sector. A principal authorises for a collège; the director of
an école has no such power and transmits to the DASEN, who authorises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from preau.app.project_view import ProjectView, RecipientOf
from preau.broker.records import Output
from preau.broker.topics import CANON
from preau.canon.cloudevents import header_list
from preau.canon.codec import encode
from preau.clock import Clock
from preau.errors import Place as At
from preau.errors import SetAside
from preau.ids import event_id, owned_id
from preau.mapping.conversions.calendar import school_year
from preau.store import projects, said
from preau.store.projects import AUTHORISED, DRAFT, OPEN, Place, Project
from preau.web.needs import Decision, Invited, NewProject

FIRST, SECOND = "FIRST", "SECOND"
RULES: dict[tuple[str, str], tuple[str, ...]] = {
    (SECOND, "PRINCIPAL"): ("AUTHORISED", "REFUSED", "WITHDRAWN"),
    (FIRST, "DIRECTOR"): ("TRANSMITTED", "REFUSED", "WITHDRAWN"),
    (FIRST, "DASEN"): ("AUTHORISED", "REFUSED", "WITHDRAWN"),
}
"""(degree of the establishment, role) → what this role may decide for it."""
_EPOCH = dt.date(1970, 1, 1)
DegreeOf = Callable[[str], str | None]
"""The degree of an instance's schools: FIRST, SECOND, empty (both), or None when unknown."""


class ProjectsDesk:
    """Commands on projects: written to the store, and given back as records to publish.

    A decision repeated after a lost answer gives the same state again: its record has a higher
    version and says the same.
    """

    def __init__(
        self,
        engine: sa.Engine,
        degree_of: DegreeOf,
        clock: Clock,
        recipient: RecipientOf = lambda _instance: None,
    ) -> None:
        self._engine = engine
        self._degree_of = degree_of
        self._clock = clock
        view = ProjectView(engine, recipient)
        #: What is shown of projects; reads only.
        self.page, self.rows = view.page, view.rows

    def create(self, new: NewProject) -> tuple[str, list[Output]]:
        """A new project in DRAFT, every establishment PROPOSED; raises `SetAside`."""
        project, group = owned_id(self._clock), owned_id(self._clock)
        with self._engine.begin() as connection:
            places = [self._place(connection, invited) for invited in new.participants]
            _once(place.uai for place in places)
            made = Project(
                *(project, group, new.title, new.purpose, new.starts, new.ends, DRAFT),
                version=1,
                event_id=_event_id(project, 1),
                created_at=self._clock.now_ms(),
                places=tuple(places),
            )
            projects.put(connection, made)
        return project, [self._record(made)]

    def decide(self, project: str, decision: Decision) -> list[Output]:
        """What one establishment decides; raises `SetAside` when this role may not."""
        with self._engine.begin() as connection:
            found = projects.get(connection, project)
            if found is None:
                fix = "see the list of projects"
                raise SetAside("PROJECT_UNKNOWN", "no such project", where=At(field="id"), fix=fix)
            changed = self._decided(found, decision)
            projects.put(connection, changed)
        return [self._record(changed)]

    def _place(self, connection: sa.Connection, invited: Invited) -> Place:
        if self._degree_of(invited.instance) is None:
            fix = "declare the instance first: preau instance add"
            where = At(field="participants.instance")
            raise SetAside("INSTANCE_UNKNOWN", "no such instance", where=where, fix=fix)
        keys = [c if "/" in c else f"{invited.instance}/{c}" for c in invited.classes]
        known = said.states(connection, "group", keys)
        for key in keys:
            self._check_class(invited.uai, known.get(key))
        return Place(invited.uai, invited.instance, "PROPOSED", "", None, tuple(keys))

    def _check_class(self, uai: str, group: said.SaidState | None) -> None:
        where = At(field="participants.classes")
        if group is None or group.deleted:
            fix = "import the directory first; a class is <instance>/<its id>, or its id alone"
            raise SetAside("CLASS_UNKNOWN", "no such class is known", where=where, fix=fix)
        schools = [place for place in group.fields["establishments"] if "/" not in place]
        if schools and uai not in schools:
            fix = "name classes of this establishment only"
            what = "a class of another establishment"
            raise SetAside("CLASS_ELSEWHERE", what, where=where, known=tuple(schools), fix=fix)

    def _decided(self, project: Project, decision: Decision) -> Project:
        place = next((p for p in project.places if p.uai == decision.uai), None)
        if place is None:
            known = tuple(p.uai for p in project.places)
            where, fix = At(field="uai"), "decide for an establishment of this project"
            what = "this establishment is not in the project"
            raise SetAside("NOT_INVITED", what, where=where, known=known, fix=fix)
        self._check_right(place, decision)
        now = self._clock.now_ms()
        fresh = place._replace(decision=decision.decision, by=decision.by, at=now)
        places = tuple(fresh if p.uai == place.uai else p for p in project.places)
        version = project.version + 1
        return project._replace(
            places=places,
            state=_state(places),
            version=version,
            event_id=_event_id(project.id, version),
        )

    def _check_right(self, place: Place, decision: Decision) -> None:
        degree = self._degree_of(place.instance) or ""
        allowed = {role: rule for (of, role), rule in RULES.items() if degree in ("", of)}
        if decision.by not in allowed:
            fix = "a principal decides for a collège; a director transmits, then the DASEN decides"
            what = "this role decides nothing for this establishment"
            where = At(field="by")
            raise SetAside("ROLE_REFUSED", what, where=where, known=tuple(allowed), fix=fix)
        if decision.decision not in allowed[decision.by]:
            what, fix = "this role may not decide that", "send one of the known decisions"
            where, known = At(field="decision"), allowed[decision.by]
            raise SetAside("DECISION_REFUSED", what, where=where, known=known, fix=fix)
        _check_turn(place, decision)

    def _record(self, project: Project) -> Output:
        now = self._clock.now_ms()
        value = encode("project", _fields(project, now))
        headers = header_list("project", "hub", project.event_id, now)
        return Output(f"{CANON}project", project.id.encode(), value, headers)


def _check_turn(place: Place, decision: Decision) -> None:
    """The DASEN decides on what a director transmitted; it is not transmitted again afterwards."""
    if decision.by == "DASEN" and place.by != "DASEN" and place.decision != "TRANSMITTED":
        fix = "let the director transmit first: decision TRANSMITTED, by DIRECTOR"
        what = "the director has not transmitted the project"
        raise SetAside("NOT_TRANSMITTED", what, where=At(field="by"), fix=fix)
    if decision.decision == "TRANSMITTED" and place.decision == AUTHORISED:
        fix = "nothing is left to do; to stop the exchange send WITHDRAWN"
        what = "the DASEN has authorised this establishment already"
        raise SetAside("ALREADY_AUTHORISED", what, where=At(field="decision"), fix=fix)


def _state(places: Iterable[Place]) -> str:
    """Open while a collège and an école authorise: told by who decided, not by the ENT's degree.

    One ENT may serve both degrees; only a principal speaks for a collège, only a DASEN for écoles.
    """
    deciders = {place.by for place in places if place.decision == AUTHORISED}
    return OPEN if {"PRINCIPAL", "DASEN"} <= deciders else DRAFT


def _event_id(project: str, version: int) -> str:
    return event_id("hub", f"project:{project}", str(version))


def _once(uais: Iterable[str]) -> None:
    seen: set[str] = set()
    for uai in uais:
        if uai in seen:
            where, fix = At(field="participants.uai"), "name each establishment once"
            raise SetAside("UAI_TWICE", "an establishment stands twice", where=where, fix=fix)
        seen.add(uai)


def _fields(project: Project, now: int) -> dict[str, Any]:
    meta = {
        "event_id": project.event_id,
        "instance": "hub",
        "connector": "hub",
        "connector_version": "1",
        "source_id": project.id,
        "version": project.version,
        "deleted": False,
        "authority": "HUB",
        "occurred_at": now,
        "received_at": now,
        "school_year": school_year(now),
        "lineage": {"topic": "", "partition": -1, "offset": -1, "path": ""},
    }
    return {
        "meta": meta,
        "title": project.title,
        "purpose": project.purpose,
        "sector": None,
        "group": project.group,
        "establishments": [{**p._asdict(), "groups": list(p.groups)} for p in project.places],
        "from": _days(project.starts),
        "until": _days(project.ends),
        "state": project.state,
    }


def _days(day: str) -> int:
    return (dt.date.fromisoformat(day) - _EPOCH).days
