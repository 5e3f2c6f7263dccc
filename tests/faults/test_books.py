"""The books tell what is missing, doubled and out of order, and nothing when all is well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.sandbox.process import EntProcess
from tests.faults.books import Effects, of_documents, of_members


def held(digest: str, title: str = "Conte", hub_id: str | None = "s1") -> dict[str, Any]:
    return {"sha256": digest, "title": title, "hub_id": hub_id}


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ([held("a")], []),
        ([held("a"), held("b", hub_id=None)], []),  # what its own teachers made is theirs
        ([], ["missing: a document of ent (Conte)"]),
        ([held("a", "Ancien")], ["missing: the last title of a document of ent (Conte)"]),
        ([held("a"), held("a")], ["doubled: a document of ent"]),
        ([held("a"), held("b")], ["missing: a withdrawal in ent"]),
    ],
)
def test_documents_are_compared_by_their_bytes(
    there: list[dict[str, Any]], found: list[str]
) -> None:
    assert list(of_documents("ent", {"a": "Conte"}, there)) == found


@pytest.mark.parametrize(
    ("there", "found"),
    [
        (["u1", "u2"], []),
        (["u1"], ["missing: members of ent (1 absent, 0 too many)"]),
        (["u1", "u2", "u3"], ["missing: members of ent (0 absent, 1 too many)"]),
        (["u1", "u2", "u2"], ["missing: members of ent (0 absent, 0 too many)"]),
    ],
)
def test_members_are_compared_one_by_one(there: list[str], found: list[str]) -> None:
    assert list(of_members("ent", ["u1", "u2"], there)) == found


@pytest.fixture
def ent(tmp_path: Path) -> Iterator[EntProcess]:
    """A fictional Beneylu with one class, which its machine account may rename."""
    made = EntProcess("beneylu", tmp_path, "token")
    made.start()
    classes = [{"id": 5121, "label": "CM2", "levels": ["CM2"]}]
    schools = [{"id": 3001, "uai": "0119001Z", "name": "École", "classes": classes}]
    made.call("POST /_sandbox/seed", {"schools": schools})
    yield made
    made.stop()


def rename(ent: EntProcess, label: str, version: int) -> None:
    traces = {"event": f"e{version}", "entity": "group:g", "version": str(version)}
    assert ent.call("PUT /groups/5121", {"label": label}, **traces).status == 200


def test_effects_in_order_and_once_are_well(ent: EntProcess) -> None:
    for version in (1, 2, 3):
        rename(ent, f"CM2 {version}", version)
    books = Effects(ent, "ent")
    assert list(books.read()) == []
    assert books.count == 3


def test_an_effect_of_an_older_version_is_out_of_order(ent: EntProcess) -> None:
    books = Effects(ent, "ent")
    rename(ent, "CM2 deux", 2)
    assert list(books.read()) == []
    rename(ent, "CM2 un", 1)
    assert list(books.read()) == ["out of order: group.rename in ent"]


def test_an_effect_that_is_there_twice_is_doubled(ent: EntProcess) -> None:
    books = Effects(ent, "ent")
    rename(ent, "CM2 un", 1)
    rename(ent, "CM2 deux", 1)
    assert list(books.read()) == ["doubled: group.rename in ent"]
