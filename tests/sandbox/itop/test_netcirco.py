"""A fictional Net'circo: adults only, in its accounts, in its files and in what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.catalogue.catalogue import open_catalogue
from preau.clock import SystemClock
from preau.mapping.normaliser import Context
from preau.mapping.said import Said
from preau.sandbox.itop.family import ADULT_FILES
from preau.sandbox.itop.importing import Importing
from preau.sandbox.itop.life import Life
from preau.sandbox.ledger import Ledger
from preau.sandbox.netcirco.product import TABLES
from preau.sandbox.netcirco.speech import CircoSpeech
from preau.sandbox.surface import Refused
from tests.sandbox.itop.conftest import Folder, drawn

NAMES = {"nom": "RIEUNIER", "prenom": "Claire"}
ADULTS = [
    {"identifiant": "nc-1", "profil": "IEN", **NAMES},
    {"identifiant": "nc-2", "profil": "ENSEIGNANT", **NAMES},
]
ROOM = {"code": "GIE-1", "libelle": "Cycle 3", "uai": "0150001A", "comptes": ADULTS}
HEADER = "groupe;identifiant;type;role;envoi\r\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(tmp_path / "circo.db", TABLES, SystemClock())
    yield made
    made.close()


@pytest.fixture
def life(ledger: Ledger, folder: Folder) -> Life:
    """A circonscription with one group of two adults."""
    made = Life(ledger, "Net'circo (fictif)", CircoSpeech(), "nc", adults_only=True)
    made.seed({"drops": str(folder.path), "rooms": [ROOM]})
    return made


def understood(ledger: Ledger) -> list[tuple[str, bool]]:
    """(record, whether it is withdrawn) of everything said."""
    normaliser = open_catalogue().connector("netcirco").normaliser(Context(b"key" * 11))
    found: list[tuple[str, Any]] = []
    for row in ledger.rows("select body from emit order by seq"):
        said = Said("nc", None, None, row["body"], 0, "t", 0, 0, "")
        found += normaliser.plain(said)
    return [(record, value["meta"]["deleted"]) for record, value in found]


def test_whoever_is_not_an_adult_is_refused_line_by_line(
    ledger: Ledger, life: Life, folder: Folder
) -> None:
    lines = (
        "g;nc-1;COMPTE;RESPONSABLE;e1\r\ng;nc-2;COMPTE;;e2\r\ng;nc-2;COMPTE;ELEVE;e3\r\n"
        "g;nc-9;COMPTE;ENSEIGNANT;e4\r\n"
    )
    members = drawn("membres.csv", "")._replace(
        lines=4, content=(HEADER + lines).encode("utf-8-sig")
    )
    others = [drawn("liens.html", ""), drawn("agenda.ics", "")]
    folder.put(1, [drawn("groupes.csv", "g;Défi;e0\n"), members, *others])
    assert Importing(ledger, ADULT_FILES, adults_only=True).turn()
    refused = ["e2;ADULTS_ONLY", "e3;ADULTS_ONLY", "e4;UNKNOWN_MEMBER"]
    assert folder.report(1) == ("ko", refused)
    held: Any = life.holds()
    assert held[0]["members"] == ["nc-1"]


def test_no_pupil_has_an_account(life: Life) -> None:
    pupil = {"identifiant": "nc-3", "profil": "ELEVE", **NAMES}
    with pytest.raises(Refused):
        life.seed({"rooms": [{**ROOM, "comptes": [pupil]}]})


def test_its_groups_and_who_leaves_them_are_understood(ledger: Ledger, life: Life) -> None:
    assert life.say({"what": "directory"}) == {"said": 3}
    assert life.say({"what": "members", "class": "GIE-1", "users": ["nc-1"]}) == {"said": 1}
    people = [("person", False), ("membership", False)]
    assert understood(ledger) == [("group", False), *people, *people, ("membership", True)]


def test_what_is_put_in_common_is_said_and_taken_back(ledger: Ledger, life: Life) -> None:
    order = {"what": "share", "teacher": "nc-1", "group": "GIE-1", "title": "Géométrie"}
    made: Any = life.say(order)
    assert made["said"] == 1
    assert life.say({"what": "delete", "document": made["documents"][0]}) == {"said": 1}
    assert understood(ledger) == [("resource", False), ("share", False), ("share", True)]


def test_nobody_is_given_homework(ledger: Ledger, life: Life) -> None:
    with pytest.raises(Refused):
        life.say({"what": "homework", "group": "GIE-1", "title": "Lire", "due": "12/10/2026"})
    assert json.dumps(ledger.rows("select * from emit")) == "[]"
