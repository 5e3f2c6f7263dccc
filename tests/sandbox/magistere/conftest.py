"""A fictional m@gistère as a process, and its web services called as a client does."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

TOKEN = "machine-account-of-the-tests"
SEED = {
    "title": "m@gistère (fictif)",
    "users": [
        {"id": 41, "username": "crieunier", "displayName": "RIEUNIER Claire"},
        {"id": 42, "username": "mvidalenq", "displayName": "VIDALENQ Marc"},
    ],
}


@pytest.fixture
def magistere(open_ent: Callable[[str], Any]) -> Any:
    """One platform with two teachers."""
    ent = open_ent("magistere")
    assert ent.call("POST /_sandbox/seed", SEED).body == {"users": 2}
    return ent


@pytest.fixture
def ws(magistere: Any) -> Callable[..., Any]:
    """`ws("core_cohort_get_cohorts", {"cohortids[0]": 1})`: the JSON of the answer."""

    def call(function: str, form: dict[str, object] | None = None, **other: str) -> Any:
        said = {"wstoken": TOKEN, "moodlewsrestformat": "json", "wsfunction": function}
        body = urllib.parse.urlencode({**said, **(form or {}), **other}).encode()
        address = magistere.origin + "/webservice/rest/server.php"
        with urllib.request.urlopen(address, body, timeout=10) as answer:
            return json.loads(answer.read())

    return call
