"""Homework, notices and dates in an ENT that has no place for them: one page each, to read."""

from __future__ import annotations

import json
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from preau.outlets.text_page import text_page
from preau.store.circles import Circle, Circles
from preau.store.outgoing import Row

COLLEGE = "mon-ent"
SAID: dict[str, dict[str, Any]] = {
    "homework": {"due": "2026-10-12"},
    "notice": {"audience": ["PUPIL"], "needs_signature": False},
    "calendar_event": {"start": "2026-10-12T06:30:00Z", "end": None, "all_day": False},
}


def idle(hub: Any) -> bool:
    done: bool = hub.idle()
    return done


@pytest.fixture
def fill(hub: Any) -> Any:
    """One row of what was wanted of this ENT, as the step `projects` keeps it."""
    counted = count(1)

    def add(operation: str, body: dict[str, Any], project: str = "p-1", **flags: bool) -> None:
        number = next(counted)
        row = Row(
            *(COLLEGE, f"e:{number}", project, operation, body, (), "", "", 1, 0),
            number,
        )
        kept = {"sent": True, "answered": True, "refused": False, "again": False} | flags
        said = row._asdict() | kept | {"body": json.dumps(body), "parents": "[]"}
        names = ", ".join(said)
        with hub.opened[0].begin() as connection:
            connection.execute(
                sa.text(f"insert into outgoing ({names}) values (:{names.replace(', ', ', :')})"),
                said,
            )

    return add


def pages(ents: Any) -> list[tuple[str, str]]:
    """Title and SHA-256 of what the hub put there."""
    (held,) = ents["edifice"].call("GET /_sandbox/holds").body
    return [(each["title"], each["sha256"]) for each in held["documents"]]


def page(record: str, title: str) -> tuple[str, str]:
    told = text_page(f"{record.upper()}_PUT", {"title": title, **SAID[record]}, "")
    return title, sha256(told.content).hexdigest()


@pytest.fixture
def said(row: Any) -> Any:
    """One version of it: `said("notice", 2, title="Sortie")`."""

    def make(record: str, version: int, title: str = "Lire", operation: str = "PUT") -> Any:
        body = {record: "x1", "group": "g1", "title": title, **SAID[record]}
        name, entity = f"{record.upper()}_{operation}", f"{record}:x1"
        return row(COLLEGE, name, entity, version, ["group:g1"], **body)

    return make


@pytest.mark.parametrize("record", SAID)
def test_it_is_put_as_a_text_changed_and_withdrawn(
    hub: Any, ents: Any, group: Any, said: Any, record: str
) -> None:
    hub.send(group(COLLEGE), said(record, 1))
    hub.work(idle)
    assert pages(ents) == [page(record, "Lire")]
    assert [r["reason"] for r in hub.receipts if r["entity"] == f"{record}:x1"] == [
        "APPLIED_AS_TEXT"
    ]
    hub.send(said(record, 2, "Relire"))
    hub.work(idle)
    assert pages(ents) == [page(record, "Relire")]
    hub.send(said(record, 3, operation="REMOVE"))
    hub.work(idle)
    assert pages(ents) == []
    assert set(hub.outcomes().values()) == {"APPLIED"}


@pytest.mark.parametrize("record", SAID)
def test_an_answer_that_was_lost_leaves_one_page(
    hub: Any, ents: Any, group: Any, said: Any, record: str
) -> None:
    hub.send(group(COLLEGE))
    hub.work(idle)
    ents["edifice"].fault(kind="lost", times=1)
    hub.send(said(record, 1))
    hub.work(idle)
    assert pages(ents) == [page(record, "Lire")]
    assert hub.outcomes()[COLLEGE, f"{record}:x1", 1] == "APPLIED"


def test_the_circle_is_the_title_and_the_accounts_that_the_ent_took(hub: Any, fill: Any) -> None:
    fill("GROUP_PUT", {"group": "g1", "name": "Défi lecture"})
    fill("MEMBER_PUT", {"member_kind": "PERSON", "local_id": "u-1"})
    fill("MEMBER_PUT", {"member_kind": "PERSON", "local_id": "u-2"}, answered=False)
    fill("MEMBER_PUT", {"member_kind": "PERSON", "local_id": "u-3"}, refused=True)
    fill("MEMBER_PUT", {"member_kind": "GROUP", "local_id": "c-1"})
    fill("MEMBER_REMOVE", {"member_kind": "PERSON", "local_id": "u-4"})
    fill("MEMBER_PUT", {"member_kind": "PERSON", "local_id": "u-5"}, project="p-2")
    assert Circles(hub.opened[0])("p-1", COLLEGE) == Circle("Défi lecture", ("u-1",))
