"""What the story of the Cantal checks in the ENTs can fail, and says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.demo.cantal.checks import group, group_holds, members, shows
from preau.demo.cantal.script import CAST
from preau.demo.cantal.territory import (
    BENEYLU,
    COLLEGE,
    JORDANNE,
    NETCIRCO,
    NETCOLLEGE,
    NETECOLE,
    ORGUES,
    PROJECT,
)
from preau.demo.stage import Ents, asked
from preau.demo.waiting import StoryBroken
from preau.sandbox.process import EntProcess

TITLE = "Les écrivains"


@pytest.fixture
def ents(tmp_path: Path) -> Iterator[Ents]:
    """The Beneylu of the Cantal as it is before the story."""
    first = next(each for each in CAST.ents if each.name == BENEYLU)
    ent = EntProcess(first.product, tmp_path, "token")
    ent.start()
    asked(ent, "POST /_sandbox/seed", first.seed)
    yield {BENEYLU: ent}
    ent.stop()


def partnership(ents: Ents, *classes: int) -> dict[str, Any]:
    body = {"type": "PARTNERSHIP", "label": TITLE, "attributes": {"EXTERNAL_ID": "g1"}}
    made: dict[str, Any] = asked(ents[BENEYLU], "POST /onegroups", body)
    for each in classes:
        asked(ents[BENEYLU], f"PUT /partnerships/{made['uid']}/adds/{each}/group")
    return made


def test_the_group_is_there_with_the_classes_of_the_project(ents: Ents) -> None:
    made = partnership(ents, ORGUES.number)
    assert group_holds(ents, BENEYLU, TITLE, PROJECT)["id"] == made["id"]


def test_no_group_two_groups_or_a_class_too_many_break_the_story(ents: Ents) -> None:
    with pytest.raises(StoryBroken, match="montre 0 groupes"):
        group(ents, BENEYLU, TITLE)
    partnership(ents, ORGUES.number, JORDANNE.number)
    with pytest.raises(StoryBroken, match="2 dont 1 de trop, attendu 1"):
        group_holds(ents, BENEYLU, TITLE, PROJECT)
    partnership(ents)
    with pytest.raises(StoryBroken, match="montre 2 groupes"):
        group(ents, BENEYLU, TITLE)


def test_a_document_that_is_missing_or_there_twice_breaks_the_story() -> None:
    own = {"title": "Règles", "hub_id": None}
    came = {"title": "Règles", "hub_id": "d1"}
    shows({"id": 1, "documents": [own, came]}, ["Règles"])
    for documents in ([own], [came, came], [{**came, "title": "Autre"}]):
        with pytest.raises(StoryBroken, match="choses, attendu 1"):
            shows({"id": 1, "documents": documents}, ["Règles"])


def test_a_product_that_does_not_say_whose_a_date_is_is_believed() -> None:
    shows({"id": 1, "dates": [{"title": "Rencontre"}]}, ["Rencontre"], "dates")
    with pytest.raises(StoryBroken):
        shows({"id": 1, "dates": []}, ["Rencontre"], "dates")


def test_a_group_has_classes_accounts_of_pupils_or_adults_as_its_product_has() -> None:
    assert members(PROJECT, BENEYLU) == [ORGUES.number]
    assert members(PROJECT, NETECOLE) == ["ne-101", "ne-102", "ne-103", "ne-201", "ne-202"]
    assert members(PROJECT, NETCIRCO) == ["nc-900", "nc-901", "nc-902"]
    assert members([COLLEGE], NETCOLLEGE) == ["nco-1001", "nco-1002", "nco-1003"]
