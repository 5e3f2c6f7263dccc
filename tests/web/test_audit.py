"""The audit chain by HTTP: page by page, for operators only."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.kafka
OPERATOR = {"Authorization": "Bearer operator-key"}


def seqs(answer: Any) -> list[int]:
    return [each["entry"]["seq"] for each in answer.json["entries"]]


def test_the_chain_is_read_page_by_page(running: Any) -> None:
    first = running.call("GET", "/v1/audit?limit=2", **OPERATOR)
    assert (seqs(first), first.json["next"]) == ([1, 2], 2)
    last = running.call("GET", "/v1/audit?limit=2&after=2", **OPERATOR)
    assert (seqs(last), last.json["next"]) == ([3], None)


def test_roots_are_there_to_be_kept(running: Any) -> None:
    said = running.call("GET", "/v1/audit/roots", **OPERATOR).json
    assert said == {"public_key": "00" * 32, "roots": [], "end": None}


@pytest.mark.parametrize("path", ["/v1/audit", "/v1/audit/roots"])
def test_only_an_operator_reads_it(running: Any, path: str) -> None:
    assert running.call("GET", path).status == 401
    school = {"Authorization": "Bearer school-key"}
    assert running.call("GET", path, **school).status == 403


@pytest.mark.parametrize("asked", ["limit=0", "limit=501", "after=-1", "after=x"])
def test_a_page_that_cannot_be_is_refused(running: Any, asked: str) -> None:
    assert running.call("GET", f"/v1/audit?{asked}", **OPERATOR).status in {400, 422}
