"""Whether an ENT that is slow, lies, flaps or is dead makes the others wait longer."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.neighbours.house import ILL, WELL, Ents, House

EACH_S, MANY = 0.03, 1_000_000
KINDS = ("slow", "lying", "flapping", "dead")
FAULTS: dict[str, dict[str, Any]] = {
    "slow": {"kind": "slow", "ms": 10_000},
    "lying": {"kind": "lie"},
}
FLAP_S = 0.5


def main() -> None:
    """Rounds with everybody well and rounds with one of them ill, in turns, for each illness."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--groups", type=int, default=400, help="sent to each ENT in a round")
    asked.add_argument("--rounds", type=int, default=5, help="of each illness")
    said = asked.parse_args()
    with tempfile.TemporaryDirectory() as room, Ents(Path(room)).running() as ents:
        for kind in KINDS:
            ratios, told, p99s = [], set[str](), []
            for number in range(said.rounds):
                base = Path(room) / f"{kind}-{number}"
                well = _round(ents, base.with_suffix(".well"), said.groups)
                with _ill(ents, kind):
                    ill = _round(ents, base.with_suffix(".ill"), said.groups)
                ratios.append(_p99(ill) / _p99(well))
                p99s.append((_p99(well) * 1000, _p99(ill) * 1000))
                told |= ill.said[ILL]
            before, after = (statistics.median(column) for column in zip(*p99s, strict=True))
            print(
                f"{kind}: p99 of the others {before:.0f} ms -> {after:.0f} ms,"
                f" ratio {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f});"
                f" the ill one's receipts: {', '.join(sorted(told)) or 'none'}"
            )


def _round(ents: Ents, file: Path, groups: int) -> House:
    house = House(f"sqlite:///{file}.db", ents)
    asyncio.run(house.play(EACH_S, groups))
    return house


def _p99(house: House) -> float:
    took = [seconds for name in WELL for seconds in house.took[name]]
    return statistics.quantiles(took, n=100)[98]


@contextmanager
def _ill(ents: Ents, kind: str) -> Iterator[None]:
    """One ENT is ill here, and well again at the end."""
    if kind in FAULTS:
        ents.fault(times=MANY, **FAULTS[kind])
        yield
        ents.fault(kind="none")
    elif kind == "dead":
        ents.of[ILL].kill()
        yield
        ents.of[ILL].start()
    else:
        with _flapping(ents):
            yield


@contextmanager
def _flapping(ents: Ents) -> Iterator[None]:
    ended = threading.Event()

    def flap() -> None:
        while not ended.wait(FLAP_S):
            ents.fault(kind="status", status=503, times=MANY)
            ended.wait(FLAP_S)
            ents.fault(kind="none")

    thread = threading.Thread(target=flap)
    thread.start()
    yield
    ended.set()
    thread.join()
    ents.fault(kind="none")


if __name__ == "__main__":
    main()
