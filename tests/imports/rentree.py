"""Two directories of one académie in June, and the sets of September that are rehearsed on them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from bench.identity.hub import Hub

from preau.imports.importer import Order
from preau.imports.rehearsal import Rehearsal
from preau.imports.rehearsed import Rehearsed, SchoolYear
from preau.store import persons, projects
from preau.store.imports import ImportRun
from preau.store.projects import Place, Project
from tests.imports.conftest import Row, pupil, structure, write_set

ECOLE, COLLEGE = "0990002P", "0990001N"
CONNECTORS = {"ecoles": "aaf-1d", "colleges": "aaf"}
GIVEN = ("Zoé", "Côme", "Maëlys", "Timéo", "Aya", "Noé", "Élise", "Rayan", "Lison", "Ismaël")


def ecole() -> Row:
    values = {
        "ENTStructureJointure": "510",
        "ENTStructureUAI": ECOLE,
        "ENTStructureNomCourant": "ECOLE$DE LA BLANQUETTE$LIMOUX",
        "ENTStructureTypeStruct": "ECOLE ELEMENTAIRE",
    }
    return Row("EtabEducNat", "510", values)


def child(number: int, room: str = "812", level: str = "1125", *, ine: bool = True) -> Row:
    """Child `number` at the école, in the class of that number."""
    values = {
        "ENTPersonJointure": str(number),
        "ENTPersonNom": "D'ARQUES",
        "ENTPersonPrenom": GIVEN[number % 10],
        "ENTPersonDateNaissance": "12/03/2015",
        "ENTPersonStructRattach": "510",
        "ENTPersonClasses": f"510$$${room}${LABELS[room]}",
        "ENTEleveNiveau": f"{level}$x",
        **({"ENTEleveINE": f"{number:09}AB"} if ine else {}),
    }
    return Row("Eleve", str(number), values)


LABELS = {"812": "CM2 TILLEULS", "813": "CM1 ORMES", "912": "CM1 ORMES"}


def sixth(number: int, code: str = "6A", *, ine: bool = True) -> Row:
    """The same child at the collège, whose files write its name otherwise."""
    who = {"ENTPersonNomPatro": "D ARQUES", "sn": "D ARQUES", "givenName": GIVEN[number % 10]}
    born = {"ENTPersonDateNaissance": "12/03/2015", "ENTEleveINE": f"{number:09}AB" if ine else ()}
    return pupil(number, code, **who, **born)


JUNE_ECOLE = (
    ecole(),
    *(child(number) for number in range(8)),
    child(8, ine=False),
    child(9, "813", "1124"),
)
JUNE_COLLEGE = (
    structure("43", "6A", "6B"),
    *(pupil(number, "6A") for number in range(100, 106)),
    *(pupil(number, "6B") for number in range(106, 110)),
)
SEPTEMBER_COLLEGE = (
    structure("43", "6A", "6C"),
    *(sixth(number) for number in range(7)),
    sixth(8, ine=False),
    pupil(200, "6A"),
    *(pupil(number, "6C") for number in range(106, 109)),
)
SEPTEMBER_ECOLE = (ecole(), child(9, "912", "1124"), child(50, "912", "1124"))


class Rentree:
    """A hub in June, without Kafka, and what rehearsals say of it."""

    def __init__(self, folder: Path, database: str = "") -> None:
        (folder / "hub").mkdir()
        self.folder = folder
        self.hub = Hub(folder / "hub", database)

    def files(self, instance: str, rows: Sequence[Row], day: str = "01/06/2026") -> Path:
        degree = "1D" if instance == "ecoles" else "2D"
        return write_set(self.folder, rows, day=day, degree=degree)

    def imported(self, instance: str, rows: Sequence[Row], day: str = "01/06/2026") -> ImportRun:
        files = self.files(instance, rows, day)
        return self.hub.imported(instance, CONNECTORS[instance], files)

    def rehearsed(self, instance: str, files: Path) -> Rehearsed:
        source = self.hub.source(instance, CONNECTORS[instance])
        heard = Rehearsal(self.hub.engine, source, self.hub.likeness)
        order = Order([files], rehearse=True, listener=heard)
        return heard.report(self.hub.importer(source).prepare(order))

    def september(self, instance: str, rows: Sequence[Row]) -> Rehearsed:
        return self.rehearsed(instance, self.files(instance, rows, "15/09/2026"))

    def project(self, *groups: str, state: str = "OPEN") -> None:
        place = Place(COLLEGE, "colleges", "AUTHORISED", "PRINCIPAL", 0, groups)
        told = ("p1", "g1", "Défi lecture", "", "2026-01-01", "2027-07-01", state, 1, "e", 0)
        with self.hub.engine.begin() as connection:
            projects.put(connection, Project(*told, (place,)))

    def known_as(self, source: str, same: str) -> None:
        """An account that is known to be the same person as an entry."""
        with self.hub.engine.begin() as connection:
            entry = persons.entries(connection, [same])[same]
            persons.put_entries(connection, [entry._replace(source=source)])

    def everything(self) -> dict[str, bytes | list[str]]:
        """Every byte that imports keep, and every row of the database."""
        kept = sorted((self.folder / "hub" / "imports").rglob("*"))
        found: dict[str, bytes | list[str]] = {
            str(file): file.read_bytes() for file in kept if file.is_file()
        }
        with self.hub.engine.connect() as connection:
            for table in sa.inspect(self.hub.engine).get_table_names():
                rows = connection.execute(sa.text(f"select * from {table}")).all()
                found[table] = sorted(map(repr, rows))
        return found


def only(found: Rehearsed) -> SchoolYear:
    """The one school of a rehearsal."""
    (school,) = found.schools
    return school
