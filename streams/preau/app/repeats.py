"""Whether an order says what holds already: sent again after a lost answer, it is no second act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec
import sqlalchemy as sa

from preau.app.decisions import Renewal
from preau.store import mandates, projects, repeat_keys, taking_part
from preau.store.mandates import Mandate
from preau.store.projects import CLOSED, Place, Project
from preau.store.repeat_keys import Made
from preau.web.idempotency import other_order
from preau.web.project_needs import Decision, NewProject


def decided(place: Place, decision: Decision, renewal: Renewal) -> bool:
    """Whether this place has decided so; of an authorisation, its mandates are to be seen too."""
    if renewal.due:
        return decision.decision == "TRANSMITTED" and renewal.transmitted
    return (place.decision, place.by) == (decision.decision, decision.by)


def given(connection: sa.Connection, place: Place, project: Project, due: list[Mandate]) -> bool:
    """Whether the mandates that this place's authorisation gives are those that it has."""
    held = [
        each
        for each in mandates.of_project(connection, project.id)
        if each.of(place.uai) and each.revoked_at is None
    ]
    return _terms(held) == _terms(due)


def created(connection: sa.Connection, by: str, key: str, new: NewProject) -> str:
    """The project that this caller's key has made; empty for a new key, or without one.

    Raises `SetAside` (IDEMPOTENCY_OTHER) when it made another one.
    """
    made = repeat_keys.find(connection, by, key) if key else None
    if made is not None and made.order != _order(new):
        raise other_order()
    return "" if made is None else made.object


def note_created(
    connection: sa.Connection, by: str, key: str, new: NewProject, made: tuple[str, int]
) -> None:
    """This caller's key has made this project, then (its id, ms since 1970)."""
    if key:
        repeat_keys.put(connection, by, key, Made(_order(new), *made))


def _order(new: NewProject) -> str:
    """The digest of what was ordered, however its JSON was written."""
    return sha256(msgspec.json.encode(new)).hexdigest()


def branch(connection: sa.Connection, made: Project) -> str:
    """The id of an open sub-group of that parent, with that title and those people, if any."""
    named = taking_part.branches(connection, [made.parent])
    for each in sorted(projects.several(connection, named)):
        same = (each.title, _who(each.places)) == (made.title, _who(made.places))
        if same and each.state != CLOSED:
            return each.id
    return ""


def standing(connection: sa.Connection, made: Mandate, *, from_today: bool) -> str:
    """The id of a mandate given before that says the same, if any; `from_today`: from no day."""
    for each in mandates.every(connection):
        day = each.starts if from_today and each.starts <= made.starts else made.starts
        if each.revoked_at is None and _terms([each]) == _terms([made._replace(starts=day)]):
            return each.id
    return ""


def _terms(rows: Iterable[Mandate]) -> list[Mandate]:
    """What they say, without which they are and since when."""
    return sorted(each._replace(id="", granted_at=0) for each in rows)


def _who(places: Sequence[Place]) -> list[tuple[object, ...]]:
    return sorted((p.uai, p.instance, sorted(p.groups), sorted(p.picks)) for p in places)
