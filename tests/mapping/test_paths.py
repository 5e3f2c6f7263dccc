"""Paths lead to a value or to nothing, never to an error."""

from __future__ import annotations

import pytest

from preau.mapping.paths import Scope, parse_path, read

EVENT = {"a": {"b": [{"c": 1}, [2, 3]], "0": "zero"}, "list": [], "item": "hidden"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b.0.c", 1),
        ("a.b.1.1", 3),
        ("a.b.2", None),
        ("a.b.-1", None),
        ("a.b.99999999999999999999", None),
        ("a.b.²", None),
        ("a.0", "zero"),
        ("a.b.c", None),
        ("list.0", None),
        ("a.b.0.c.d", None),
        ("said.instance", "ent"),
        ("item.x", 9),
        ("item2", "second"),
        ("index", 4),
        ("=G", "G"),
        ("=", ""),
    ],
)
def test_a_path_gives_its_value_or_nothing(path: str, value: object) -> None:
    scope = Scope(EVENT, "ent", {"x": 9}, "second", 4)

    assert read(parse_path(path), scope) == value


@pytest.mark.parametrize(
    "path", ["", ".", "a..b", "a.", "said.secret", "said", "index.x", "a." * 20 + "a"]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"path|index"):
        parse_path(path)
