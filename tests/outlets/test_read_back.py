"""How an ENT is asked what it holds is said in `outlet/read-back.yaml`, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from preau.app.products import product
from preau.catalogue.catalogue import open_catalogue
from preau.errors import FixTheFolder, Place
from preau.outlets.read_back import NOTHING, ReadBack, parse_read_back, read_read_back

NEEDS = {
    "GROUP_PUT": ("group", "name"),
    "MEMBER_PUT": ("group", "local_id"),
    "SHARE_PUT": ("share",),
}
GROUP = {"call": "GET /groups/{own.native_id}", "items": ".", "id": "id"}
MEMBER = {"call": "GET /groups/{group.native_id}/members", "items": "data", "id": "id"}
SHARE = {
    "call": "GET /media",
    "each": True,
    "query": {"id": {"from": "share"}},
    "items": ".",
    "id": "i",
}


def parse(raw: object) -> ReadBack:
    return parse_read_back(raw, NEEDS, Place("school", "outlet/read-back.yaml"))


def test_what_is_not_said_is_as_the_page_says() -> None:
    found = parse({"group": GROUP, "member": MEMBER, "share": SHARE})
    group, member, share = found.questions.values()
    assert (found.retry_unit_ms, found.per_minute) == (1000, 60)
    assert (group.each, member.each, share.each) == (True, False, True)
    assert (group.same, member.same, share.same) == ("own.native_id", "local_id", "own.native_id")
    assert [each.repair for each in (group, member, share)] == [False] * 3


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({}, "OUTLET_FORM"),
        ("group", "OUTLET_FORM"),
        ({"groups": GROUP}, "OUTLET_KEY"),
        ({"group": {**GROUP, "only": "new"}}, "OUTLET_KEY"),
        ({"group": {"call": "GET /g", "id": "id"}}, "OUTLET_FORM"),
        ({"group": {"call": "GET /g", "items": "."}}, "OUTLET_FORM"),
        ({"group": {**GROUP, "repair": "perhaps"}}, "OUTLET_FORM"),
        ({"group": {**GROUP, "more": {"link": "next"}}}, "OUTLET_FORM"),
        ({"group": {**GROUP, "is": "share"}}, "OUTLET_VALUE"),
        ({"group": {**GROUP, "answers": {404: "GONE"}}}, "OUTLET_VALUE"),
        ({"group": {**GROUP, "query": {"by": {"from": "local_id"}}}}, "OUTLET_FIELD"),
        ({"member": {**MEMBER, "call": "GET /g/{own.native_id}"}}, "OUTLET_FIELD"),
        ({"member": {**MEMBER, "query": {"by": {"from": "local_id"}}}}, "OUTLET_FIELD"),
        ({"member": {**MEMBER, "more": {}}}, "OUTLET_FORM"),
        ({"member": {**MEMBER, "more": {"link": "a", "page": "b"}}}, "OUTLET_FORM"),
        ({"group": GROUP, "per_minute": 0}, "OUTLET_FORM"),
        ({"group": GROUP, "retry_after": "hours"}, "OUTLET_VALUE"),
        ({"group": {**GROUP, "query": {"token": {"from": "secret"}}}}, "OUTLET_FORM"),
    ],
)
def test_what_cannot_be_meant_is_refused(raw: Any, code: str) -> None:
    with pytest.raises(FixTheFolder) as refused:
        parse(raw)
    assert refused.value.code == code


def test_a_product_without_the_file_cannot_be_read_back(tmp_path: Path) -> None:
    assert read_read_back("school", tmp_path, NEEDS) is NOTHING


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("beneylu", ["group", "member", "share"]),
        ("edifice", ["group", "share", "homework", "notice", "calendar_event"]),
        ("skolengo", ["group", "member", "share"]),
        ("magistere", ["group", "member"]),
        ("netecole", []),
    ],
)
def test_the_shipped_folders_can_be_asked(name: str, records: list[str]) -> None:
    assert list(product(open_catalogue(), name).read_back.questions) == records
