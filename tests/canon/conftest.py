"""Values of any canonical record, made up from its schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import strategies as st

from preau.canon.schemas import Schema

Values = Callable[[Schema], st.SearchStrategy[dict[str, Any]]]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXTS,
    "bytes": st.binary(max_size=12),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "null": st.none(),
}


@pytest.fixture(scope="session")
def values_of() -> Values:
    """A strategy for the plain values of one schema, every field said."""

    def made(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
        return _values(schema.raw, {})

    return made


def _values(kind: Any, seen: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    if isinstance(kind, list):
        return st.one_of([_values(branch, seen) for branch in kind])
    if isinstance(kind, Mapping):
        return _complex(kind, seen)
    return seen[kind] if kind in seen else PLAIN[kind]


def _complex(
    kind: Mapping[str, Any], seen: dict[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Any]:
    if kind["type"] == "array":
        return st.lists(_values(kind["items"], seen), max_size=3)
    if kind["type"] == "map":
        return st.dictionaries(TEXTS, _values(kind["values"], seen), max_size=3)
    if kind["type"] == "enum":
        found: st.SearchStrategy[Any] = st.sampled_from(kind["symbols"])
    elif kind["type"] == "record":
        found = st.fixed_dictionaries({f["name"]: _values(f["type"], seen) for f in kind["fields"]})
    else:
        return _values(kind["type"], seen)
    seen[kind["name"]] = seen[f"fr.preau.{kind['name']}"] = found
    return found
