"""What the story checks in the ENTs can fail, and says what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from preau.demo.limoux.checks import (
    ECOLE_CLASSES,
    document_in_college,
    group_in_college,
    group_in_ecoles,
)
from preau.demo.limoux.script import CAST
from preau.demo.limoux.seeds import LATECOMER, accounts, edifice_seed
from preau.demo.limoux.town import BENEYLU, COLLEGE, EDIFICE
from preau.demo.stage import Ents, asked
from preau.demo.waiting import StoryBroken
from preau.errors import Stop
from preau.sandbox.edifice.routes import MACHINE
from preau.sandbox.process import EntProcess

TEXT = "Règles du défi".encode()
BRIDGE = "POST /bridge/directory.group"


@pytest.fixture
def ents(tmp_path: Path) -> Iterator[Ents]:
    """Both ENTs as they are before the story."""
    made = {e.name: EntProcess(e.product, tmp_path / e.name, "token") for e in CAST.ents}
    for each in CAST.ents:
        made[each.name].start()
        asked(made[each.name], "POST /_sandbox/seed", each.seed)
    yield made
    for ent in made.values():
        ent.stop()


def partnership(ents: Ents, *classes: int) -> str:
    body = {"type": "PARTNERSHIP", "label": "Défi", "attributes": {"EXTERNAL_ID": "g1"}}
    made = asked(ents[BENEYLU], "POST /onegroups", body)
    for each in classes:
        asked(ents[BENEYLU], f"PUT /partnerships/{made['uid']}/adds/{each}/group")
    return str(made["id"])


def manual_group(ents: Ents, *people: str) -> str:
    said = {"externalId": "g1", "name": "Défi"}
    made = str(asked(ents[EDIFICE], f"{BRIDGE}.manual.create", said)["response"]["id"])
    for each in people:
        asked(ents[EDIFICE], f"{BRIDGE}.member.add", {"groupId": made, "userId": each})
    return made


PEOPLE = accounts(complete=False)
UUIDS = [person.uuid for person in PEOPLE]


def test_the_group_is_found_in_both_ents_with_its_members(ents: Ents) -> None:
    ecoles, college = partnership(ents, *ECOLE_CLASSES), manual_group(ents, *UUIDS)
    assert group_in_ecoles(ents, "g1") == ecoles
    assert group_in_college(ents, "g1", PEOPLE) == college


def test_a_group_that_is_not_there_or_there_twice_breaks_the_story(ents: Ents) -> None:
    with pytest.raises(StoryBroken, match="a 0 groupes"):
        group_in_ecoles(ents, "g1")
    with pytest.raises(StoryBroken, match="a créé 0 groupes"):
        group_in_college(ents, "g1", PEOPLE)
    for _ in range(2):
        partnership(ents, *ECOLE_CLASSES)
        manual_group(ents, *UUIDS)
    with pytest.raises(StoryBroken, match="a 2 groupes"):
        group_in_ecoles(ents, "g1")
    with pytest.raises(StoryBroken, match="a créé 2 groupes"):
        group_in_college(ents, "g1", PEOPLE)


def test_a_class_that_is_missing_breaks_the_story(ents: Ents) -> None:
    partnership(ents, *list(ECOLE_CLASSES)[:-1])
    with pytest.raises(StoryBroken, match="2 dont 0 de trop, attendu 3"):
        group_in_ecoles(ents, "g1")


def test_a_member_too_many_or_taken_away_breaks_the_story(ents: Ents) -> None:
    group = manual_group(ents, *UUIDS)
    with pytest.raises(StoryBroken, match="5 dont 1 de trop, attendu 4"):
        group_in_college(ents, "g1", PEOPLE[:-1])
    asked(ents[EDIFICE], f"{BRIDGE}.member.delete", {"groupId": group, "userId": UUIDS[0]})
    with pytest.raises(StoryBroken, match="4 dont 0 de trop, attendu 5"):
        group_in_college(ents, "g1", PEOPLE)
    asked(ents[EDIFICE], f"{BRIDGE}.member.add", {"groupId": group, "userId": UUIDS[0]})
    group_in_college(ents, "g1", PEOPLE)


def test_the_latecomer_is_a_member_only_once_the_account_exists(ents: Ents) -> None:
    manual_group(ents, *UUIDS, LATECOMER.uuid)  # refused: no such account
    group_in_college(ents, "g1", PEOPLE)
    asked(ents[EDIFICE], "POST /_sandbox/seed", edifice_seed(complete=True))
    group = asked(ents[EDIFICE], f"{BRIDGE}.find.byexternalid", {"externalId": "g1"})["response"]
    member = {"groupId": group["id"], "userId": LATECOMER.uuid}
    asked(ents[EDIFICE], f"{BRIDGE}.member.add", member)
    group_in_college(ents, "g1", list(COLLEGE.people()))


def share(ents: Ents, group: str) -> None:
    """The teacher's own document: not one that came from elsewhere."""
    order = {"what": "share", "teacher": UUIDS[0], "group": group, "title": "Règles"}
    asked(ents[EDIFICE], "POST /_sandbox/say", order)


def test_a_document_that_did_not_come_breaks_the_story(ents: Ents) -> None:
    group = manual_group(ents)
    share(ents, group)
    with pytest.raises(StoryBroken, match="a reçu 0 documents"):
        document_in_college(ents, group, TEXT)


@pytest.fixture
def received(ents: Ents) -> str:
    """A document that came into the workspace, without any right; its id."""
    boundary = "-----preau"
    part = f'{boundary}\r\nContent-Disposition: form-data; name="file"; filename="r.txt"\r\n'
    body = part.encode() + b"Content-Type: text/plain\r\n\r\n" + TEXT
    body += f"\r\n{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary[2:]}"
    headers = {"Authorization": "Bearer token", "Content-Type": kind}
    request = Request(f"{ents[EDIFICE].origin}/workspace/document", body, headers)
    with urlopen(request) as answer:
        return str(json.load(answer)["_id"])


def allow(ents: Ents, document: str, group: str) -> None:
    said: dict[str, Any] = {"currentUserId": MACHINE, "groupId": group, "resourceId": document}
    said |= {"application": "workspace", "permissions": ["workspace.read"]}
    asked(ents[EDIFICE], "POST /bridge/share.group.upsert.workspace", said)


def test_a_document_without_access_or_with_other_bytes_breaks_the_story(
    ents: Ents, received: str
) -> None:
    group = manual_group(ents)
    with pytest.raises(StoryBroken, match="n'y a pas accès"):
        document_in_college(ents, group, TEXT)
    allow(ents, received, group)
    assert document_in_college(ents, group, TEXT) == received
    with pytest.raises(StoryBroken, match="ne sont pas les mêmes"):
        document_in_college(ents, group, TEXT + b".")


def test_an_ent_that_refuses_what_the_demo_asks_is_a_defect(ents: Ents) -> None:
    with pytest.raises(Stop, match="SANDBOX_ANSWER"):
        asked(ents[BENEYLU], "GET /partnerships/nothing")
