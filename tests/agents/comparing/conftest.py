"""An école on Beneylu and a collège on Edifice in one project, its group full in both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.agents import comparison
from preau.sandbox.process import EntProcess
from preau.store.projects import Place
from tests.agents.comparing.house import TOKEN, House
from tests.agents.deliver.conftest import SEEDS, USERS
from tests.agents.projects.conftest import NOW, Said

CLASSES = [str(number) for number in range(5001, 5013)]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not answered is asked again without delay."""
    monkeypatch.setattr(comparison, "AGAIN_S", (0.01, 0.01))


@pytest.fixture
def say() -> Said:
    return Said()


@pytest.fixture
def ents(tmp_path: Path) -> Iterator[dict[str, tuple[str, EntProcess]]]:
    made = {}
    for name, product in (("ecole", "beneylu"), ("college", "edifice")):
        ent = EntProcess(product, tmp_path / name, TOKEN)
        ent.start()
        assert ent.call("POST /_sandbox/seed", SEEDS[product]).status == 200
        made[name] = (product, ent)
    yield made
    for _, ent in made.values():
        ent.kill()


@pytest.fixture
def ecole() -> Place:
    groups = tuple(f"ecole/{number}" for number in CLASSES)
    return Place("0119001Z", "ecole", "AUTHORISED", "DASEN", NOW, groups)


@pytest.fixture
def college() -> Place:
    return Place("0119010J", "college", "AUTHORISED", "PRINCIPAL", NOW, ("college/c-1",))


@pytest.fixture
def house(one_database: str, ents: Any, say: Said, ecole: Place, college: Place) -> Iterator[House]:
    made = House(one_database, ents)
    rooms = [say.group(key) for key in (*ecole.groups, *college.groups)]
    pupils = say.roster("college/c-1", [(f"college/{user}", "PUPIL") for user in USERS[:3]])
    made.begin(ecole, college, said=[*rooms, pupils])
    assert {outcome for _, outcome, _ in made.reasons("ecole")} == {"APPLIED"}
    yield made
    made.engine.dispose()
