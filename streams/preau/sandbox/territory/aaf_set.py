"""Writes one AAF set, Complet, split over files as an académie's export is."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import NamedTuple, TextIO

_PROJECT = "ENTPREAU"
#: Encodings of real sets are not the same in all files; the first degree's is assumed [A].
_ENCODINGS = {"EtabEducNat": "ISO-8859-15", "PersEducNat": "ISO-8859-15"}
_HEAD = (
    '<?xml version="1.0" encoding="{encoding}"?>\n'
    '<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n'
    '<ficAlimMENESR>\n<!-- versionAF="AAF-VE2507" -->\n'
    '<!-- versionSDET="Annexe 4bis version 6.4" -->\n<!-- codeAcademieExport="{academy}" -->\n'
    '<!-- degre="{degree}" -->\n<!-- dateGenerationExport="{day:%d/%m/%Y}" -->\n'
)
_TAIL = "</ficAlimMENESR>\n"


class Export(NamedTuple):
    """What every file of a set says of itself; `degree` is 1D or 2D."""

    academy: str
    degree: str
    day: date


class AafSet:
    """Files `ENTPREAU_Complet_<day>_<Category>_<NNNN>.xml`, at most `per_file` records in each."""

    def __init__(self, folder: Path, export: Export, per_file: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._export = export
        self._per_file = per_file
        self._open: dict[str, tuple[TextIO, ExitStack]] = {}
        self._written: dict[str, int] = {}

    def write(self, category: str, record: str) -> None:
        """Adds one record to the files of a category (the word in their names)."""
        count = self._written.get(category, 0)
        if count % self._per_file == 0:
            self._next(category, count // self._per_file)
        self._open[category][0].write(record)
        self._written[category] = count + 1

    def close(self) -> None:
        """Ends every file."""
        for _, ends in self._open.values():
            ends.close()
        self._open.clear()

    def _next(self, category: str, index: int) -> None:
        if category in self._open:
            self._open.pop(category)[1].close()
        name = f"{_PROJECT}_Complet_{self._export.day:%Y%m%d}_{category}_{index:04d}.xml"
        encoding = "UTF-8" if self._export.degree == "1D" else _ENCODINGS.get(category, "UTF-8")
        with ExitStack() as ends:
            file = (self._folder / name).open("w", encoding=encoding, newline="\n")
            ends.callback(file.close)
            ends.callback(file.write, _TAIL)
            file.write(_HEAD.format(encoding=encoding, **self._export._asdict()))
            self._open[category] = file, ends.pop_all()


def escaped(text: str) -> str:
    """Text for XML, apostrophes too, as the State's exports write it."""
    if "&" in text or "'" in text or "<" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")
    return text


def attribute(name: str, *values: object) -> str:
    """One attribute; without a value it is written with one that is empty."""
    if not values or values == ("",):
        return f'<attr name="{name}"><value/></attr>\n'
    body = "".join([f"<value>{escaped(str(value))}</value>" for value in values])
    return f'<attr name="{name}">{body}</attr>\n'


def add_request(kind: str, category: str, number: object, attributes: list[str]) -> str:
    """One `addRequest`; `kind` is the operational attribute: categoriePersonne and its like."""
    return (
        f"<addRequest>\n<operationalAttributes>"
        f'<attr name="{kind}"><value>{category}</value></attr></operationalAttributes>\n'
        f"<identifier><id>{number}</id></identifier>\n<attributes>\n"
        f"{''.join(attributes)}</attributes>\n</addRequest>\n"
    )
