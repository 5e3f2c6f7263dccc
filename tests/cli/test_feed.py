"""`preau feed`: an address is shown once, listed by its name only, and revoked for good."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from preau.store import audit, feed_addresses, projects
from preau.store.projects import Place, Project

Preau = Callable[..., Any]
COLLEGE, NOW = "0119010J", 1_791_793_800_000


@pytest.fixture
def opened(preau: Preau, hub_engine: sa.Engine) -> Preau:
    """The command, on a hub with one project that the collège authorised."""
    preau("instance", "add", "mon-ent", "--connector", "edifice", "--degree", "second")
    place = Place(COLLEGE, "mon-ent", "AUTHORISED", "PRINCIPAL", NOW, ())
    said = ("p1", "g1", "Défi lecture", "PROJET_PEDAGOGIQUE", "2026-10-12", "2027-07-02", "OPEN")
    project = Project(*said, version=1, event_id="e", created_at=NOW, places=(place,))
    with hub_engine.begin() as connection:
        projects.put(connection, project)
    return preau


def test_an_address_is_shown_once_and_revoked_for_good(
    opened: Preau, hub_engine: sa.Engine
) -> None:
    told = opened(
        "feed", "new", "p1", COLLEGE, "--by", "PRINCIPAL", "--hub", "https://hub.example/"
    )
    assert told.exit_code == 0, told.output
    found = re.fullmatch(
        r"https://hub\.example/flux/([\w-]{43})/agenda\.ics\n"
        r"https://hub\.example/flux/\1/ressources\.atom\n",
        told.stdout,
    )
    assert found
    listed = opened("feed", "list", "p1").stdout
    assert found[1] not in listed
    line = re.fullmatch(r"([0-9a-f]{16})  p1  0119010J  by PRINCIPAL  made .+ UTC\n", listed)
    assert line
    with hub_engine.connect() as connection:
        assert feed_addresses.find(connection, found[1]) is not None
    assert opened("feed", "revoke", line[1]).exit_code == 0
    assert opened("feed", "revoke", line[1]).exit_code == 0  # once more changes nothing
    assert "revoked" in opened("feed", "list").stdout
    assert opened("feed", "list", "p2").stdout == ""
    with hub_engine.connect() as connection:
        assert feed_addresses.find(connection, found[1]) is None
        acts = [each.act for each in audit.entries(connection)]
    assert acts[-2:] == ["address.made", "address.revoked"]


def test_a_network_has_an_agenda_at_an_address_of_its_own(opened: Preau, tmp_path: Path) -> None:
    file = tmp_path / "sectors.csv"
    file.write_text(f"college;ecole;nom_reseau\n{COLLEGE};0119001Z;reseau-limoux\n", "utf-8")
    assert opened("sector", "import", str(file)).exit_code == 0
    told = opened("feed", "network", "reseau-limoux", "0119001Z", "--by", "DASEN")
    assert re.fullmatch(r"/flux/[\w-]{43}/agenda\.ics\n", told.stdout)
    assert "network:reseau-limoux  0119001Z  by DASEN" in opened("feed", "list").stdout
    assert "reseau-limoux" in opened("sector", "list").stdout


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (("new", "p1", COLLEGE, "--by", "DASEN"), "ROLE_REFUSED"),
        (("new", "p1", "0119999Z", "--by", "PRINCIPAL"), "NOT_INVITED"),
        (("new", "p2", COLLEGE, "--by", "PRINCIPAL"), "PROJECT_UNKNOWN"),
        (("network", "nowhere", COLLEGE, "--by", "PRINCIPAL"), "NETWORK_UNKNOWN"),
        (("revoke", "0" * 16), "FEED_UNKNOWN"),
    ],
)
def test_what_cannot_be_done_says_why(opened: Preau, said: tuple[str, ...], code: str) -> None:
    told = opened("feed", *said)
    assert told.exit_code != 0
    assert code in str(told.exception) + told.output
