"""A date of a project's calendar, in an ENT that has one."""

from __future__ import annotations

from typing import Any

import pytest

ECOLE, ENTITY = "ent-ecole", "calendar_event:d1"
SAID = {"start": "2026-10-12T08:30:00Z", "end": None, "all_day": False}


def idle(hub: Any) -> bool:
    done: bool = hub.idle()
    return done


def dates(ents: Any) -> list[tuple[str, str]]:
    (held,) = ents["beneylu"].call("GET /_sandbox/holds").body
    return [(each["title"], each["start"]) for each in held["dates"]]


@pytest.fixture
def date(row: Any) -> Any:
    """One version of it: `date(2, title="Visite")`."""

    def make(version: int, title: str = "Rencontre", operation: str = "PUT") -> Any:
        body = {"calendar_event": "d1", "group": "g1", "title": title, **SAID}
        name = f"CALENDAR_EVENT_{operation}"
        return row(ECOLE, name, ENTITY, version, ["group:g1"], **body)

    return make


def test_it_is_put_renamed_and_withdrawn(hub: Any, ents: Any, group: Any, date: Any) -> None:
    hub.send(group(ECOLE), date(1))
    hub.work(idle)
    assert dates(ents) == [("Rencontre", SAID["start"])]
    hub.send(date(2, "Visite"))
    hub.work(idle)
    assert dates(ents) == [("Visite", SAID["start"])]
    hub.send(date(3, operation="REMOVE"))
    hub.work(idle)
    assert dates(ents) == []
    assert set(hub.outcomes().values()) == {"APPLIED"}


def test_an_answer_that_was_lost_leaves_one_date(
    hub: Any, ents: Any, group: Any, date: Any
) -> None:
    hub.send(group(ECOLE))
    hub.work(idle)
    ents["beneylu"].fault(kind="lost", times=1)
    hub.send(date(1))
    hub.work(idle)
    assert dates(ents) == [("Rencontre", SAID["start"])]
    assert hub.outcomes()[ECOLE, ENTITY, 1] == "APPLIED"
