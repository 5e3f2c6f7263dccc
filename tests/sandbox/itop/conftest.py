"""A fictional Net'École with one class, and a hub's folder of files before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from preau.clock import SetClock
from preau.outlets.dropping import write
from preau.outlets.file_lines import Drawn
from preau.sandbox.itop.family import SCHOOL_FILES
from preau.sandbox.itop.importing import Importing
from preau.sandbox.itop.life import Life
from preau.sandbox.itop.school import SchoolSpeech
from preau.sandbox.ledger import Ledger
from preau.sandbox.netecole.product import TABLES

PUPILS = [
    {
        "identifiant": f"ne-{number}",
        "nom": "DELPRAT",
        "prenom": "Maëlys",
        "profil": "ELEVE",
        "date_naissance": "09/03/2016",
    }
    for number in (1, 2)
]
TEACHER = {"identifiant": "ne-77", "nom": "RIEUNIER", "prenom": "Claire", "profil": "ENSEIGNANT"}
ROOM = {
    "code": "ne-C3",
    "libelle": "CM2 Cantal",
    "niveaux": ["CM2"],
    "uai": "0150001A",
    "comptes": [*PUPILS, TEACHER],
}
EMPTY = {
    "groupes.csv": "code;libelle;envoi\r\n",
    "membres.csv": "groupe;identifiant;type;envoi\r\n",
    "liens.html": "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n</DL><p>\n",
    "travaux.csv": "identifiant;groupe;titre;pour_le;envoi\r\n",
    "agenda.ics": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//FR\r\nEND:VCALENDAR\r\n",
}


class Folder:
    """Writes sets of files as the hub does; what is not given is as empty as the hub makes it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, number: int, given: Mapping[str, str]) -> None:
        """`given`: file → its lines, without the header; of links and dates, the elements."""
        self.put(number, [drawn(name, given.get(name, "")) for name in EMPTY])

    def put(self, number: int, files: list[Drawn]) -> None:
        """Exactly these."""
        write(self.path, files, number)

    def report(self, number: int) -> tuple[str, list[str]]:
        """`ok` or `ko`, and its lines; ("", []) while there is none."""
        for ending in ("ok", "ko"):
            path = self.path / f"{number}.{ending}"
            if path.is_file():
                return ending, path.read_text("utf-8").splitlines()
        return "", []


def drawn(name: str, lines: str) -> Drawn:
    """One file as the hub draws it."""
    if name == "liens.html":
        text = EMPTY[name].replace("</DL><p>\n", f"{lines}</DL><p>\n")
        return Drawn(name, lines.count("<A "), text.encode())
    if name == "agenda.ics":
        told = lines.replace("\n", "\r\n")
        text = EMPTY[name].replace("END:VCALENDAR", f"{told}END:VCALENDAR")
        return Drawn(name, lines.count("BEGIN:VEVENT"), text.encode())
    text = EMPTY[name] + lines.replace("\n", "\r\n")
    return Drawn(name, lines.count("\n"), text.encode("utf-8-sig"))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The folder that the hub writes and the ENT reads."""
    path = tmp_path / "drops"
    path.mkdir()
    return Folder(path)


class School:
    """The ENT in this process: its import looks when told to."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.life = Life(ledger, "Net'École (fictif)", SchoolSpeech(), "ne")
        self._import = Importing(ledger, SCHOOL_FILES)

    def turn(self) -> bool:
        return self._import.turn()

    @property
    def held(self) -> Any:
        return self.life.holds()

    @property
    def effects(self) -> list[tuple[str, str]]:
        rows = self.ledger.rows("select event, verb from effect order by seq")
        return [(row["event"], row["verb"]) for row in rows]


@pytest.fixture
def school(tmp_path: Path, folder: Folder) -> Iterator[School]:
    """One école, one class, two pupils and their teacher."""
    ledger = Ledger(tmp_path / "school.db", TABLES, SetClock(1_790_000_000_000))
    made = School(ledger)
    made.life.seed({"drops": str(folder.path), "rooms": [ROOM]})
    yield made
    ledger.close()


@pytest.fixture
def netecole(open_ent: Callable[[str], Any], folder: Folder) -> Any:
    """The same as a process that watches its folder."""
    ent = open_ent("netecole")
    seed = {"drops": str(folder.path), "rooms": [ROOM]}
    assert ent.call("POST /_sandbox/seed", seed).body == {"accounts": 3}
    return ent
