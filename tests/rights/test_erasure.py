"""People are erased from a hub under load: they are in no byte of it, their neighbours whole."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from preau.app.erasure_start import Request
from preau.app.proof import proof_file, salted
from preau.app.rights_desk import ErasureState
from preau.demo.limoux.town import EDIFICE
from preau.errors import SetAside
from preau.rights.breach import Window
from preau.rights.export_page import export_page
from preau.store.audit import OPERATOR
from preau.store.erasures import DONE
from tests.faults.world import USERS, until
from tests.rights.town import Pupil, Town, broken

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(1_200)]
HUB_S = 60.0
DIGEST = re.compile(r"\b[0-9a-f][0-9a-f-]{30,}[0-9a-f]\b")


@dataclass
class Day:
    """What was done once for all tests here: `gone` and members of a class erased under load.

    `out` is the one of them who is kept out; `first` is the person that `gone[0]` was; `seen` are
    the names found in any byte before, `keys` the keys of `gone` and those of letters; `took` is
    how long the hub needed, in seconds.
    """

    town: Town
    gone: list[Pupil]
    kept: list[Pupil]
    first: str
    seen: set[str]
    keys: set[bytes]
    took: float
    export: dict[str, Any]
    breach: dict[str, Any]
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
    first = person_of(town, pupils[0])
    made = Day(town, pupils[:count], pupils[count:], first, set(), set(), 0.0, {}, {}, [])
    made.seen = town.seen(pupils)
    made.keys = town.wrapped(made.gone) | town.letter_keys()
    with town.desk() as desk:
        made.export = json.loads(desk.export(pupils[0].source, "DPO", OPERATOR))
        made.breach = desk.breach(EDIFICE, Window(0, 1 << 42), OPERATOR)
    with town.load(), town.desk() as desk:
        began = time.monotonic()
        others = [each for each in made.whom if each != made.out.source]
        erased = desk.erase(Request(others, "DPO", OPERATOR))
        erased += desk.erase(Request([made.out.source], "DPO", OPERATOR, keep_out=True))
        ids = [each.id for each in erased]
        until(lambda: not town.draining(), HUB_S * 3)
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


def test_an_export_holds_all_that_was_said_of_one_and_of_nobody_else(day: Day) -> None:
    told, pupil = day.export, day.gone[0]
    assert told["comptes"] == [pupil.source]
    [pii] = [each["valeur"]["pii"] for each in told["données"] if "pii" in each["valeur"]]
    said = pupil.account()["data"]
    assert pii["family_name"] == said["last_name"]
    assert pii["given_names"] == [said["first_name"]]
    assert pii["birth_date"] == (date.fromisoformat(said["birthday"]) - date(1970, 1, 1)).days
    assert {each["nature"] for each in told["données"]} >= {"person", "link"}
    assert {"person_entry", "person_key", "subject_key"} <= told["base"].keys()
    letters = [json.loads(each["texte"])["data"]["id"] for each in told["messages_reçus"]]
    assert letters == [pupil.number] * 2  # the one that was set aside too
    text = json.dumps(told, ensure_ascii=False)
    assert not any(name in text for name in names(day.gone[1:] + day.kept))
    page = export_page(told)
    assert all(name in page for name in pupil.canaries)
    assert "<script" not in page


def test_the_scope_of_a_breach_counts_the_members_and_names_no_account(day: Day) -> None:
    found = day.breach
    assert found["personnes_concernées"] == len(USERS)
    assert {tuple(each["champs"]) for each in found["personnes"]} == {
        ("group", "local_id", "member_kind")
    }
    assert not any(user in json.dumps(found) for user in USERS)


def test_what_waits_in_the_intake_is_sealed(day: Day) -> None:
    held = [file.read_bytes() for file in day.town.search().files() if "intake" in str(file)]
    assert held
    assert not any(name.encode() in each for name in names(day.kept) for each in held)


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


def test_no_byte_of_their_keys_is_in_a_file_of_the_database_and_their_neighbours_is(
    day: Day,
) -> None:
    town, kept = day.town, day.town.wrapped(day.kept)
    destroyed = day.keys - town.wrapped(day.gone) - town.letter_keys()
    assert len(destroyed) > len(day.gone)
    until(lambda: not town.search().keys(destroyed), 10, tick_s=0.5)  # a reader may hold the log
    assert town.search().keys(kept) == kept


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
    text = DIGEST.sub("", text)  # of a thousand people's, one holds a number of seven digits
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
