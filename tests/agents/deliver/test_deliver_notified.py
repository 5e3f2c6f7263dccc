"""Beside what is put there, the members of the group are told in their ENT: once, if at all."""

from __future__ import annotations

from typing import Any

import pytest

from preau.store.circles import Circle

COLLEGE, ENTITY = "mon-ent", "homework:h1"


def idle(hub: Any) -> bool:
    done: bool = hub.idle()
    return done


def told(ents: Any) -> int:
    """How often anybody was notified."""
    verbs = [each["verb"] for each in ents["edifice"].effects()]
    return verbs.count("notification.external")


def documents(ents: Any) -> list[str]:
    (held,) = ents["edifice"].call("GET /_sandbox/holds").body
    return [each["title"] for each in held["documents"]]


@pytest.fixture
def work(row: Any) -> Any:
    """One version of it: `work(2, title="Relire")`."""

    def make(version: int, title: str = "Lire", operation: str = "PUT") -> Any:
        body = {"homework": "h1", "group": "g1", "title": title, "due": None}
        name = f"HOMEWORK_{operation}"
        return row(COLLEGE, name, ENTITY, version, ["group:g1"], **body)

    return make


@pytest.fixture
def there(hub: Any, group: Any, users: list[str]) -> Any:
    """The group is there with two members, and the operator has named a template."""
    hub.circle = Circle("Défi lecture", tuple(users[:2]), {"notification": "elea"})
    hub.send(group(COLLEGE))
    hub.work(idle)
    return hub


def test_the_members_are_told_once_of_what_is_given_and_not_of_its_changes(
    there: Any, ents: Any, work: Any
) -> None:
    there.send(work(1))
    there.work(idle)
    there.send(work(2, "Relire"))
    there.work(idle)
    assert told(ents) == 1
    assert (
        "Défi lecture : un travail à faire est donné dans le groupe. Comptes prévenus : 2"
        in _page(ents)
    )
    assert "Relire" not in _page(ents).partition("Notifications")[2]
    there.send(work(3, operation="REMOVE"), work(4))
    there.work(idle)
    assert told(ents) == 2


def _page(ents: Any) -> str:
    return bytes(ents["edifice"].call("GET /").body).decode()


@pytest.mark.parametrize(
    "circle",
    [
        Circle("Défi", (), {"notification": "elea"}),
        Circle("Défi", ("a1b2c3d4-0000-4000-8000-000000000000",)),
        Circle("Défi", ("a1b2c3d4-0000-4000-8000-000000000000",), {"notification": "inconnu"}),
        Circle("Défi", ("parti",), {"notification": "elea"}),
    ],
    ids=["nobody there", "no template said", "no such template", "somebody unknown"],
)
def test_where_nobody_can_be_told_it_is_given_all_the_same(
    there: Any, ents: Any, work: Any, circle: Circle
) -> None:
    there.circle = circle
    there.send(work(1))
    there.work(idle)
    assert told(ents) == 0
    assert documents(ents) == ["Lire"]
    assert there.outcomes()[COLLEGE, ENTITY, 1] == "APPLIED"


def test_after_a_fault_of_the_ent_they_are_told_once(there: Any, ents: Any, work: Any) -> None:
    ents["edifice"].fault(kind="status", status=503, times=1)
    there.send(work(1))
    there.work(idle)
    assert (documents(ents), told(ents)) == (["Lire"], 1)


def test_after_a_death_nobody_is_told_twice(there: Any, ents: Any, work: Any) -> None:
    """What was under way may have been told: then it is not told again."""
    there.deaf.set()  # the receipt does not get through: the try is not kept
    there.send(work(1))
    there.work_and_die(lambda _hub: told(ents) == 1)
    again = there.restarted()
    again.work(idle)
    assert (documents(ents), told(ents)) == (["Lire"], 1)
