"""What can go wrong, named by what to do about it: fix the folder, set aside, try again, stop.

Every error says in words what happened, where (connector, file, field), the known values and the
fix. None ever carries a payload or a personal value: only the *shape* of what was found.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where an error was met; every part is optional and none is personal."""

    connector: str | None = None
    file: str | None = None
    field: str | None = None

    def __str__(self) -> str:
        return ", ".join(part for part in (self.connector, self.file, self.field) if part)


@dataclass(frozen=True, slots=True)
class Complaint:
    """The five things an error says; CLI, page, log and docs share `code`."""

    code: str
    what: str
    where: Place = field(default_factory=Place)
    known: tuple[str, ...] = ()
    fix: str = ""

    def __str__(self) -> str:
        place = str(self.where)
        parts = [f"{place}: {self.what}" if place else self.what]
        if self.known:
            parts.append(f"known: {', '.join(self.known)}")
        if self.fix:
            parts.append(f"fix: {self.fix}")
        return f"[{self.code}] " + "; ".join(parts)


class PreauError(Exception):
    """The root of every error that Préau raises on purpose; survives pickling."""

    def __init__(
        self,
        code: str,
        what: str,
        *,
        where: Place | None = None,
        known: tuple[str, ...] = (),
        fix: str = "",
    ) -> None:
        self.complaint = Complaint(code, what, where or Place(), known, fix)
        super().__init__(str(self.complaint))

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.complaint))

    @property
    def code(self) -> str:
        """The stable code, in capitals, found in the docs under the same name."""
        return self.complaint.code

    def at(self, where: Place) -> PreauError:
        """The same error, told with a more exact place."""
        return _rebuild(type(self), replace(self.complaint, where=where))


def _rebuild(kind: type[PreauError], complaint: Complaint) -> PreauError:
    return kind(
        complaint.code,
        complaint.what,
        where=complaint.where,
        known=complaint.known,
        fix=complaint.fix,
    )


class FixTheFolder(PreauError):
    """The connector's author must change a file of the folder; nothing ran."""


class SetAside(PreauError):
    """This one event is parked, explained and redrivable; the others go on."""


class TryAgain(PreauError):
    """A passing fault: the same call may succeed later; nothing was committed."""


class Stop(PreauError):
    """An operator must act before the hub may run; nothing was lost."""


def frames(error: BaseException) -> list[str]:
    """File and line of the last calls before an error: enough to find a defect, without a value."""
    found, at = [], error.__traceback__
    while at is not None:
        found.append(f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}")
        at = at.tb_next
    return found[-8:]
