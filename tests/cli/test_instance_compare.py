"""`preau instance compare`: asks an ENT page by page, says what differs, and exits by that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from preau.agents import comparison
from preau.app.control import Control, open_control
from preau.errors import Stop, TryAgain
from preau.sandbox.process import EntProcess
from preau.settings import read_settings
from preau.store import outgoing
from preau.store.instances import Instance
from preau.store.outgoing import Wanted
from preau.store.receipts import Receipt, Receipts
from tests.cli.conftest import Preau

ENT, TOKEN, GROUP = "mon-ent", "machine-account", "0199c0de-0000-7000-8000-000000000002"
USERS = [f"ESKO-U-{number}" for number in range(1001, 1046)]
KEEP = sa.text("insert into native_id values (:to, :entity, 'native_id', :value)")
JSON_API = "application/vnd.api+json"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not answered is asked again without delay."""
    monkeypatch.setattr(comparison, "AGAIN_S", (0.01, 0.01))


@pytest.fixture
def ent(tmp_path: Path) -> Iterator[EntProcess]:
    """A collège's ENT that pages its lists, with 45 accounts."""
    made = EntProcess("skolengo", tmp_path / ENT, TOKEN)
    made.start()
    people = [{"id": u, "type": "teacher", "lastName": "VIDALENQ", "firstName": u} for u in USERS]
    room = {"id": "C-1", "name": "6A", "users": people}
    school = {"id": "S-1", "uai": "0119010J", "name": "Trois-Ponts", "classes": [room]}
    assert made.call("POST /_sandbox/seed", {"schools": [school]}).status == 200
    yield made
    made.kill()


def links(*users: str) -> dict[str, Any]:
    return {"data": [{"type": "user", "id": user} for user in users]}


def told(control: Control, native: str) -> None:
    """The hub told it of a group with all of them, and it applied that."""
    group, where = f"group:{GROUP}", (ENT, f"group:{GROUP}", "p")
    wanted = [Wanted(*where, "GROUP_PUT", {"group": GROUP, "name": "Défi"})]
    for user in USERS:
        body = {"group": GROUP, "member_kind": "PERSON", "local_id": user}
        entity = f"member:{GROUP}:{user}"
        wanted.append(Wanted(ENT, entity, "p", "MEMBER_PUT", body, (group,), "", user))
    with control.engine.begin() as connection:
        outgoing.change(connection, [], wanted, 1, lambda each: (each, True))
        connection.execute(KEEP, {"to": ENT, "entity": group, "value": native})
    answers = [
        Receipt("e", "d", ENT, "p", each.entity, each.operation, 1, "APPLIED", "", "", "", 1)
        for each in wanted
    ]
    Receipts(control.engine).put(answers)


@pytest.fixture
def group(ent: EntProcess, preau: Preau) -> str:
    """The group there, whole, as the hub knows it; its id."""
    said = {"data": {"type": "group", "attributes": {"name": "Défi", "externalId": GROUP}}}
    native: str = ent.call("POST /groups", said, media_type=JSON_API).body["data"]["id"]
    ent.call(f"POST /groups/{native}/relationships/members", links(*USERS), media_type=JSON_API)
    preau("instance", "list")  # makes the database
    with open_control(read_settings()) as control:
        where = (ENT, "skolengo", "SECOND", None, ent.origin, TOKEN, "push")
        control.instances.put(Instance(*where, loopback=True, disabled=False))
        told(control, native)
    return native


def test_all_pages_are_read_and_nothing_differs(group: str, preau: Preau) -> None:
    done = preau("instance", "compare", ENT)
    assert (done.exit_code, done.output) == (
        0,
        f"{ENT}: of 46 that should be there: 0 missing, 0 too many, 0 different\n",
    )
    assert group


def test_what_differs_is_shown_and_the_exit_code_says_so(
    group: str, ent: EntProcess, preau: Preau
) -> None:
    route = f"DELETE /groups/{group}/relationships/members"
    assert ent.call(route, links(USERS[30]), media_type=JSON_API).status == 200
    done = preau("instance", "compare", ENT)
    assert done.exit_code == 1
    assert "1 missing" in done.output
    assert "MISSING" in done.output
    (row,) = preau("instance", "compare", ENT, "--json").output.splitlines()
    assert json.loads(row)["state"] == "REPAIR"
    assert preau("instance", "compare").output.startswith(f"{ENT}: of 46")


def test_a_mass_is_held_until_it_is_confirmed(group: str, ent: EntProcess, preau: Preau) -> None:
    route = f"DELETE /groups/{group}/relationships/members"
    ent.call(route, links(*USERS[:20]), media_type=JSON_API)
    held = preau("instance", "compare", ENT)
    assert held.exit_code == 1
    assert "--confirm" in held.output
    assert "HELD" in held.output
    assert "REPAIR" in preau("instance", "compare", ENT, "--confirm").output


def test_a_dead_ent_is_not_an_empty_one(group: str, ent: EntProcess, preau: Preau) -> None:
    ent.kill()
    done = preau("instance", "compare", ENT)
    assert isinstance(done.exception, TryAgain)
    assert done.exception.code == "COMPARE_BUSY"
    assert preau("instance", "compare").output == ""
    assert group


@pytest.mark.parametrize("name", ["nobody", "par-fichiers"])
def test_what_cannot_be_read_back_is_said(name: str, preau: Preau) -> None:
    added = ("instance", "add", "par-fichiers", "--connector", "netecole", "--way-out", "file")
    assert preau(*added).exit_code == 0
    done = preau("instance", "compare", name)
    assert isinstance(done.exception, Stop)
    assert done.exception.code == "COMPARE_UNREADABLE"
