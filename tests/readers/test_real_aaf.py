"""The State's real files of 2013 are read whole: every record comes out or is set aside."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from preau.readers import open_reader

REPOSITORY = Path(__file__).resolve().parents[2]
REAL = REPOSITORY.parent / "shared" / "samples" / "aaf-2013"
#: Requests in each file, counted with grep.
RECORDS = {"EtabEducNat": 10, "MatEducNat": 718, "MefEducNat": 2_504}

pytestmark = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real AAF files of 2013 are not beside the checkout"
)


def test_the_reader_gives_every_request_of_2013_once() -> None:
    counts: Counter[str] = Counter()
    keys: set[tuple[str | None, str]] = set()
    for file in REAL.glob("*.xml"):
        with file.open("rb") as stream:
            for piece in open_reader("aaf").split(stream, file.name):
                assert piece.problem is None, piece.problem
                values = json.loads(piece.body)
                counts[piece.event or ""] += 1
                keys.add((piece.event, values["id"]))
                assert values["unknown"] == []
                assert values["header"] == {
                    "versionAF": "AAF-VE1301",
                    "day": "2013-01-17T00:00:00Z",
                }
    assert counts == RECORDS
    assert len(keys) == sum(RECORDS.values())


def test_every_record_of_2013_comes_out_or_is_set_aside() -> None:
    open_connector = pytest.importorskip("preau.catalogue.catalogue").open_connector
    rehearsal = pytest.importorskip("preau.contract.rehearsal")
    context = pytest.importorskip("preau.contract.evidence").CONTEXT
    connector = open_connector(REPOSITORY / "connectors" / "aaf")
    normaliser = connector.normaliser(context)
    counts: Counter[tuple[str, str]] = Counter()
    speaker = rehearsal.Speaker("aaf-test")
    start = time.perf_counter()
    for file in sorted(REAL.glob("*.xml")):
        with file.open("rb") as stream:
            for heard in rehearsal.listen(connector, normaliser, stream, file.name, speaker):
                event = heard.said.event or ""
                counts[event, "in"] += 1
                counts[event, "out"] += bool(heard.drafts)
                counts[event, "aside"] += bool(heard.refusals) and not heard.drafts
                counts[event, "refusals"] += len(heard.refusals)
    seconds = time.perf_counter() - start
    print(f"{dict(counts)} in {seconds:.2f} s")  # noqa: T201 - shown with -s
    assert {event: counts[event, "in"] for event in RECORDS} == RECORDS
    assert {event for event, _ in counts} == set(RECORDS)
    for event, number in RECORDS.items():
        assert counts[event, "out"] + counts[event, "aside"] == number
        assert counts[event, "refusals"] == 0
    assert seconds < 30
