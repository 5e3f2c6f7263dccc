"""Where documents come from: an instance that gives none, or that gives their address only."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from preau.clock import SystemClock
from preau.errors import FixTheFolder, Place
from preau.outlets.fetching import Fetching, Source
from preau.outlets.operation import FETCH, parse_operation
from preau.outlets.outcome import Media, Outcome, Target

PLACE = Place("essai", "outlet/fetch-media.yaml")


def fetched(*, known: bool) -> Media | Outcome:
    operation = parse_operation(FETCH, {"page": "/documents/{media}"}, ("media",), PLACE)

    async def one() -> Media | Outcome:
        async with aiohttp.ClientSession() as session:
            source = Source(Target("ne", "https://ne.example", "s"), operation, session)
            return await Fetching(lambda _: source if known else None, SystemClock())("ne", "7")

    return asyncio.run(one())


def test_a_product_that_gives_addresses_only_gives_no_bytes() -> None:
    assert fetched(known=True) == Outcome("REFUSED", "NOT_SUPPORTED", sent=False)


def test_an_instance_that_nobody_declared_has_no_document() -> None:
    assert fetched(known=False) == Outcome("REFUSED", "MEDIA_GONE", sent=False)


@pytest.mark.parametrize("raw", [{}, {"page": "/d/{media}", "steps": {}}, {"steps": []}])
def test_only_a_page_may_stand_without_steps(raw: object) -> None:
    with pytest.raises(FixTheFolder, match="at least one call"):
        parse_operation(FETCH, raw, ("media",), PLACE)
