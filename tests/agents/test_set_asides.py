"""The step of what was set aside: every refusal is one row, whatever is repeated or unreadable."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from preau.agents.set_asides import SetAsidesStep
from preau.agents.setting_aside import Refused, set_aside
from preau.app.steps import reader
from preau.broker.records import Arrival
from preau.broker.topics import PERSONAL_MS
from preau.canon.codec import encode
from preau.clock import SetClock
from preau.mapping.refusal import Refusal
from preau.store import set_asides
from preau.store.database import open_database, prepare
from preau.store.set_asides import Chosen, Kept

NOW_MS = 1_790_000_000_000
REFUSAL = Refusal(
    *("DATE", "essai", "PUPIL", "born", "text", ("2016-03-09",), "write it", "ecole"),
    *("preau.intake.essai", 2, 40, ""),
)


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    opened = open_database(database)
    prepare(opened)
    yield opened
    opened.dispose()


def arrival(offset: int, nth: int = 0, redriven: bytes | None = None, at: int = NOW_MS) -> Arrival:
    output = set_aside(Refused(REFUSAL, "0" * 64, nth, at, None, redriven), encode)
    return Arrival(output.topic, 0, offset, output.key, output.value, dict(output.headers))


def kept(engine: sa.Engine) -> list[Kept]:
    with engine.connect() as connection:
        return set_asides.find(connection, Chosen(), 10)


def test_a_refusal_becomes_a_row_that_says_all_of_it(engine: sa.Engine) -> None:
    clock = SetClock(NOW_MS)
    step = SetAsidesStep(engine, reader("set_aside"), clock)
    batch = [arrival(7), arrival(8, nth=1), arrival(9)._replace(value=b"\0\0\0\0\0torn")]
    assert step.handle(batch) == step.handle([*batch, batch[0]._replace(value=None)]) == []
    one, two = sorted(kept(engine), key=lambda each: each.row.seq)
    assert (one.row.code, one.row.known, one.row.fix) == ("DATE", ("2016-03-09",), "write it")
    assert (one.row.topic, one.row.part, one.row.place) == ("preau.intake.essai", 2, 40)
    assert (one.row.first_at, one.row.seq, two.row.seq, one.state) == (NOW_MS, 7, 8, "OPEN")


@pytest.mark.parametrize(
    ("header", "times"), [(None, 0), (b"3", 3), (b"-1", 0), (b"9" * 40, 0), (b"x", 0)]
)
def test_how_often_the_bytes_were_sent_again_is_read_from_the_header(
    engine: sa.Engine, header: bytes | None, times: int
) -> None:
    SetAsidesStep(engine, reader("set_aside"), SetClock(NOW_MS)).handle([arrival(1, 0, header)])
    assert [each.row.redriven for each in kept(engine)] == [times]


def test_what_is_older_than_kafka_keeps_it_goes(engine: sa.Engine) -> None:
    clock = SetClock(NOW_MS)
    step = SetAsidesStep(engine, reader("set_aside"), clock)
    step.handle([arrival(1)])
    clock.advance(PERSONAL_MS + 1)
    step.handle([arrival(2, nth=1, at=clock.now_ms())])
    assert [each.row.seq for each in kept(engine)] == [2]
