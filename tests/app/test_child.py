"""A process of the hub waits for its database, and does not wait for one that will never answer."""

from __future__ import annotations

import threading

import pytest

from preau.app.child import await_database
from preau.errors import Stop
from tests.databases import BLANK, running


def test_a_process_begins_once_its_database_answers() -> None:
    with running() as server, server.fresh(BLANK) as address:
        server.kill()
        begun = threading.Thread(target=await_database, args=(address,))
        begun.start()
        begun.join(0.8)
        assert begun.is_alive()
        server.start()
        begun.join(30)
        assert not begun.is_alive()


def test_an_address_that_will_never_answer_is_refused_at_once() -> None:
    with pytest.raises(Stop, match="DATABASE_URL"):
        await_database("mysql://db/preau")
