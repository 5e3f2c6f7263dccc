"""`preau why person` says by ids, rules and places why somebody is who it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from preau.store import aliases, origins, persons, remembered, said
from preau.store.origins import Origin
from preau.store.persons import Entry
from preau.store.remembered import Remembered
from preau.store.said import SaidState

Preau = Callable[..., Any]


@pytest.fixture
def hub(preau: Preau, hub_engine: sa.Engine) -> Preau:
    """A hub that knows one account, which was another person before."""
    entry = Entry("ent/1", 1, deleted=False, person="p", rule="ine_digest", decisions=2, at=0)
    fields = {"profile": "PUPIL", "pii.family_name": None}
    said = Origin("ent/1", "e-1", "ENT", 0, 0, "preau.intake.x", 0, 7, "record 3", fields)
    with hub_engine.begin() as connection:
        persons.put_entries(connection, [entry])
        aliases.add(connection, [entry._replace(person="q", rule="alone")], {}, 60_000)
        origins.put(connection, [said])
    return preau


def test_it_is_told_in_lines(hub: Preau) -> None:
    done = hub("why", "person", "ent/1")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "person p",
        "  ent/1  since 1970-01-01 00:00:00  CERTAIN ine_digest [pii.ine_digest]",
        "    said 1970-01-01 00:00:00 in event: preau.intake.x/0/7 record 3, record e-1",
        "    before: q until 1970-01-01 00:01:00, by alone",
        "  person.pii.family_name = ***  from ent/1 (ENT), ONLY",
        "  person.profile = PUPIL  from ent/1 (ENT), ONLY",
    ]


def test_it_is_shown_under_the_person_too(hub: Preau) -> None:
    assert hub("person", "show", "p").stdout == hub("why", "person", "ent/1").stdout


def test_the_same_is_one_line_of_json(hub: Preau) -> None:
    (line,) = hub("why", "person", "p", "--json").stdout.splitlines()
    told = json.loads(line)
    assert told["person"] == "p"
    assert told["sources"][0]["origin"]["offset"] == 7


def test_nobody_is_explained_who_is_not_known(hub: Preau) -> None:
    assert getattr(hub("why", "person", "x/9").exception, "code", "") == "PERSON_UNKNOWN"


def test_the_projects_that_a_pupil_follows_are_told(hub: Preau, hub_engine: sa.Engine) -> None:
    was = Remembered("p-1", "ent/1", "0119001Z", "ent/5121", "p", 0, 60_000, 0, "0119010J")
    with hub_engine.begin() as connection:
        remembered.put(connection, [was])
    told = hub("why", "person", "p").stdout.splitlines()
    assert (
        "  in project p-1 at 0119010J: follows from école 0119001Z: link rule ine_digest; member as"
        " ent/1 since 1970-01-01 00:00:00 until 1970-01-01 00:01:00"
    ) in told


def test_what_an_ent_says_of_a_school_otherwise_is_told(hub: Preau, hub_engine: sa.Engine) -> None:
    assert hub("why", "school", "0119001Z").stdout == (
        "no ENT says anything else than the State's files\n"
    )
    kind = {"uai": "0119001Z", "kind": "ECOLE", "sector_college_uai": None, "at": 0}
    with hub_engine.begin() as connection:
        for key, name, authority in (("ent/e", "Parc", "ENT"), ("aaf/e", "ECOLE", "STATE")):
            fields = {**kind, "name": name, "authority": authority}
            points = (("uai", "0119001Z"),)
            told = SaidState("establishment", key, 1, False, "e", fields, points)  # noqa: FBT003
            said.put(connection, [told])
    assert hub("why", "school", "0119001Z").stdout == (
        "establishment.name  (ent/e) says Parc; the State's files say ECOLE  (1)\n"
    )
