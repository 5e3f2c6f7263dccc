"""What projects learn from receipts: under which ids ENTs know what we made there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from preau.agents.happenings import HAPPENINGS
from preau.agents.lost import hear_lost
from preau.agents.repairs import hear_repairs
from preau.agents.touched import Touched
from preau.outlets.outcome import AS_TEXT
from preau.outlets.reasons import PARENT_REFUSED
from preau.store import made_there, orphans, outgoing, waiting
from preau.store.made_there import Alias
from preau.store.outgoing import Answer

_RESOURCE = "resource"
_COPIES = {"SHARE_PUT": _RESOURCE, **{f"{each.upper()}_PUT": each for each in HAPPENINGS}}
"""Operation → what the id is of that its ENT gave."""
_PENDING, _REFUSALS = "PENDING", frozenset({"REFUSED", "EXPIRED"})
Receipts = Sequence[Mapping[str, Any]]


def hear(connection: sa.Connection, touched: Touched, receipts: Receipts, now_ms: int) -> None:
    """Keeps what these receipts tell, and adds to `touched` whatever follows from it."""
    if not receipts:
        return
    final = [
        Answer(
            *(r["destination"], r["entity"], r["version"]),
            refused=r["outcome"] in _REFUSALS,
            applied=r["outcome"] == "APPLIED",
        )
        for r in receipts
        if r["outcome"] != _PENDING
    ]
    outgoing.answer(connection, final, now_ms)
    _renew_orphans(connection, receipts, now_ms)
    _learn_groups(connection, touched, receipts)
    hear_lost(connection, touched, receipts, now_ms)
    hear_repairs(connection, receipts, now_ms)
    for operation, record in _COPIES.items():
        answers = [r for r in receipts if r["operation"] == operation]
        ours = {_key(r) for r in answers if r["native_id"]}
        made_there.put_copies(connection, record, ours)
        if record == _RESOURCE:
            touched.by_resources(connection, ours)
        else:
            touched.by_works(connection, record, ours)
            _learn_pages(connection, touched, answers)
        for project, instance in sorted({(r["project"], r["destination"]) for r in answers}):
            touched.by_waiting(waiting.for_answer(connection, project, instance))


def _learn_pages(connection: sa.Connection, touched: Touched, answers: Receipts) -> None:
    """What was put as a page to read is a document there: its ENT may tell us of it as one."""
    pages = {_key(r) for r in answers if r["native_id"] and r["reason"] == AS_TEXT}
    made_there.put_copies(connection, _RESOURCE, pages)
    touched.by_resources(connection, pages)


def _renew_orphans(connection: sa.Connection, receipts: Receipts, now_ms: int) -> None:
    """What was refused with its parent is wanted again once the parent is applied."""
    told = [r for r in receipts if r["reason"] == PARENT_REFUSED]
    named: dict[str, list[str]] = {}
    for each in told:
        named.setdefault(each["project"], []).append(each["entity"])
    for project, entities in named.items():
        rows = outgoing.of_entities(connection, project, entities)
        places = {(r["destination"], r["entity"], r["version"]) for r in told}
        mine = (row for row in rows if (row.destination, row.entity, row.version) in places)
        orphans.put(connection, mine)
    outgoing.say_again(connection, orphans.take_due(connection), now_ms)


def _learn_groups(connection: sa.Connection, touched: Touched, receipts: Receipts) -> None:
    named = [r for r in receipts if r["native_id"] and r["operation"] == "GROUP_PUT"]
    found = {_key(r): r["project"] for r in named}
    known = made_there.groups(connection, sorted(found))
    fresh = [Alias(key, project) for key, project in found.items() if known.get(key) != project]
    made_there.put(connection, fresh)
    touched.whole |= {each.project for each in fresh}


def _key(receipt: Mapping[str, Any]) -> str:
    return f"{receipt['destination']}/{receipt['native_id']}"
