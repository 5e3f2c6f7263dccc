"""A town for the tests of the rights of people, and how many are erased in the campaign."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.databases import POSTGRESQL, WHOLE
from tests.faults.world import open_world
from tests.rights.town import Town


@pytest.fixture(scope="module")
def town(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    hub_database: Callable[[], str],
) -> Iterator[Town]:
    """A hub that runs, with two ENTs and an open project."""
    logging.getLogger("kafka.client").setLevel(logging.CRITICAL)
    with open_world(tmp_path_factory.mktemp("town"), hub_database()) as world:
        files: tuple[Path, ...] = ()
        if WHOLE == POSTGRESQL:
            files = request.getfixturevalue("postgresql").files(world.settings.database)
        yield Town(world, database=files)
    logging.getLogger("kafka.client").setLevel(logging.NOTSET)
