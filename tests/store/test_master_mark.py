"""A database answers to the master key that it was begun with, and to no other."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from preau.errors import Stop
from preau.store.master_mark import check_mark


def test_the_same_key_is_accepted_again(engine: sa.Engine) -> None:
    check_mark(engine, b"first key")
    check_mark(engine, b"first key")


def test_another_key_is_refused_and_changes_nothing(engine: sa.Engine) -> None:
    check_mark(engine, b"first key")
    with pytest.raises(Stop, match="MASTER_KEY_WRONG"):
        check_mark(engine, b"other key")
    check_mark(engine, b"first key")
