"""Why one record was set aside: the code, where, the shape of what was found, the fix."""

from __future__ import annotations

from typing import NamedTuple

from preau.errors import SetAside
from preau.mapping.said import Said


class Refusal(NamedTuple):
    """One record set aside. It never holds a value of the payload, only its shape.

    `field` is a path in the vendor's event; `topic`, `partition`, `offset` and `path` lead back to
    the bytes; `event` is empty when the event's name is not one that could be shown.
    """

    code: str
    connector: str
    event: str
    field: str
    found: str
    known: tuple[str, ...]
    fix: str
    instance: str
    topic: str
    partition: int
    offset: int
    path: str


class Unfit(Exception):
    """A value that cannot become what the rule asks for; told by shape, never by value."""

    def __init__(
        self, code: str, found: str, *, known: tuple[str, ...] = (), fix: str = "", field: str = ""
    ) -> None:
        super().__init__(code)
        self.code, self.found, self.known, self.fix = code, found, known, fix
        self.field = field

    def at(self, field: str) -> Unfit:
        """The same, told with the vendor's field unless one is already said."""
        return Unfit(
            self.code, self.found, known=self.known, fix=self.fix, field=self.field or field
        )


def shape(value: object) -> str:
    """What a value looks like without saying it: `text of 7 characters`, `list of 3`."""
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    if isinstance(value, list | tuple):
        return f"list of {len(value)}"
    if isinstance(value, dict):
        return f"object of {len(value)} fields"
    return _SHAPES.get(type(value), "bytes")


_SHAPES: dict[type, str] = {
    type(None): "nothing",
    bool: "true or false",
    int: "whole number",
    float: "number with a fraction",
}


def refusal(unfit: Unfit, said: Said, connector: str, event: str) -> Refusal:
    """The refusal of one record of one event."""
    return Refusal(
        unfit.code,
        connector,
        event,
        unfit.field,
        unfit.found,
        unfit.known,
        unfit.fix,
        said.instance,
        said.topic,
        said.partition,
        said.offset,
        said.path,
    )


def refused(said: Said, connector: str, problem: SetAside) -> Refusal:
    """The refusal of a piece that its reader could not read."""
    told = problem.complaint
    unfit = Unfit(
        told.code, told.what, known=told.known, fix=told.fix, field=told.where.field or ""
    )
    return refusal(unfit, said, connector, said.event or "")
