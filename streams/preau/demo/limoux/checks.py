"""What must hold at the end of an act: in the hub's store, and in both ENTs.

Each check gives, in French, what is missing, or nothing; it raises `StoryBroken` when there is no
hope left.
"""

from __future__ import annotations

from collections.abc import Collection

from preau.app.control import Control
from preau.demo.known import people_known, recognised, same
from preau.demo.limoux.town import BENEYLU, COLLEGE, ECOLES, EDIFICE, STATE, Person
from preau.demo.stage import Ents, asked
from preau.demo.waiting import StoryBroken
from preau.sandbox.process import EntProcess

ECOLE_CLASSES = {each.number: f"{BENEYLU}/{each.number}" for s in ECOLES for each in s.classes}
"""The écoles' classes: number in their ENT → key in the hub."""
COLLEGE_CLASS = f"{STATE}/{COLLEGE.number}${COLLEGE.classes[0].label}"
"""The collège's class as the State's files name it."""


def everybody_known(control: Control) -> str:
    """Every class of the story, with everyone in it."""
    keys = [*ECOLE_CLASSES.values(), COLLEGE_CLASS]
    return people_known(control, keys, sum(1 for s in (*ECOLES, COLLEGE) for _ in s.people()))


def in_the_state_files(control: Control, people: Collection[Person]) -> str:
    """Each account of the collège and the State's entry of the same number are one person."""
    pairs = [(f"{EDIFICE}/{each.uuid}", f"{STATE}/{each.number}") for each in people]
    return recognised(control, pairs)


def group_in_ecoles(ents: Ents, group: str) -> str:
    """The id of the one partnership of the écoles' ENT, with their classes in it and no other."""
    found = asked(ents[BENEYLU], f"GET /onegroups?external_id={group}")
    if len(found) != 1:
        raise StoryBroken(f"l'ENT des écoles a {len(found)} groupes du projet, il en faut un")
    native = str(found[0]["id"])
    members = asked(ents[BENEYLU], f"GET /partnerships/{native}/members")
    same({each["id"] for each in members}, ECOLE_CLASSES.keys(), "classes du partenariat")
    return native


def group_in_college(ents: Ents, group: str, people: Collection[Person]) -> str:
    """The id of the one group of the collège's ENT, with these people in it and nobody else."""
    made = _objects(ents[EDIFICE], "group.create")
    if len(made) != 1:
        raise StoryBroken(f"l'ENT du collège a créé {len(made)} groupes, il en faut un")
    route = "POST /bridge/directory.group.find.byexternalid"
    native = str(asked(ents[EDIFICE], route, {"externalId": group})["response"]["id"])
    added = _objects(ents[EDIFICE], "member.add")
    removed = _objects(ents[EDIFICE], "member.delete")
    members = {each for each in added if added.count(each) > removed.count(each)}
    same(members, {f"{native}:{each.uuid}" for each in people}, "membres du groupe")
    return native


def document_in_college(ents: Ents, native: str, content: bytes) -> str:
    """The id of the one document that came, which the group may read, byte for byte the same."""
    came = _objects(ents[EDIFICE], "document.add")
    if len(came) != 1:
        raise StoryBroken(f"l'ENT du collège a reçu {len(came)} documents, il en faut un")
    if f"{came[0]}:{native}" not in _objects(ents[EDIFICE], "share.upsert"):
        raise StoryBroken("le document est arrivé, mais le groupe n'y a pas accès")
    answer = ents[EDIFICE].call(f"GET /workspace/document/{came[0]}")
    if answer.body != content:
        raise StoryBroken("le document est arrivé, mais ses octets ne sont pas les mêmes")
    return came[0]


def _objects(ent: EntProcess, verb: str) -> list[str]:
    """What the ENT did under this verb, in order: its own account, not what the hub believes."""
    return [each["object"] for each in asked(ent, "GET /_sandbox/effects") if each["verb"] == verb]
