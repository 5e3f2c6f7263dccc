"""Which rows of the outbox a cut holds, as conditions of SQL on a row `d` of `delivery`.

For an ENT that is cut nothing goes there and no document is fetched there; for a record type,
nothing about such things; for a UAI, nothing of a project between the hub and the ENT through which
that establishment takes part. Where an ENT stands for two establishments in one project, nobody can
tell them apart: both wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from preau.store.switches import INSTANCE, RECORD, Cut

OPERATIONS = {
    "group": "GROUP",
    "membership": "MEMBER",
    "roster": "MEMBER",
    "person": "MEMBER",
    "resource": "SHARE",
    "share": "SHARE",
    "homework": "HOMEWORK",
    "notice": "NOTICE",
    "calendar_event": "CALENDAR_EVENT",
}
"""Record → what the operations that carry it begin with."""


class Barred(NamedTuple):
    """Conditions to add to a query, and their values."""

    where: str
    values: dict[str, str]


_AT_UAI = (
    "exists (select 1 from project_place z where z.project = d.project and z.uai = :cut{n}"
    " and (z.instance = d.destination"
    " or d.body like '%\"source_instance\":\"' || z.instance || '\"%'))"
)
_AT_INSTANCE = (
    "(d.destination = :cut{n} or d.body like '%\"source_instance\":\"' || :cut{n} || '\"%')"
)
_OF_RECORD = "d.operation like :cut{n}"
_EXCEPT_WITHDRAWALS = " and d.operation not like '%!_REMOVE' escape '!'"


def barred(cuts: Iterable[Cut]) -> Barred:
    """What excludes the rows that these cuts hold; nothing when nothing is cut."""
    where, values = "", {}
    for number, each in enumerate(cuts):
        condition = _AT_INSTANCE if each.kind == INSTANCE else _AT_UAI
        value = each.target
        if each.kind == RECORD:
            condition, value = _OF_RECORD, f"{OPERATIONS.get(each.target, 'NOTHING')}_%"
        spared = _EXCEPT_WITHDRAWALS if each.withdrawals else ""
        where += f" and not ({condition.format(n=number)}{spared})"
        values[f"cut{number}"] = value
    return Barred(where, values)
