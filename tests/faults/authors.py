"""What is done in both ENTs in a round, drawn from a seed, and what must come of it elsewhere."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from preau.demo.limoux.town import BENEYLU, EDIFICE
from tests.faults.world import CLASSES, COLLEGE_CLASS, TEACHER, USERS, World

THERE, BINNED, GONE = "there", "in the bin", "gone"
SAY = "POST /_sandbox/say"
_ID = {BENEYLU: "media", EDIFICE: "document"}
_MADE = {BENEYLU: "media", EDIFICE: "documents"}
_TEACHER: dict[str, object] = {BENEYLU: TEACHER, EDIFICE: USERS[0]}
_ACTS = ("rename", "rename", "rename", "bin", "restore", "delete")


@dataclass
class Paper:
    """One shared document: its id in its own ENT, its text that no other has, its title now."""

    ident: object
    text: str
    title: str
    state: str = THERE

    @property
    def digest(self) -> str:
        """By what it is recognised wherever it goes."""
        return sha256(self.text.encode()).hexdigest()


@dataclass
class Author:
    """The teachers of one ENT: what they do is in its own outbox before anything is killed."""

    world: World
    name: str
    papers: list[Paper] = field(default_factory=list)

    def share(self, chance: random.Random, count: int) -> int:
        """New documents for the group; how many events that was."""
        made = [self._paper(chance) for _ in range(count)]
        where = {"teacher": _TEACHER[self.name], "group": self.world.native[self.name]}
        acts = [{"what": "share", **where, "title": p.title, "text": p.text} for p in made]
        answers = self._say(acts)
        for paper, answer in zip(made, answers, strict=True):
            (paper.ident,) = answer[_MADE[self.name]]
        self.papers += made
        return sum(answer["said"] for answer in answers)

    def change(self, chance: random.Random, count: int, young: int) -> int:
        """Acts on the `young` last documents, now and then on an older one; their number."""
        acts = [act for _ in range(count) if (act := self._act(chance, young)) is not None]
        return sum(answer["said"] for answer in self._say(acts))

    def expected(self) -> dict[str, str]:
        """Digest → title of every document that the other ENT must show."""
        return {paper.digest: paper.title for paper in self.papers if paper.state == THERE}

    def _paper(self, chance: random.Random) -> Paper:
        number = f"{self.name} {len(self.papers)} {chance.getrandbits(64):x}"
        return Paper(None, f"texte {number}", f"titre {number}")

    def _act(self, chance: random.Random, young: int) -> dict[str, Any] | None:
        around = self.papers[-young:] if chance.random() < 0.9 else self.papers
        paper, what = chance.choice(around), chance.choice(_ACTS)
        if not _apply(paper, what, chance):
            return None
        act = {"what": what, _ID[self.name]: paper.ident}
        return {**act, "title": paper.title} if what == "rename" else act

    def _say(self, acts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        said = self.world.ask(self.name, SAY, {"what": "all", "acts": list(acts)})
        answers: list[dict[str, Any]] = said["answers"]
        return answers


def _apply(paper: Paper, what: str, chance: random.Random) -> bool:
    """Does to the paper what an act does; False when a teacher could not do it now."""
    if what == "rename" and paper.state == THERE:
        paper.title = f"titre {chance.getrandbits(64):x}"
    elif what == "bin" and paper.state == THERE:
        paper.state = BINNED
    elif what == "restore" and paper.state == BINNED:
        paper.state = THERE
    elif what == "delete" and paper.state != GONE:
        paper.state = GONE
    else:
        return False
    return True


@dataclass
class Offices:
    """Who is in which class: classes put away and taken out again, pupils who come and go."""

    world: World
    away: set[int] = field(default_factory=set)
    pupils: list[str] = field(default_factory=lambda: list(USERS))

    def change(self, chance: random.Random, count: int) -> int:
        """`count` events in each ENT; the first class is always there, or its group would end."""
        ecoles = [self._class(chance) for _ in range(count)]
        college = [self._roster(chance) for _ in range(count)]
        for name, acts in ((BENEYLU, ecoles), (EDIFICE, college)):
            self.world.ask(name, SAY, {"what": "all", "acts": acts})
        return 2 * count

    def expected(self) -> dict[str, list[Any]]:
        """The members of the group in each ENT."""
        there = [each for each in CLASSES if each not in self.away]
        return {BENEYLU: there, EDIFICE: sorted(self.pupils)}

    def _class(self, chance: random.Random) -> dict[str, Any]:
        number = chance.choice(CLASSES[1:])
        self.away ^= {number}
        return {"what": "archive", "class": number, "archived": number in self.away}

    def _roster(self, chance: random.Random) -> dict[str, Any]:
        self.pupils = sorted(chance.sample(USERS, chance.randint(1, len(USERS))))
        return {"what": "members", "class": COLLEGE_CLASS, "users": self.pupils}
