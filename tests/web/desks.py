"""The desks of projects, mandates, sectors and of why, as the web tests have them."""

from __future__ import annotations

from collections.abc import Collection

from preau.broker.records import Output
from preau.errors import SetAside
from preau.store.mandates import Mandate, standing
from preau.store.sectors import Sector
from preau.web.project_needs import (
    Decision,
    Invited,
    Leaving,
    NewGroup,
    NewMandate,
    NewProject,
    Released,
    SectorsTaken,
)
from preau.web.reading import ProjectPage, ProjectRow
from tests.web.shown import PROJECT, a_page


class Projects:
    """One project, and the orders that were given."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.page_shown: ProjectPage | None = a_page()
        self.created: list[NewProject] = []
        self.actors: list[str] = []
        self.keys: list[str] = []
        self.orders: list[tuple[object, ...]] = []

    def create(self, new: NewProject, by: str, key: str) -> tuple[str, list[Output]]:
        self.actors.append(by)
        self.keys.append(key)
        self.created.append(new)
        return PROJECT, [Output(self.topic, PROJECT.encode(), b"created", [])]

    def close(self, project: str, by: str) -> list[Output]:
        return self._ordered("close", project, by)

    def renew(self, project: str, until: str, by: str) -> list[Output]:
        return self._ordered("renew", project, until, by)

    def leave(self, project: str, leaving: Leaving, by: str) -> list[Output]:
        return self._ordered("leave", project, leaving, by)

    def join(self, project: str, invited: Invited, by: str) -> list[Output]:
        return self._ordered("join", project, invited, by)

    def move(self, project: str, moving: Invited, by: str) -> list[Output]:
        return self._ordered("move", project, moving, by)

    def release(self, project: str, released: Released, by: str) -> list[Output]:
        return self._ordered("release", project, released, by)

    def branch(self, project: str, new: NewGroup, by: str) -> tuple[str, list[Output]]:
        return "branch", self._ordered("branch", project, new, by)

    def _ordered(self, *order: object) -> list[Output]:
        self.orders.append(order)
        return []

    def decide(self, project: str, decision: Decision, by: str) -> list[Output]:
        self.actors.append(by)
        if project != PROJECT:
            raise SetAside("PROJECT_UNKNOWN", "no such project", fix="see the list")
        return [Output(self.topic, PROJECT.encode(), decision.decision.encode(), [])]

    def page(self, project: str) -> ProjectPage | None:
        return self.page_shown if project == PROJECT else None

    def rows(self) -> list[ProjectRow]:
        return [ProjectRow(PROJECT, "Défi lecture", "OPEN", 4, "2027-07-02")]


class Mandates:
    """One mandate, and the orders that were given."""

    def __init__(self) -> None:
        self.orders: list[tuple[object, ...]] = []

    def given(self, instance: str) -> list[Mandate]:
        return [standing(instance or "ent-ecole", 0)]

    def grant(self, new: NewMandate, by: str) -> str:
        self.orders.append(("grant", new, by))
        return "mandate-1"

    def revoke(self, id_: str, by: str) -> Mandate:
        if id_ != "mandate-1":
            raise SetAside("MANDATE_UNKNOWN", "no mandate has this id", fix="see the list")
        self.orders.append(("revoke", id_, by))
        return standing("ent-ecole", 0)._replace(revoked_at=7)


class Sectors:
    """One sector, and the orders that were given."""

    def __init__(self) -> None:
        self.orders: list[tuple[object, ...]] = []

    def declared(self) -> list[Sector]:
        return [Sector("0119001Z", "0119010J")]

    def declare(self, college: str, ecoles: Collection[str], by: str) -> None:
        self.orders.append((college, tuple(ecoles), by))

    def take(self, content: bytes, *, complete: bool, by: str) -> SectorsTaken:
        self.orders.append((content, complete, by))
        return SectorsTaken(1, 1, 0)


class Why:
    """Explains what has a slash in its id, and nothing else."""

    def person(self, wanted: str) -> dict[str, object]:
        return self._told("person", wanted)

    def school(self, uai: str) -> list[dict[str, object]]:
        return [{"source": uai}]

    def group(self, wanted: str) -> dict[str, object]:
        return self._told("group", wanted)

    def share(self, wanted: str) -> dict[str, object]:
        return self._told("share", wanted)

    def _told(self, kind: str, wanted: str) -> dict[str, object]:
        if "/" not in wanted:
            raise SetAside(f"{kind.upper()}_UNKNOWN", "nothing has this id", fix="see the list")
        return {kind: wanted}
