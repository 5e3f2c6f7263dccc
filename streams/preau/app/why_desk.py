"""Where it is asked why: of a person, a group, a document; API and command line both call it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from preau.app.person_view import PersonWhy, person_why, plain
from preau.app.school_view import school_advice
from preau.app.why_project import WhyProject
from preau.clock import Clock


class WhyDesk:
    """Reads; plain values, personal ones masked. Every call raises `SetAside` for an unknown id."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._projects = WhyProject(engine)

    def explained(self, wanted: str) -> PersonWhy:
        """Who a person is, by its id, one that it had before, or a source (PERSON_UNKNOWN)."""
        with self._engine.connect() as connection:
            return person_why(connection, wanted)

    def person(self, wanted: str) -> dict[str, Any]:
        """The same as plain values."""
        told: dict[str, Any] = plain(self.explained(wanted))
        return told

    def school(self, uai: str) -> list[dict[str, Any]]:
        """What ENTs say of a school otherwise than the State's files, which are believed."""
        with self._engine.connect() as connection:
            return [plain(each) for each in school_advice(connection, uai)]

    def group(self, wanted: str) -> dict[str, Any]:
        """A project's group today: decisions, mandates, what ENTs answered (GROUP_UNKNOWN)."""
        return self._projects.group(wanted, self._clock.now_ms())

    def share(self, wanted: str) -> dict[str, Any]:
        """A document today: for each ENT what was sent, and if not, why not (SHARE_UNKNOWN)."""
        return self._projects.share(wanted, self._clock.now_ms())
