"""An API key is shown once, kept as a hash, opens what it should and nothing once revoked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from preau.clock import SetClock
from preau.errors import Stop
from preau.store import audit
from preau.store.api_keys import ApiKey, ApiKeys, Listed, key_id


@pytest.fixture
def clock() -> SetClock:
    return SetClock(1_791_793_800_000)


@pytest.fixture
def keys(engine: sa.Engine, clock: SetClock) -> ApiKeys:
    return ApiKeys(engine, clock)


def test_a_key_opens_what_it_was_made_for(keys: ApiKeys) -> None:
    vendor = keys.make("ent-ecole", ["receive", "publish", "publish"])
    operator = keys.make(None, {"operate"})
    assert keys.check(vendor) == ApiKey(
        "ent-ecole", frozenset({"publish", "receive"}), key_id(vendor)
    )
    assert keys.check(operator) == ApiKey(None, frozenset({"operate"}), key_id(operator))


def test_a_key_is_256_random_bits_after_its_mark(keys: ApiKeys) -> None:
    made = {keys.make("ent-ecole", ["publish"]) for _ in range(20)}
    assert len(made) == 20
    assert all(re.fullmatch(r"preau_[A-Za-z0-9_-]{43}", clear) for clear in made)


def test_a_key_is_shown_once(keys: ApiKeys, on_disk: Callable[[], bytes]) -> None:
    clear = keys.make("ent-ecole", ["publish"])
    held = on_disk()
    assert b"ent-ecole" in held
    assert clear[6:].encode() not in held
    assert clear not in repr(keys.all())


def test_the_list_names_each_key_and_tells_its_life(keys: ApiKeys, clock: SetClock) -> None:
    first = keys.make("ent-ecole", ["publish"])
    clock.advance(10)
    second = keys.make(None, ["operate"])
    clock.advance(10)
    keys.revoke(key_id(first))
    began = clock.now_ms() - 20
    assert keys.all() == [
        Listed(key_id(first), "ent-ecole", frozenset({"publish"}), began, began + 20),
        Listed(key_id(second), None, frozenset({"operate"}), began + 10, None),
    ]


def test_a_revoked_key_opens_nothing_and_the_others_still_do(keys: ApiKeys) -> None:
    gone, kept = (keys.make("ent-ecole", ["publish"]) for _ in range(2))
    keys.revoke(key_id(gone))
    assert keys.check(gone) is None
    assert keys.check(kept) is not None


def test_a_second_revocation_keeps_the_first_ones_time(keys: ApiKeys, clock: SetClock) -> None:
    name = key_id(keys.make("ent-ecole", ["publish"]))
    keys.revoke(name)
    clock.advance(5)
    keys.revoke(name)
    assert [each.revoked_at for each in keys.all()] == [clock.now_ms() - 5]


def test_revoking_what_is_not_there_names_what_is(keys: ApiKeys) -> None:
    name = key_id(keys.make("ent-ecole", ["publish"]))
    with pytest.raises(Stop) as stopped:
        keys.revoke("0" * 16)
    assert stopped.value.code == "KEY_UNKNOWN"
    assert stopped.value.complaint.known == (name,)


def test_nearly_a_key_is_no_key(keys: ApiKeys) -> None:
    clear = keys.make("ent-ecole", ["publish"])
    last = "A" if clear[-1] != "A" else "B"
    for near in (
        clear[:-1] + last,
        clear[:-1],
        clear + "A",
        clear[6:],
        clear.upper(),
        clear + "\n",
    ):
        assert keys.check(near) is None
    assert keys.check(clear) is not None


def test_the_whole_hash_is_compared_and_not_only_the_name(keys: ApiKeys, engine: sa.Engine) -> None:
    clear = keys.make("ent-ecole", ["publish"])
    with engine.begin() as connection:
        connection.execute(sa.text("update api_key set hash = :other"), {"other": bytes(32)})
    assert keys.check(clear) is None


@given(st.text())
def test_any_text_is_told_from_a_key_without_the_database(text: str) -> None:
    absent = ApiKeys(sa.create_engine("sqlite:////absent/preau.db"), SetClock(0))
    assert absent.check(text) is None


@pytest.mark.parametrize("scopes", [[], ["publish", ""], ["publish operate"], ["Publish"]])
def test_a_key_that_allows_nothing_proper_is_not_made(keys: ApiKeys, scopes: list[str]) -> None:
    with pytest.raises(Stop) as stopped:
        keys.make("ent-ecole", scopes)
    assert stopped.value.code == "KEY_SCOPES"
    assert keys.all() == []


def test_a_key_for_an_instance_that_cannot_be_is_not_made(keys: ApiKeys) -> None:
    with pytest.raises(Stop) as stopped:
        keys.make("Ent École", ["publish"])
    assert stopped.value.code == "INSTANCE_NAME"
    assert keys.all() == []


def test_who_made_and_who_revoked_a_key_is_in_the_audit_chain(
    keys: ApiKeys, engine: sa.Engine
) -> None:
    operator = keys.make(None, ["operate"])
    found = keys.check(operator)
    assert found is not None
    made = keys.make("ent-ecole", ["receive", "publish"], by=found.actor)
    keys.revoke(key_id(made), by=found.actor)
    with engine.connect() as connection:
        chain = audit.entries(connection)
    assert [(each.actor, each.act, each.object) for each in chain] == [
        ("operator", "key.made", key_id(operator)),
        (f"key:{key_id(operator)}", "key.made", key_id(made)),
        (f"key:{key_id(operator)}", "key.revoked", key_id(made)),
    ]
    assert chain[1].facts == {"instance": "ent-ecole", "scopes": "publish receive"}
    assert made not in repr(chain)
