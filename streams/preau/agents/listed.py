"""What of a body may leave: only listed fields; a body without its own ids is not sent at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from preau.canon.purposes import IDS, record_of

T = TypeVar("T")


def within(
    operation: str, body: Mapping[str, T], listed: Collection[str] | None
) -> Mapping[str, T] | None:
    """The body with no field but those listed; None when nothing may leave.

    A field that is not listed any more is left out, as it would not have been routed today. Where
    one of the ids is not listed, what is left would act on the wrong thing: the row is refused.
    """
    if listed is None:
        return None
    ids = IDS.get(record_of(operation), frozenset())
    if not (ids & body.keys()).issubset(listed):
        return None
    return {name: value for name, value in body.items() if name in listed}
