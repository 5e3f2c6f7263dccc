"""A whole `deliver` process is killed with `kill -9`, again and again, amid its work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

COLLEGE = "mon-ent"
PROCESS = """
import asyncio, importlib.util, json, sys
spec = importlib.util.spec_from_file_location("house", sys.argv[1])
house = importlib.util.module_from_spec(spec)
spec.loader.exec_module(house)
class Ent:
    def __init__(self, origin): self.origin = origin
hub = house.Hub(sys.argv[2], {n: Ent(o) for n, o in json.loads(sys.argv[3]).items()})
print("ready", flush=True)
hub.work(lambda hub: hub.idle(), 60)
"""


@pytest.mark.faults
def test_nothing_is_lost_doubled_or_out_of_order_when_deliver_is_killed(
    hub: Any, ents: Any, group: Any, member: Any, users: Any
) -> None:
    rows = [group(COLLEGE, f"g{n}", v) for n in range(20) for v in (1, 2)]
    rows += [member(COLLEGE, user, f"g{n}") for n in range(20) for user in users[:15]]
    hub.send(*rows)
    kills = 0
    while not hub.idle():
        process = start(hub.database, ents)
        target = len(ents["edifice"].effects()) + 60
        while process.poll() is None and len(ents["edifice"].effects()) < target:
            continue  # each question is a call over HTTP: it paces itself
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        process.wait()
    assert kills >= 3
    effects = ents["edifice"].effects()
    counted = Counter((each["event"], each["verb"]) for each in effects)
    assert [effect for effect, times in counted.items() if times > 1] == []
    assert sum(verb == "group.create" for _, verb in counted) == 20
    assert sum(verb == "member.add" for _, verb in counted) == 300
    seen: dict[str, int] = {}
    for each in effects:
        assert each["version"] >= seen.get(each["entity"], 0), "out of order"
        seen[each["entity"]] = each["version"]


def start(database: str, ents: Any) -> subprocess.Popen[bytes]:
    house = Path(__file__).with_name("conftest.py")
    origins = json.dumps({name: ent.origin for name, ent in ents.items()})
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(house), database, origins],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdout.close()
    return process
