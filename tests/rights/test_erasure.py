"""People are erased from a hub under load: they are in no byte of it, their neighbours whole."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from preau.app.erasure_request import Request
from preau.app.proof import proof_file, salted
from preau.app.rights_desk import ErasureState
from preau.demo.limoux import EDIFICE
from preau.errors import SetAside
from preau.store.audit import OPERATOR
from preau.store.erasures import DONE, DRAINING
from tests.faults.world import USERS, until
from tests.rights.town import Pupil, Town, broken

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(1_200)]
HUB_S = 60.0


@dataclass
class Day:
    """What was done once for all tests here: `gone` and members of a class erased under load.

    `out` is the one of them who is kept out; `first` is the person that `gone[0]` was; `seen` are
    the names found in any byte before; `took` is how long the hub needed, in seconds.
    """

    town: Town
    gone: list[Pupil]
    kept: list[Pupil]
    first: str
    seen: set[str]
    took: float
    ended: list[ErasureState]

    @property
    def out(self) -> Pupil:
        return self.gone[-1]

    @property
    def whom(self) -> list[str]:
        return [each.source for each in self.gone] + [f"{EDIFICE}/{user}" for user in USERS[:2]]

    def proofs(self) -> list[dict[str, Any]]:
        files = [proof_file(self.town.world.control, each.erasure.id) for each in self.ended]
        return [json.loads(file.read_text("utf-8")) for file in files]


@pytest.fixture(scope="module")
def day(town: Town, pytestconfig: pytest.Config) -> Day:
    """The erasure of `--erased` pupils, and of two members of a project."""
    count = pytestconfig.getoption("erased")
    pupils = town.enrol(count + 40)
    town.say([broken(pupils[0]), broken(pupils[count])])  # set aside; they may be sent again
    made = Day(town, pupils[:count], pupils[count:], person_of(town, pupils[0]), set(), 0.0, [])
    made.seen = town.seen(pupils)
    with town.load(), town.desk() as desk:
        began = time.monotonic()
        others = [each for each in made.whom if each != made.out.source]
        erased = desk.erase(Request(others, "DPO", OPERATOR))
        erased += desk.erase(Request([made.out.source], "DPO", OPERATOR, keep_out=True))
        ids = [each.id for each in erased]
        until(lambda: all(desk.state(i).erasure.state != DRAINING for i in ids), HUB_S * 3)
        made.took = time.monotonic() - began
        until(lambda: all(desk.state(i).erasure.state == DONE for i in ids))
        made.ended = [desk.state(each) for each in ids]
    return made


def names(pupils: list[Pupil]) -> set[str]:
    return {name for each in pupils for name in each.canaries}


def person_of(town: Town, pupil: Pupil) -> str:
    ask = f"select person from person_entry where source = '{pupil.source}'"
    with town.world.control.engine.connect() as connection:
        return str(connection.exec_driver_sql(ask).scalar_one())


def test_the_search_finds_everybody_before(day: Day) -> None:
    assert day.seen == names(day.gone + day.kept)


def test_the_erased_are_in_no_byte_and_their_neighbours_are_whole(
    day: Day, record_property: Callable[[str, object], None]
) -> None:
    record_property("erased", [len(day.ended), round(day.took, 1), day.town.loaded])
    assert day.took < HUB_S
    found = day.town.seen(day.gone + day.kept)
    assert found == names(day.kept)
    assert set(day.town.unknown(day.gone)) == set(day.gone)
    assert day.town.unknown(day.kept) == []


def test_every_ent_that_held_them_has_withdrawn_them(day: Day) -> None:
    held = day.town.world.ask(EDIFICE, "GET /_sandbox/holds")[0]["members"]
    assert held == USERS[2:]
    rows = [row for each in day.ended for row in each.recipients]
    assert [(row.destination, row.outcome, row.entity) for row in rows] == [
        (EDIFICE, "APPLIED", "")
    ] * 2


def test_the_proofs_name_nobody_and_are_about_exactly_these(day: Day) -> None:
    told = day.proofs()
    assert {each["état"] for each in told} == {DONE}
    for source in day.whom:
        about = [salted(t["empreintes"]["sel"], source) in t["empreintes"]["comptes"] for t in told]
        assert about.count(True) == 1
    files = [proof_file(day.town.world.control, each.erasure.id) for each in day.ended]
    text = "".join(f.read_text() + f.with_suffix(".html").read_text() for f in files)
    assert not any(source.partition("/")[2] in text for source in day.whom)


def test_what_was_set_aside_gets_a_new_key_unless_it_speaks_of_them(day: Day) -> None:
    counts = [each["dans_préau"] for each in day.proofs()]
    assert max(each["letters_kept"] for each in counts) >= 1
    assert max(each["letters_destroyed"] for each in counts) >= 1
    assert max(each["letter_keys"] for each in counts) >= 1


def test_whoever_is_said_again_is_somebody_new_unless_kept_out(day: Day) -> None:
    town, back, out = day.town, day.gone[0], day.out
    town.say([out.account(), back.account()])
    until(lambda: not town.unknown([back]))
    assert person_of(town, back) != day.first
    assert town.unknown([out]) == [out]
    with town.desk() as desk:
        assert desk.let_in(out.source, OPERATOR)
        assert not desk.let_in(out.source, OPERATOR)
        with pytest.raises(SetAside) as nobody:
            desk.erase(Request([day.first], "DPO", OPERATOR))
        assert nobody.value.code == "PERSON_UNKNOWN"

    def heard() -> bool:  # within the lease of what is kept out
        town.say([out.account()])
        return not town.unknown([out])

    until(heard, tick_s=0.5)
