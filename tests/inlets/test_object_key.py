"""The key under which one object's events stay in order, and which outlives it."""

from __future__ import annotations

import pytest

from preau.ids import digest
from preau.inlets.intake import Speaker, object_key, order_key


@pytest.mark.parametrize("id_", ["700001", "0990001N$6A", "U-1_2.3:4/5"])
def test_an_opaque_id_is_the_key(id_: str) -> None:
    assert object_key("academie", id_) == f"academie/{id_}".encode()


@pytest.mark.parametrize("id_", ["zoe@example.org", "ABADIE Zoé", "x" * 101])
def test_an_id_that_may_name_somebody_is_hashed(id_: str) -> None:
    assert object_key("academie", id_) == f"academie/{digest(id_.encode())}".encode()


@pytest.mark.parametrize("id_", ["700001", "ABADIE Zoé"])
def test_an_event_and_its_object_have_one_key(id_: str) -> None:
    speaker = Speaker("academie", "aaf", order=("id",))
    assert order_key(speaker, {"id": id_}) == object_key("academie", id_)
