"""What the hub knows by now, read in its store: classes with everyone in them, and who is who."""

from __future__ import annotations

from collections.abc import Collection

from preau.app.control import Control
from preau.demo.waiting import StoryBroken, missing_of
from preau.store import persons, said

Pair = tuple[str, str]
"""Two accounts of one person, each as `<instance>/<id>`."""


def people_known(control: Control, classes: Collection[str], people: int) -> str:
    """These classes, and so many people in them; gives in French what is missing, or nothing."""
    with control.engine.connect() as connection:
        found = said.states(connection, "group", classes)
        members = said.pointing(connection, "membership", said.GROUP, classes)
    return missing_of("classes connues", len(found), len(classes)) or missing_of(
        "inscriptions connues", len(members), people
    )


def recognised(control: Control, pairs: Collection[Pair]) -> str:
    """The two accounts of each pair are one person; gives in French what is missing, or nothing."""
    with control.engine.connect() as connection:
        known = persons.entries(connection, [source for pair in pairs for source in pair])
    person = {source: entry.person for source, entry in known.items()}
    found = sum(a in person and person[a] == person.get(b) for a, b in pairs)
    return missing_of("comptes reconnus", found, len(pairs))


def same(found: Collection[object], expected: Collection[object], what: str) -> None:
    """These and no others; raises `StoryBroken`."""
    if set(found) != set(expected):
        strange = len(set(found) - set(expected))
        raise StoryBroken(f"{what} : {len(found)} dont {strange} de trop, attendu {len(expected)}")
