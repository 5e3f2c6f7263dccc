"""Work given in another ENT, in an ENT where it can be changed and taken away."""

from __future__ import annotations

from typing import Any

import pytest

ECOLE, ENTITY = "ent-ecole", "homework:h1"


def idle(hub: Any) -> bool:
    done: bool = hub.idle()
    return done


def works(ents: Any) -> list[tuple[str, str]]:
    (held,) = ents["beneylu"].call("GET /_sandbox/holds").body
    return [(each["title"], each["due"]) for each in held["homework"]]


@pytest.fixture
def work(row: Any) -> Any:
    """One version of it: `work(2, title="Relire")`."""

    def make(version: int, title: str = "Lire", operation: str = "PUT") -> Any:
        body = {"homework": "h1", "group": "g1", "title": title, "due": "2026-10-12"}
        return row(ECOLE, f"HOMEWORK_{operation}", ENTITY, version, ["group:g1"], **body)

    return make


def test_it_is_given_changed_and_withdrawn(hub: Any, ents: Any, group: Any, work: Any) -> None:
    hub.send(group(ECOLE), work(1))
    hub.work(idle)
    assert works(ents) == [("Lire", "2026-10-12")]
    hub.send(work(2, "Relire"))
    hub.work(idle)
    assert works(ents) == [("Relire", "2026-10-12")]
    hub.send(work(3, operation="REMOVE"))
    hub.work(idle)
    assert works(ents) == []
    assert set(hub.outcomes().values()) == {"APPLIED"}


def test_an_answer_that_was_lost_leaves_one_work(
    hub: Any, ents: Any, group: Any, work: Any
) -> None:
    hub.send(group(ECOLE))
    hub.work(idle)
    ents["beneylu"].fault(kind="lost", times=1)
    hub.send(work(1))
    hub.work(idle)
    assert works(ents) == [("Lire", "2026-10-12")]
    assert hub.outcomes()[ECOLE, ENTITY, 1] == "APPLIED"
