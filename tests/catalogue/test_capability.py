"""What each product can do is read from its folder: its card, its mappings, its README."""

from __future__ import annotations

import pytest

from preau.catalogue.capability import capabilities, capability, is_assumed
from preau.catalogue.catalogue import open_catalogue

README = """\
| Event | Becomes | Event name | Fields |
|---|---|---|---|
| CREATED | group | grounded [S] | assumed |
| UPDATED, ARCHIVED | group | assumed | grounded |
| `classe.creee` | group | supposé : à confirmer | |
"""


@pytest.mark.parametrize(
    ("event", "assumed"),
    [
        ("CREATED", False),
        ("UPDATED", True),
        ("ARCHIVED", True),
        ("classe.creee", True),
        ("of no row", True),
    ],
)
def test_an_event_is_as_its_row_says_and_assumed_without_one(event: str, assumed: bool) -> None:  # noqa: FBT001
    assert is_assumed(README, event) is assumed


def test_every_folder_has_its_capability_and_every_event_is_counted() -> None:
    catalogue = open_catalogue()
    found = capabilities(catalogue)
    assert [each.product for each in found] == list(catalogue.names())
    for each in found:
        mapped = catalogue.connector(each.product).mappings
        assert each.grounded + each.assumed == len(mapped)


def test_what_an_ent_cannot_do_is_not_a_word() -> None:
    state = capability(open_catalogue().connector("aaf"))
    assert (state.ways_out, state.does, state.members, state.share) == ((), (), (), ())
    assert state.assumed == 0


def test_an_ent_says_how_it_shares() -> None:
    found = capability(open_catalogue().connector("beneylu"))
    assert (found.members, found.share) == (("GROUP", "PERSON"), ("COPY",))
    assert "HOMEWORK_PUT" in found.does
    assert found.grounded
    assert found.assumed
