"""What must hold at the end of an act: in the hub's store, on the project's page, in both ENTs.

Each check gives, in French, what is missing, or nothing; it raises `StoryBroken` when there is no
hope left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from preau.app.control import Control
from preau.demo.limoux import BENEYLU, COLLEGE, ECOLES, EDIFICE, STATE, Person
from preau.demo.playbill import Receipts, receipts_of
from preau.demo.stage import Ents, asked
from preau.demo.waiting import StoryBroken, missing_of
from preau.sandbox.process import EntProcess
from preau.store import persons, said
from preau.web import french

ECOLE_CLASSES = {each.number: f"{BENEYLU}/{each.number}" for s in ECOLES for each in s.classes}
"""The écoles' classes: number in their ENT → key in the hub."""
COLLEGE_CLASS = f"{STATE}/{COLLEGE.number}${COLLEGE.classes[0].label}"
"""The collège's class as the State's files name it."""


def people_known(control: Control) -> str:
    """Every class of the story, with everyone in it."""
    keys = [*ECOLE_CLASSES.values(), COLLEGE_CLASS]
    expected = sum(1 for school in (*ECOLES, COLLEGE) for _ in school.people())
    with control.engine.connect() as connection:
        classes = said.states(connection, "group", keys)
        members = said.pointing(connection, "membership", said.GROUP, keys)
    return missing_of("classes connues", len(classes), len(keys)) or missing_of(
        "inscriptions connues", len(members), expected
    )


def recognised(control: Control, people: Collection[Person]) -> str:
    """Each account of the collège and the State's entry of the same number are one person."""
    pairs = [(f"{EDIFICE}/{each.uuid}", f"{STATE}/{each.number}") for each in people]
    with control.engine.connect() as connection:
        known = persons.entries(connection, [source for pair in pairs for source in pair])
    person = {source: entry.person for source, entry in known.items()}
    found = sum(a in person and person[a] == person.get(b) for a, b in pairs)
    return missing_of("comptes reconnus", found, len(pairs))


def answered(page: Mapping[str, Any], expected: Receipts) -> str:
    """The answers that the page must show; a refusal that is not expected breaks the story."""
    found = receipts_of(page)
    for answer in page["answers"]:
        if answer["outcome"] in ("REFUSED", "EXPIRED") and found.refused > expected.refused:
            raise StoryBroken(f"un refus que rien n'annonçait ; {_told(answer)}")
    if found == expected:
        return ""
    words = missing_of("réponses « appliqué »", found.applied, expected.applied)
    words = words or f"{found.applied} appliqué, {found.pending} en attente"
    late = [a for a in page["answers"] if a["outcome"] not in ("APPLIED", "")]
    late.sort(key=lambda answer: answer["reason"] == "NO_ACCOUNT")  # the one that is expected
    return f"{words} ; {_told(late[0])}" if late else words


def group_in_ecoles(ents: Ents, group: str) -> str:
    """The id of the one partnership of the écoles' ENT, with their classes in it and no other."""
    found = asked(ents.ecoles, f"GET /onegroups?external_id={group}")
    if len(found) != 1:
        raise StoryBroken(f"l'ENT des écoles a {len(found)} groupes du projet, il en faut un")
    native = str(found[0]["id"])
    members = asked(ents.ecoles, f"GET /partnerships/{native}/members")
    _same({each["id"] for each in members}, ECOLE_CLASSES.keys(), "classes du partenariat")
    return native


def group_in_college(ents: Ents, group: str, people: Collection[Person]) -> str:
    """The id of the one group of the collège's ENT, with these people in it and nobody else."""
    made = _objects(ents.college, "group.create")
    if len(made) != 1:
        raise StoryBroken(f"l'ENT du collège a créé {len(made)} groupes, il en faut un")
    route = "POST /bridge/directory.group.find.byexternalid"
    native = str(asked(ents.college, route, {"externalId": group})["response"]["id"])
    added = _objects(ents.college, "member.add")
    removed = _objects(ents.college, "member.delete")
    members = {each for each in added if added.count(each) > removed.count(each)}
    _same(members, {f"{native}:{each.uuid}" for each in people}, "membres du groupe")
    return native


def document_in_college(ents: Ents, native: str, content: bytes) -> str:
    """The id of the one document that came, which the group may read, byte for byte the same."""
    came = _objects(ents.college, "document.add")
    if len(came) != 1:
        raise StoryBroken(f"l'ENT du collège a reçu {len(came)} documents, il en faut un")
    if f"{came[0]}:{native}" not in _objects(ents.college, "share.upsert"):
        raise StoryBroken("le document est arrivé, mais le groupe n'y a pas accès")
    answer = ents.college.call(f"GET /workspace/document/{came[0]}")
    if answer.body != content:
        raise StoryBroken("le document est arrivé, mais ses octets ne sont pas les mêmes")
    return came[0]


def _told(answer: Mapping[str, Any]) -> str:
    what = french.thing(answer["what"], answer["label"], answer["things"])
    why = french.reason(answer["outcome"], answer["reason"], answer["what"])
    return f"{answer['ent']} : {what}, {french.outcome(answer['outcome']).word} : {why}"


def _objects(ent: EntProcess, verb: str) -> list[str]:
    """What the ENT did under this verb, in order: its own account, not what the hub believes."""
    return [each["object"] for each in asked(ent, "GET /_sandbox/effects") if each["verb"] == verb]


def _same(found: Collection[object], expected: Collection[object], what: str) -> None:
    if set(found) != set(expected):
        strange = len(set(found) - set(expected))
        raise StoryBroken(f"{what} : {len(found)} dont {strange} de trop, attendu {len(expected)}")
