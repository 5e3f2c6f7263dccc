"""The mappings that ship: what is generated from them gives the bytes of fastavro, always."""

from __future__ import annotations

from functools import cache
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preau.catalogue.catalogue import SCHOOL, open_catalogue
from preau.keys.digest import Digests
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.said import Said
from preau.mapping.trials import trials
from preau.readers.told import Told

NAMES = open_catalogue().names()
SPEAKING = [name for name in NAMES if open_catalogue().connector(name).mappings]
"""Those that say something to the hub: it only writes to the others."""
EVENTS = [(name, event) for name in NAMES for event in open_catalogue().connector(name).mappings]
ABSURD: list[Any] = [None, "", " ", "é" * 9000, 0, -1, 2**63, 1.5, True, [], {}, [{}], {"a": []}]
ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.integers(-(2**70), 2**70)


@cache
def normaliser(connector: str) -> Normaliser:
    context = Context(b"a key of the tests, 32 bytes long", lambda _instance: "SECOND")
    return open_catalogue().connector(connector).normaliser(context)


@cache
def samples(connector: str) -> list[Said]:
    """The samples as readers give them, with their event's name."""
    digests = Digests(b"a key of the tests, 32 bytes long")
    told = Told(uai=SCHOOL, mask=digests.mask, hide=digests.hidden)
    return list(open_catalogue().connector(connector)._said(told))


def said(event: object, name: str | None = None) -> Said:
    body = orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS)
    topic = "preau.intake.essai"
    return Said("ent", name, None, body, 1_789_400_000_000, topic, 3, 10**12, "record 1")


def agree(connector: str, heard: Said) -> int:
    """Compares both ways on one event; how many records it gives."""
    one = normaliser(connector)
    drafts, refusals = one.normalise(heard)

    assert (drafts, refusals) == one._slowly(heard)
    assert all(refusal.code != "ENGINE_FAULT" for refusal in refusals)
    return len(drafts)


@pytest.mark.parametrize("connector", NAMES)
def test_no_shipped_mapping_falls_back_to_the_plain_path(connector: str) -> None:
    assert normaliser(connector).fallbacks == {}


@pytest.mark.parametrize(("connector", "event"), EVENTS)
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_made_up_events_give_the_same_bytes_both_ways(
    connector: str, event: str, seed: int
) -> None:
    plans = normaliser(connector)._rules[event].plans

    for made in trials(plans, 5, seed):
        heard = said(made, event) if fits(made) else None
        if heard is not None:
            agree(connector, heard)


@pytest.mark.parametrize(("connector", "event"), EVENTS)
def test_made_up_events_are_likely_enough_to_become_records(connector: str, event: str) -> None:
    plans = normaliser(connector)._rules[event].plans
    made = (said(made, event) for made in trials(plans, 2_000) if fits(made))

    assert any(agree(connector, heard) for heard in made)


def fits(event: object) -> bool:
    """False for numbers that no JSON of ours can hold: such an event never comes."""
    try:
        orjson.dumps(event)
    except TypeError:
        return False
    return True


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_samples_hurt_in_one_place_give_the_same_bytes_both_ways(data: st.DataObject) -> None:
    connector = data.draw(st.sampled_from(SPEAKING))
    sample = data.draw(st.sampled_from(samples(connector)))
    event = orjson.loads(sample.body)
    place: Any = event
    for _ in range(data.draw(st.integers(0, 4))):
        inner = [
            v
            for v in (place.values() if isinstance(place, dict) else place)
            if isinstance(v, dict | list) and v
        ]
        if not inner:
            break
        place = data.draw(st.sampled_from(inner))
    key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
    place[key] = data.draw(st.sampled_from(ABSURD) | ODD.filter(fits))

    agree(connector, said(event, sample.event))


@pytest.mark.parametrize("connector", SPEAKING)
def test_most_samples_take_the_fast_way(connector: str) -> None:
    one = normaliser(connector)
    before = one.tally.plainly

    made = [agree(connector, sample._replace(instance="ent")) for sample in samples(connector)]

    # _slowly is called once by the comparison itself; a second time only by a sample with a refusal
    again = one.tally.plainly - before - len(made)
    assert sum(made) > len(made) / 2
    assert again <= len(made) / 2
