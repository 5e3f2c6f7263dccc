"""Ids are the standard's: computed faster than by the library, never otherwise."""

from __future__ import annotations

import hashlib
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.clock import SetClock
from preau.errors import Stop
from preau.ids import EVENT_NAMESPACE, digest, event_id, instance_name, owned_id


@given(st.text(), st.text(), st.text())
def test_an_event_id_is_the_librarys_uuid5(instance: str, said: str, position: str) -> None:
    name = f"{instance}\0{said}\0{position}"
    assert event_id(instance, said, position) == str(uuid.uuid5(EVENT_NAMESPACE, name))


@given(st.binary())
def test_a_digest_is_the_librarys_sha256(body: bytes) -> None:
    assert digest(body) == hashlib.sha256(body).hexdigest()


def test_ids_of_the_hub_sort_by_time_and_never_repeat() -> None:
    clock = SetClock(1_789_367_462_000)
    earlier = {owned_id(clock) for _ in range(100)}
    clock.advance(1)
    assert len(earlier) == 100
    assert max(earlier) < owned_id(clock)
    assert {uuid.UUID(each).version for each in earlier} == {7}


@pytest.mark.parametrize("name", ["", "Ent", "-ent", "ent école", "a" * 64, "ent.ecole", "ent\n"])
def test_a_name_that_cannot_stand_in_a_topic_is_refused_without_being_repeated(name: str) -> None:
    with pytest.raises(Stop) as stopped:
        instance_name(name)
    assert stopped.value.code == "INSTANCE_NAME"
    assert not name or name not in str(stopped.value)
