"""Whether a page of the roster service costs a page: walks and single pages, side by side."""

from __future__ import annotations

import argparse
import http.client
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from bench.rosters.service import READER, Service, serving

from preau.keys.leased import LEASE_MS
from preau.web.access_tokens import FULL

ROOT = "/ims/oneroster/rostering/v1p2"


class Figures(NamedTuple):
    """Seconds, each the median of the rounds: a walk through all pages, all as one page, a page.

    `first` is a page for which the roster is read anew, `middle` one of a walk.
    """

    walk: float
    whole: float
    first: float
    middle: float

    def told(self, users: int, limit: int, what: str) -> str:
        """A line of a table."""
        said = (f"{users:,}", str(limit), what, *(f"{1000 * each:,.0f}" for each in self))
        ratios = (f"{self.walk / self.whole:.2f}", f"{self.middle / self.first:.3f}")
        return "| " + " | ".join((*said, *ratios)) + " |"


class Client:
    """One reader on one connection."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._connection = http.client.HTTPConnection(urlsplit(service.address).netloc, timeout=120)
        form = {"grant_type": "client_credentials", "client_id": READER}
        form["client_secret"] = service.key
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST", "/token", urlencode(form | {"scope": FULL}), kind)
        token = json.load(self._connection.getresponse())["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def begin(self) -> None:
        """Ends the reading that is held, and the connection, which may have been idle for long."""
        self._service.end_reading()
        self._connection.close()  # it opens again by itself

    def page(self, limit: int, offset: int) -> int:
        """Reads a page of the users; how many are on it."""
        address = f"{ROOT}/users?limit={limit}&offset={offset}"
        self._connection.request("GET", address, headers=self._headers)
        answer = self._connection.getresponse()
        assert answer.status == 200
        return len(json.load(answer)["users"])

    def walk(self, users: int, limit: int) -> None:
        """Reads every page."""
        there = sum(self.page(limit, offset) for offset in range(0, users, limit))
        assert there == users


def main() -> None:
    """Prints a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--users", type=int, nargs="+", default=[1_000, 5_000])
    asked.add_argument("--limit", type=int, default=100)
    asked.add_argument("--rounds", type=int, default=3)
    said = asked.parse_args()
    print("| users | limit | reading | walk, ms | one page of all, ms | first page, ms |", end="")
    print(" middle page, ms | walk : one page | middle : first |")
    print("| --- " * 9 + "|")
    for users in said.users:
        anew, held = measure(users, said.limit, said.rounds)
        print(anew.told(users, said.limit, "anew for each page"))
        print(held.told(users, said.limit, "held"), flush=True)


def measure(users: int, limit: int, rounds: int) -> tuple[Figures, Figures]:
    """Without and with held readings, round by round."""
    with tempfile.TemporaryDirectory() as room:
        anew, held = Path(room) / "anew", Path(room) / "held"
        with serving(anew, users, 0) as one, serving(held, users, LEASE_MS) as other:
            clients = Client(one), Client(other)
            taken: tuple[list[Figures], list[Figures]] = ([], [])
            for each in clients:
                each.page(limit, 0)  # its rows are written once
            for _ in range(rounds):
                for client, found in zip(clients, taken, strict=True):
                    found.append(_round(client, users, limit))
    first, second = ([median(each) for each in zip(*found, strict=True)] for found in taken)
    return Figures(*first), Figures(*second)


def _round(client: Client, users: int, limit: int) -> Figures:
    client.begin()
    walk = _timed(lambda: client.walk(users, limit))
    client.begin()
    whole = _timed(lambda: client.walk(users, users))
    client.begin()
    first = _timed(lambda: client.page(limit, 0))
    return Figures(walk, whole, first, _timed(lambda: client.page(limit, users // 2)))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
