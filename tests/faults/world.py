"""A whole hub, two fictional ENTs that speak to it, and one open project with its group in both."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preau.app.control import Control, open_control
from preau.app.hub_topics import ensure_share_topic
from preau.app.serve import Running, running_hub
from preau.broker.node import TEST
from preau.demo.hub_operator import Operator
from preau.demo.limoux.seeds import beneylu_seed
from preau.demo.limoux.town import BENEYLU, COLLEGE, ECOLES, EDIFICE
from preau.demo.waiting import StoryBroken
from preau.sandbox.process import EntProcess
from preau.settings import Settings
from preau.store.instances import Instance
from preau.web.needs import OPERATE, PUBLISH

PRODUCTS = {BENEYLU: "beneylu", EDIFICE: "edifice"}
CLASSES = [each.number for school in ECOLES for each in school.classes]
COLLEGE_CLASS = "class-43"
USERS = [f"0c011e6e-0000-4000-8000-{number:012d}" for number in range(700_201, 700_225)]
TEACHER = ECOLES[0].classes[0].people[0].account
PATIENCE_S = 150.0


@dataclass(frozen=True, slots=True)
class World:
    """`native` is the group's id in each ENT; `tokens` are those of the machine accounts."""

    settings: Settings
    hub: Running
    control: Control
    ents: dict[str, EntProcess]
    native: dict[str, Any]

    def ask(self, name: str, route: str, body: object = None) -> Any:
        """What an ENT answers; it must be a 200."""
        answer = self.ents[name].call(route, body)
        assert answer.status == 200, (route, answer)
        return answer.body


def until(holds: Callable[[], object], seconds: float = PATIENCE_S, tick_s: float = 0.05) -> None:
    """Returns when the condition holds; asked again and again, for a while."""
    until_nothing(lambda: "" if holds() else "it does not hold", seconds, tick_s)


def until_nothing(
    lacks: Callable[[], str], seconds: float = PATIENCE_S, tick_s: float = 0.05
) -> None:
    """Returns when nothing is lacking; else fails after a while with the last words."""
    limit = time.monotonic() + seconds
    while words := lacks():
        assert time.monotonic() < limit, f"after {seconds:.0f} s: {words}"
        time.sleep(tick_s)


@contextmanager
def open_world(folder: Path, database: str = "") -> Iterator[World]:
    """Everything started and ready for a round; everything ended at the end."""
    settings = Settings(data=str(folder / "hub"), port="0", database=database)
    tokens = {name: secrets.token_urlsafe(24) for name in PRODUCTS}
    ents = {name: EntProcess(PRODUCTS[name], folder / name, tokens[name]) for name in PRODUCTS}
    with ExitStack() as closing:
        for ent in ents.values():
            closing.callback(ent.stop)
        with ThreadPoolExecutor(len(ents)) as both:
            list(both.map(EntProcess.start, ents.values()))
        hub = closing.enter_context(running_hub(settings, TEST))
        control = closing.enter_context(open_control(settings))
        world = World(settings, hub, control, ents, {})
        _declare(world, tokens)
        _open_project(world)
        yield world


def _declare(world: World, tokens: dict[str, str]) -> None:
    world.ask(BENEYLU, "POST /_sandbox/seed", beneylu_seed())
    world.ask(EDIFICE, "POST /_sandbox/seed", _college())
    for name, degree in ((BENEYLU, "FIRST"), (EDIFICE, "SECOND")):
        said = (name, PRODUCTS[name], degree, "11", world.ents[name].origin, tokens[name], "push")
        world.control.instances.put(Instance(*said, loopback=True, disabled=False))
        ensure_share_topic(world.control, name)
        key = world.control.api_keys.make(name, (PUBLISH,))
        aim = {"url": f"{world.hub.address}/v1/intake/{name}", "key": key}
        world.ask(name, "POST /_sandbox/hub", aim)
        world.ask(name, "POST /_sandbox/say", {"what": "directory"})


def _college() -> dict[str, Any]:
    people = [
        {"id": user, "displayName": f"Élève {number}", "profile": "Student"}
        for number, user in enumerate(USERS)
    ]
    classes = [{"id": COLLEGE_CLASS, "name": "6A", "users": people}]
    college = {"id": COLLEGE.uai, "uai": COLLEGE.uai, "name": COLLEGE.name, "classes": classes}
    return {"instance": EDIFICE, "structures": [college]}


def _open_project(world: World) -> None:
    operator = Operator(world.hub.address, world.control.api_keys.make(None, (OPERATE,)))
    made: list[str] = []
    operator.sector(COLLEGE.uai, [each.uai for each in ECOLES])

    def created() -> bool:
        try:
            made.append(operator.create(_project()))
        except StoryBroken:  # the directories are still on their way
            return False
        return True

    until(created, tick_s=0.2)
    for school in ECOLES:
        operator.decide(made[0], school.uai, "TRANSMITTED", "DIRECTOR")
        operator.decide(made[0], school.uai, "AUTHORISED", "DASEN")
    operator.decide(made[0], COLLEGE.uai, "AUTHORISED", "PRINCIPAL")
    until(lambda: _whole(world))
    for name in world.ents:
        world.native[name] = world.ask(name, "GET /_sandbox/holds")[0]["id"]


def _whole(world: World) -> bool:
    held = {name: world.ask(name, "GET /_sandbox/holds") for name in world.ents}
    members = {name: groups and groups[0]["members"] for name, groups in held.items()}
    return members == {BENEYLU: CLASSES, EDIFICE: USERS}


def _project() -> dict[str, object]:
    return {
        "title": "Défi lecture",
        "purpose": "PROJET_PEDAGOGIQUE",
        "from": "2026-09-01",
        "until": "2027-07-02",
        "participants": [
            *(
                {"uai": s.uai, "instance": BENEYLU, "classes": [str(c.number) for c in s.classes]}
                for s in ECOLES
            ),
            {"uai": COLLEGE.uai, "instance": EDIFICE, "classes": [COLLEGE_CLASS]},
        ],
    }
