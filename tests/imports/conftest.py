"""An académie whose file sets are written, imported and folded into the state that results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from preau.canon.codec import decode, encode
from preau.catalogue.catalogue import open_catalogue
from preau.clock import SetClock
from preau.contract.telling import clear, unsealed
from preau.imports.importer import Importer, Order, Tools
from preau.imports.source import Source
from preau.inlets.intake import INTAKE, Intake
from preau.keys.master import MasterKey
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.said import Said
from preau.readers.told import Told
from preau.store.database import open_database, prepare
from preau.store.imports import SENDING, ImportRun, ImportRuns
from preau.store.subject_keys import SubjectKeys

NOW = 1_795_500_000_000
INSTANCE = "academie"
Values = Mapping[str, str | Sequence[str]]
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n'
)


class Row(NamedTuple):
    """One record of an AAF file."""

    category: str
    id: str
    values: Values
    request: str = "add"


def xml(row: Row) -> str:
    """The record as an académie writes it."""
    return (
        f"<{row.request}Request><operationalAttributes>"
        f"{_attr('categoriePersonne', row.category)}</operationalAttributes>"
        f"<identifier><id>{row.id}</id></identifier>{_said(row)}</{row.request}Request>\n"
    )


def _said(row: Row) -> str:
    if row.request == "add":
        rows = "".join(_attr(name, value) for name, value in row.values.items())
        return f"<attributes>{rows}</attributes>"
    if row.request == "delete":
        return ""
    rows = "".join(
        f'<modification name="{name}" operation="replace">{_inner(value)}</modification>'
        for name, value in row.values.items()
    )
    return f"<modifications>{rows}</modifications>"


def _attr(name: str, value: str | Sequence[str]) -> str:
    return f'<attr name="{name}">{_inner(value)}</attr>'


def _inner(value: str | Sequence[str]) -> str:
    values = [value] if isinstance(value, str) else value
    return "".join(f"<value>{each}</value>" for each in values) or "<value/>"


def structure(id_: str = "43", *classes: str) -> Row:
    listed = [f"{code}${code} de l'année$10010012110" for code in classes or ("6A", "6B")]
    return Row(
        "EtabEducNat",
        id_,
        {
            "ENTStructureJointure": id_,
            "ENTStructureUAI": "0990001N",
            "ENTStructureNomCourant": "CLG$DES INVENTES$LIMOUX",
            "ENTStructureTypeStruct": "COLLEGE",
            "ENTStructureClasses": listed,
        },
    )


def pupil(number: int, code: str = "6A", **more: str | Sequence[str]) -> Row:
    return Row(
        "Eleve",
        str(700_000 + number),
        {
            "ENTPersonJointure": str(700_000 + number),
            "ENTEleveINE": f"{number:09}AB",
            "ENTPersonNomPatro": "ABADIE",
            "sn": "ABADIE",
            "givenName": "Capucine",
            "ENTPersonDateNaissance": f"{1 + number % 28:02}/03/2015",
            "ENTPersonStructRattach": "43",
            "ENTEleveClasses": f"43${code}",
            **more,
        },
    )


def change(number: int, **values: str | Sequence[str]) -> Row:
    """A change of some attributes of a pupil, as in a delta; an empty list takes one away."""
    return Row("Eleve", str(700_000 + number), values, "modify")


def departure(number: int) -> Row:
    """A pupil who is no more, as in a delta."""
    return Row("Eleve", str(700_000 + number), {}, "delete")


def write_set(
    folder: Path,
    rows: Sequence[Row],
    *,
    day: str = "01/09/2026",
    academy: str = "11",
    degree: str = "2D",
    per: int = 99,
    kind: str = "Complet",
) -> Path:
    """A new folder, in `folder`, with the files of one set, `per` records in each."""
    year = "".join(reversed(day.split("/")))
    room = folder / f"set-{len(list(folder.glob('set-*')))}"
    room.mkdir()
    comments = (
        f'<!-- versionAF="AAF-VE2407" --><!-- codeAcademieExport="{academy}" -->'
        f'<!-- degre="{degree}" --><!-- dateGenerationExport="{day}" -->'
    )
    for category in dict.fromkeys(row.category for row in rows):
        mine = [xml(row) for row in rows if row.category == category]
        for index in range(0, len(mine), per):
            name = f"ENT_{kind}_{year}_{category}_{index // per:04}.xml"
            records = "".join(mine[index : index + per])
            text = f"{HEAD}<ficAlimMENESR>{comments}{records}</ficAlimMENESR>\n"
            (room / name).write_text(text, "utf-8")
    return room


class Academie:
    """One source, its files, its imports, and what consumers hold after them."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.folder = folder
        self.clock = SetClock(NOW)
        connector = open_catalogue().connector("aaf")
        self.normaliser: Normaliser = connector.normaliser(Context(b"secret"))
        self.engine = open_database(database or f"sqlite:///{folder / 'preau.db'}")
        prepare(self.engine)
        self.runs = ImportRuns(self.engine)
        told = Told(academy="11", mask=self.normaliser.digests.mask)
        self.source = Source(INSTANCE, connector, self.normaliser, b"marks", told)
        self.tools = Tools(folder / "imports", self.runs, encode, self.clock, bytes(32))
        self.book = SubjectKeys(self.engine, MasterKey(bytes(range(32))), self.clock)
        self.written: list[Intake] = []
        self.held: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}

    def expects_deltas(self, *, on: bool = True) -> None:
        """Says whether delta files may come."""
        self.tools = self.tools._replace(keys=lambda: self.book if on else None)

    @property
    def importer(self) -> Importer:
        return Importer(self.source, self.tools)

    def files(self, *rows: Row, **how: Any) -> Path:
        """A folder with the files of one set."""
        return write_set(self.folder, rows, **how)

    def prepare(self, *paths: Path, **asked: Any) -> ImportRun:
        return self.importer.prepare(Order(paths, **asked))

    def release(self, run: ImportRun) -> ImportRun:
        return self.importer.release(run, self.publish)

    def delta(self, *rows: Row, **how: Any) -> Path:
        """A folder with the files of one delta."""
        return write_set(self.folder, rows, **{"day": "02/09/2026", "kind": "Delta", **how})

    def imported(self, *paths: Path, **asked: Any) -> ImportRun:
        """Prepared and, unless something holds it, sent."""
        run = self.prepare(*paths, **asked)
        assert run.state == SENDING, run.reasons
        return self.release(run)

    def publish(self, letters: Iterable[Intake]) -> None:
        for letter in letters:
            self.written.append(letter)
            if letter.topic.startswith(INTAKE):
                self._fold(letter)

    def state(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What whoever follows the canonical topics holds, without what is deleted."""
        return {key: said for key, (_, said) in self.held.items() if said}

    def _fold(self, letter: Intake) -> None:
        headers = dict(letter.headers)
        event, path = headers["event"].decode(), headers.get("path", b"").decode()
        at = int(headers["received_at"])
        said = Said(INSTANCE, event, None, letter.value, at, letter.topic, 0, 0, path)
        drafts, _ = self.normaliser.normalise(said)
        for draft in drafts:
            value = dict(decode(unsealed(draft)).value)
            meta = value.pop("meta")
            key = (draft.record, draft.key.decode())
            if meta["version"] > self.held.get(key, (-1, {}))[0]:
                shown = {} if meta["deleted"] else {**value, "pii": clear(draft)}
                self.held[key] = (meta["version"], shown)


@pytest.fixture
def academie(tmp_path: Path, database: str) -> Iterator[Academie]:
    made = Academie(tmp_path, database)
    yield made
    made.engine.dispose()
