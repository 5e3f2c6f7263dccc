"""Whatever a delta changes, however it is cut and ordered: the state is the next Complet's."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.imports.conftest import Academie, Row, change, departure, pupil, structure
from tests.imports.test_any_order import QUIET, shuffled

SIZE = 30
ATTRIBUTES: dict[str, list[str | list[str]]] = {
    "sn": ["BONNET", "CAZES", []],
    "givenName": ["Capucine", "Ulysse", ["Zoé", "Anaïs"], []],
    "ENTPersonDateNaissance": ["11/04/2015", []],
    "ENTEleveClasses": ["43$6A", "43$6B", ["43$6A", "43$6B"], []],
    "ENTPersonStructRattach": ["43", []],
    "ENTElevePersRelEleve": ["800001$1$1$1$1$0", []],
}
changes = st.dictionaries(
    st.sampled_from(sorted(ATTRIBUTES)), st.integers(0, 3), min_size=1, max_size=4
).map(
    lambda picked: {name: ATTRIBUTES[name][n % len(ATTRIBUTES[name])] for name, n in picked.items()}
)


def after(row: Row, said: dict[str, str | list[str]]) -> Row:
    """The record as the next Complet writes it: what is no more is left out."""
    values = {name: value for name, value in {**row.values, **said}.items() if value != []}
    return row._replace(values=values)


@settings(QUIET, max_examples=8)
@given(
    changed=st.dictionaries(st.integers(0, SIZE - 1), changes, max_size=5),
    gone=st.sets(st.integers(0, SIZE - 1), max_size=2),
    seed=st.integers(0, 2**32),
    per=st.integers(1, 4),
)
def test_a_delta_however_cut_and_ordered_gives_the_state_of_the_next_complet(
    changed: dict[int, dict[str, str | list[str]]], gone: set[int], seed: int, per: int
) -> None:
    chance = random.Random(seed)
    people = {number: pupil(number) for number in range(SIZE)}
    requests = [change(number, **said) for number, said in changed.items() if number not in gone]
    requests += [departure(number) for number in gone] + [pupil(99)]
    requests = [shuffled(row, chance) for row in requests]
    chance.shuffle(requests)
    rows = [
        *(after(row, changed.get(n, {})) for n, row in people.items() if n not in gone),
        pupil(99),
    ]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        academie, plain = Academie(Path(one)), Academie(Path(other))
        academie.expects_deltas()
        academie.imported(academie.files(structure(), *people.values()))
        files = list(academie.delta(*requests, per=per).iterdir())
        chance.shuffle(files)
        run = academie.imported(*files)
        assert run.result["removed"].get("Eleve", 0) == len(gone)
        by_delta = academie.state()
        again = academie.imported(academie.files(structure(), *rows, day="03/09/2026"))
        assert again.result["canonical"] == 0
        plain.imported(plain.files(structure(), *rows, day="03/09/2026"))
        assert academie.state() == by_delta == plain.state()
