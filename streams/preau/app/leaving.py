"""Until which day an establishment that leaves a project may still be in it."""

from __future__ import annotations

from preau.errors import Place as At
from preau.errors import SetAside
from preau.store.projects import Project


def check_last_day(project: Project, until: str, today: str) -> None:
    """Raises `SetAside` (LEAVING_DAY) unless the day is one of the project's that is not over."""
    first = max(project.starts, today)
    if not first <= until <= project.ends:
        where, known = At(field="until"), (f"{first} to {project.ends}",)
        fix = "give today or a later day of the project; to end it at once, decide WITHDRAWN"
        what = "an establishment leaves on a day of the project that is not over"
        raise SetAside("LEAVING_DAY", what, where=where, known=known, fix=fix)
