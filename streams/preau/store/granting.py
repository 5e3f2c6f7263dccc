"""The two mandates that an authorised decision gives for one project: to receive, to publish."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from preau.canon.purposes import PERSON, Purpose, named, purposes, record_of
from preau.ids import event_id
from preau.store.mandates import PUBLISH, RECEIVE, Mandate
from preau.store.projects import Place, Project

Needs = Mapping[str, Collection[str]]
"""Operation → the fields that a product's card says it truly needs."""
LEGAL_BASIS = "RGPD art. 6 (1) e; code de l'éducation, L401-4"


def granted(project: Project, place: Place, needs: Needs, now_ms: int) -> list[Mandate]:
    """What this place's authorisation gives: the fields that the purpose and the card both list.

    The ids follow from the project's version: a repeat gives nothing twice. A purpose that is not
    in the list gives nothing.
    """
    purpose = purposes().get(project.purpose)
    if purpose is None:
        return []
    taken = frozenset().union(*(named(operation, listed) for operation, listed in needs.items()))
    says = tuple(sorted(purpose.publishes))
    given = {
        RECEIVE: (received(purpose, taken), tuple(sorted(purpose.fields & taken))),
        PUBLISH: (says, tuple(f"{record}.*" for record in says)),
    }
    basis = f"convention {project.convention}" if project.convention else LEGAL_BASIS
    told = f"mandate:{project.id}:{place.uai}"
    return [
        Mandate(
            event_id("hub", told, f"{direction}:{project.version}"),
            *(place.uai, place.instance, direction, *listed, project.purpose, project.id),
            legal_basis=basis,
            granted_by=place.by,
            starts=project.starts,
            until=project.ends,
            granted_at=now_ms,
        )
        for direction, listed in given.items()
    ]


def directory_grants(
    project: Project, place: Place, instance: str, needs: Needs, now_ms: int
) -> list[Mandate]:
    """What an authorisation gives a directory service beside the ENT: to receive, no more.

    It receives only the records that its card needs: it has no use for documents.
    """
    seat = place._replace(instance=instance)
    taken = {record_of(operation) for operation in needs}
    return [
        each._replace(
            id=event_id("hub", f"mandate:{project.id}:{place.uai}:{instance}", each.id),
            records=tuple(record for record in each.records if record in taken),
        )
        for each in granted(project, seat, needs, now_ms)
        if each.direction == RECEIVE
    ]


def received(purpose: Purpose, taken: Collection[str]) -> tuple[str, ...]:
    """The records of a mandate to receive: people's names only where the product takes some."""
    people = any(each.startswith(f"{PERSON}.") for each in taken)
    return tuple(sorted(each for each in purpose.records if people or each != PERSON))
