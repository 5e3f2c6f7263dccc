"""Histories in which schools, classes and documents come late and leave, many at once in one hub.

Each history is a project of its own, drawn from a seed: which schools it begins with, who decides
when, who joins later, withdraws, comes back, what is shared meanwhile, whether it is closed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from preau.demo.hub_operator import Operator
from preau.demo.limoux.town import BENEYLU, COLLEGE, ECOLES, EDIFICE
from preau.demo.waiting import StoryBroken
from preau.web.needs import OPERATE
from tests.faults.world import COLLEGE_CLASS, TEACHER, USERS, World, until

SAY = "POST /_sandbox/say"
_SCHOOLS = {school.uai: school for school in ECOLES}
_TEACHER: Mapping[str, object] = {BENEYLU: TEACHER, EDIFICE: USERS[0]}
_MADE = {BENEYLU: "media", EDIFICE: "documents"}
_ID = {BENEYLU: "media", EDIFICE: "document"}


class LateOperator(Operator):
    """The operator of the story, who also lets schools join later, and ends projects.

    What the hub could not take just then is said again, as its answer asks.
    """

    def decide(self, project: str, uai: str, decision: str, by: str) -> None:
        """Notes what an establishment decides."""
        _again(lambda: super(LateOperator, self).decide(project, uai, decision, by))

    def join(self, project: str, invited: dict[str, object]) -> None:
        """One more establishment, which decides then."""
        _again(lambda: self._call("POST", f"/v1/projects/{project}/participants", invited))

    def close(self, project: str) -> None:
        """The end of a project."""
        _again(lambda: self._call("POST", f"/v1/projects/{project}/close"))


@dataclass
class History:
    """One project; `there` are the schools that take part, by what they decided last."""

    title: str
    id: str
    there: dict[str, str] = field(default_factory=dict)
    papers: list[tuple[str, object]] = field(default_factory=list)
    closed: bool = False


class Histories:
    """Makes them and lets them go on, step by step; `said` counts what was done."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._operator = LateOperator(
            world.hub.address, world.control.api_keys.make(None, (OPERATE,))
        )
        self._acts: dict[str, Callable[[History, random.Random], bool]] = {
            "decide": self._decide,
            "join": self._join,
            "withdraw": self._withdraw,
            "share": self._share,
            "rename": self._rename,
            "delete": self._delete,
            "close": self._close,
        }
        self.done: dict[str, int] = dict.fromkeys(self._acts, 0)

    def begin(self, number: int, chance: random.Random) -> History:
        """A project of one or two écoles and the collège; some have decided."""
        schools = chance.sample(list(_SCHOOLS), chance.randint(1, 2))
        title = f"Histoire {number} {chance.getrandbits(32):x}"
        said: dict[str, object] = {
            "title": title,
            "purpose": "PROJET_PEDAGOGIQUE",
            "from": "2026-09-01",
            "until": "2027-07-02",
            "participants": [*map(_invited, schools), _invited(COLLEGE.uai)],
        }
        there = dict.fromkeys([*schools, COLLEGE.uai], "PROPOSED")
        begun = History(title, self._operator.create(said), there)
        for _ in range(chance.randint(0, 2)):
            self._decide(begun, chance)
        return begun

    def open(self, history: History, chance: random.Random) -> None:
        """Whoever has not decided authorises: its groups come into being."""
        while self._decide(history, chance):
            self.done["decide"] += 1

    def go_on(self, history: History, chance: random.Random) -> None:
        """One thing more happens in it, if it can."""
        act = chance.choices(list(self._acts), weights=(5, 2, 2, 8, 4, 2, 1))[0]
        if not history.closed and self._acts[act](history, chance):
            self.done[act] += 1

    def change_class(self, chance: random.Random) -> None:
        """Pupils of the collège's class come and go: every project follows."""
        pupils = sorted(chance.sample(USERS, chance.randint(1, len(USERS))))
        act = {"what": "members", "class": COLLEGE_CLASS, "users": pupils}
        self._world.ask(EDIFICE, SAY, act)

    def _decide(self, history: History, chance: random.Random) -> bool:
        open_ = [uai for uai, said in history.there.items() if said != "AUTHORISED"]
        if not open_:
            return False
        uai = chance.choice(open_)
        if uai != COLLEGE.uai:
            self._operator.decide(history.id, uai, "TRANSMITTED", "DIRECTOR")
        by = "PRINCIPAL" if uai == COLLEGE.uai else "DASEN"
        self._operator.decide(history.id, uai, "AUTHORISED", by)
        history.there[uai] = "AUTHORISED"
        return True

    def _join(self, history: History, chance: random.Random) -> bool:
        left = [uai for uai in _SCHOOLS if uai not in history.there]
        if not left:
            return False
        uai = chance.choice(left)
        self._operator.join(history.id, _invited(uai))
        history.there[uai] = "PROPOSED"
        return True

    def _withdraw(self, history: History, chance: random.Random) -> bool:
        given = [uai for uai, said in history.there.items() if said == "AUTHORISED"]
        if not given:
            return False
        uai = chance.choice(given)
        by = "PRINCIPAL" if uai == COLLEGE.uai else "DASEN"
        self._operator.decide(history.id, uai, "WITHDRAWN", by)
        history.there[uai] = "WITHDRAWN"
        return True

    def _share(self, history: History, chance: random.Random) -> bool:
        name = chance.choice([BENEYLU, EDIFICE])
        group = self.native(name, history)
        if group is None:
            return False
        text = f"{history.title} {len(history.papers)} {chance.getrandbits(32):x}"
        where = {"teacher": _TEACHER[name], "group": group}
        act = {"what": "share", **where, "title": f"titre {text}", "text": f"texte {text}"}
        (made,) = self._world.ask(name, SAY, act)[_MADE[name]]
        history.papers.append((name, made))
        return True

    def _rename(self, history: History, chance: random.Random) -> bool:
        if not history.papers:
            return False
        name, paper = chance.choice(history.papers)
        title = f"titre {chance.getrandbits(64):x}"
        return self._does(name, {"what": "rename", _ID[name]: paper, "title": title})

    def _delete(self, history: History, chance: random.Random) -> bool:
        if not history.papers:
            return False
        name, paper = history.papers.pop(chance.randrange(len(history.papers)))
        return self._does(name, {"what": "delete", _ID[name]: paper})

    def _does(self, name: str, act: dict[str, object]) -> bool:
        """False for a document that its ENT put away with its group."""
        answer = self._world.ents[name].call(SAY, act)
        assert answer.status in {200, 404}, answer
        return answer.status == 200

    def _close(self, history: History, _chance: random.Random) -> bool:
        self._operator.close(history.id)
        history.closed = True
        return True

    def native(self, name: str, history: History) -> Any:
        """The id of its group in an ENT, None while it is not there."""
        return next(
            (each["id"] for each in self.holds(name) if _title(each) == history.title), None
        )

    def holds(self, name: str) -> list[dict[str, Any]]:
        """The hub's groups in an ENT."""
        held: list[dict[str, Any]] = self._world.ask(name, "GET /_sandbox/holds")
        return held

    def shown(self) -> dict[str, dict[str, Any]]:
        """ENT → title of a group → its members and documents, as its users see them."""
        return {
            name: {
                _title(each): {
                    "members": sorted(map(str, each["members"])),
                    "documents": sorted(
                        (paper["hub_id"], paper["title"])
                        for paper in each["documents"]
                        if paper["hub_id"] is not None
                    ),
                }
                for each in self.holds(name)
            }
            for name in self._world.ents
        }


def _again(order: Callable[[], object]) -> None:
    def taken() -> bool:
        try:
            order()
        except StoryBroken as broken:
            if "503" in str(broken) or "pas répondu" in str(broken):
                return False
            if "PROJECT_CLOSED" not in str(broken):  # the first time had been enough
                raise
        return True

    until(taken)


def _title(group: Mapping[str, Any]) -> str:
    return str(group.get("label") or group.get("name"))


def _invited(uai: str) -> dict[str, object]:
    if uai == COLLEGE.uai:
        return {"uai": uai, "instance": EDIFICE, "classes": [COLLEGE_CLASS]}
    classes = [str(each.number) for each in _SCHOOLS[uai].classes]
    return {"uai": uai, "instance": BENEYLU, "classes": classes}
