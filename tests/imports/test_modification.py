"""A change replaces whole attributes; what is given empty is as if it were not said."""

from __future__ import annotations

from typing import Any

from preau.imports.modification import modified, plain


def values(operation: str = "add", unknown: tuple[str, ...] = (), **given: Any) -> dict[str, Any]:
    named = {"operation": operation, "category": "Eleve", "id": "1"}
    return {**named, "attributes": given, "unknown": [*unknown]}


def test_what_is_named_is_replaced_whole_and_the_rest_stays() -> None:
    last = values(sn=["A"], givenName=["B", "C"], mail=["D"])
    change = values("modify", givenName=["E"], mail=[])
    assert modified(last, change) == values(sn=["A"], givenName=["E"])


def test_what_no_source_describes_stays_known_by_name() -> None:
    last, change = values(unknown=("ENTNew",)), values("modify", unknown=("ENTLatest", "ENTNew"))
    assert modified(last, change)["unknown"] == ["ENTLatest", "ENTNew"]


def test_the_last_words_and_the_change_stay_as_they_were() -> None:
    last, change = values(sn=["A"]), values("modify", sn=[])
    modified(last, change)
    assert (last, change) == (values(sn=["A"]), values("modify", sn=[]))


def test_values_without_attributes_are_left_alone() -> None:
    others: list[dict[str, Any]] = [{"id": "1", "label": []}, {"attributes": []}]
    for said in (*others, values(sn=["A"])):
        assert plain(said) is said
