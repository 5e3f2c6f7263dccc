"""Any split of a set and any order of its parts give one state; damage never spreads."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.store.imports import HELD, REFUSED
from tests.imports.conftest import Academie, Row, pupil, structure

SET = [structure("43"), structure("44", "6A"), *(pupil(number) for number in range(12))]
QUIET = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
State = dict[tuple[str, str], dict[str, Any]]


def of(folder: Path) -> State:
    academie = Academie(folder)
    academie.imported(academie.files(*SET))
    return academie.state()


def shuffled(row: Row, chance: random.Random) -> Row:
    names = list(row.values)
    chance.shuffle(names)
    return row._replace(values={name: row.values[name] for name in names})


@QUIET
@given(seed=st.integers(0, 2**32), per=st.integers(1, 14))
def test_any_split_and_any_order_give_the_same_state(seed: int, per: int) -> None:
    chance = random.Random(seed)
    rows = [shuffled(row, chance) for row in SET]
    chance.shuffle(rows)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        academie = Academie(Path(one))
        files = list(academie.files(*rows, per=per).iterdir())
        chance.shuffle(files)
        academie.imported(*files)
        assert academie.state() == of(Path(other))


@QUIET
@given(place=st.integers(0, 10**9), letter=st.integers(0, 255))
def test_one_damaged_byte_never_changes_a_neighbour(place: int, letter: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        academie = Academie(Path(folder))
        files = academie.files(*SET)
        academie.imported(files)
        before = academie.state()
        (file,) = files.glob("*_Eleve_*")
        body = bytearray(file.read_bytes())
        at = place % len(body)
        body[at] = letter
        file.write_bytes(bytes(body))
        run = academie.prepare(files)
        if run.state == REFUSED:
            assert run.reasons
            return
        assert run.state != HELD or run.reasons
        academie.release(run)
        touched = {owner(key) for key in different(before, academie.state())}
        assert len(touched) <= 1, touched
        counted = sum(run.result[name].get("Eleve", 0) for name in ("changed", "added", "removed"))
        told = counted + sum(run.result["set_aside"].values())
        assert told or not touched


def owner(key: tuple[str, str]) -> str:
    """The pupil of whom a record speaks."""
    return next((part for part in key[1].replace(":", "/").split("/") if len(part) == 6), key[1])


def different(one: State, other: State) -> set[tuple[str, str]]:
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
