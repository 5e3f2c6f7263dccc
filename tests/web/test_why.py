"""The routes that explain: the operator's only; an id with a slash is asked for as it is."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.kafka
KINDS = ("person", "group", "share")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_explained_by_the_id_of_a_source(running: Any, kind: str) -> None:
    path = f"/v1/why/{kind}/ent-ecole/m-7%2Fg"
    told = running.call("GET", path, Authorization="Bearer operator-key")
    assert (told.status, told.json) == (200, {kind: "ent-ecole/m-7/g"})


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_unknown_is_a_404_with_its_code(running: Any, kind: str) -> None:
    told = running.call("GET", f"/v1/why/{kind}/none", Authorization="Bearer operator-key")
    assert (told.status, told.json["code"]) == (404, f"{kind.upper()}_UNKNOWN")


@pytest.mark.parametrize("key", ["school-key", "reader-key", "nobody"])
def test_nobody_else_is_told(running: Any, key: str) -> None:
    status = 401 if key == "nobody" else 403
    for kind in KINDS:
        told = running.call("GET", f"/v1/why/{kind}/a/1", Authorization=f"Bearer {key}")
        assert told.status == status


def test_what_ents_say_of_a_school_otherwise_is_the_operators_too(running: Any) -> None:
    path = "/v1/why/school/0119001Z"
    told = running.call("GET", path, Authorization="Bearer operator-key")
    assert (told.status, told.json) == (200, {"advice": [{"source": "0119001Z"}]})
    assert running.call("GET", path, Authorization="Bearer school-key").status == 403
