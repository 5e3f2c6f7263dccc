"""What a pupils' file of ONDE says: the school's classes, then its pupils, each with an id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from preau.keys.ine import digest_in
from preau.readers.csv_rows import Flaw
from preau.readers.onde_columns import PUPIL
from preau.readers.onde_ids import Key, by_names, keys, repeated
from preau.readers.onde_row import Names, Said

CLASS = "Classe"
#: Of no object: what is told of a file whose rows were all read. An import that lacks a row of a
#: category withdraws nothing of it; a remark must not have that effect.
REMARK = "Remarque"


class School(NamedTuple):
    """Whose file it is, and what takes the place of a personal text and of an INE."""

    uai: str
    hide: Callable[[str], str]
    mask: Callable[[str], str]


class Thing(NamedTuple):
    """One object of the file, or the reason why something of it is not said."""

    event: str
    line: int
    values: dict[str, object] | Flaw


def of_person(names: Names, key: str, **more: object) -> dict[str, object]:
    """A person's plain values; what is empty is left out."""
    said = {"family_name": names.family, "usual_name": names.usage, "given_names": [names.given]}
    whole = {"id": key, "operation": "add", **said, **more}
    return {name: value for name, value in whole.items() if value}


def pupils(rows: Sequence[Said], school: School) -> Iterator[Thing]:
    """The classes in their order in the file, then the pupils."""
    rooms = _Rooms(rows, keys(school.hide, school.uai, "class"))
    yield from rooms.things(rows)
    person = keys(school.hide, school.uai, "pupil")
    masks = [school.mask(row.values.get("ine", "")) for row in rows]
    marks = [_mark(row, mask) for row, mask in zip(rows, masks, strict=True)]
    links = [by_names(person, row.names) for row in rows]
    namesakes = repeated(zip(links, marks, strict=True))
    seen: set[str] = set()
    for row, mask, mark, link in zip(rows, masks, marks, links, strict=True):
        alone = link not in namesakes
        key = link if alone else person(row.names.family or row.names.usage, row.names.given, mark)
        if key in seen:
            yield Thing(REMARK, row.line, Flaw("ONDE_TWICE", "a pupil who stood there already"))
            continue
        seen.add(key)
        yield Thing(PUPIL, row.line, _pupil(row, key, mask, rooms.key(row)))
        if not alone:
            what = "another pupil of the school has the same names: guardians are not linked"
            yield Thing(REMARK, row.line, Flaw("ONDE_NAMESAKE", what))


def _pupil(row: Said, key: str, mask: str, room: str) -> dict[str, object]:
    said = {name: row.values.get(source, "") for name, source in _FIELDS.items()}
    return of_person(row.names, key, ine=mask, **{"class": room}, **said)


def _mark(row: Said, mask: str) -> str:
    """What tells a pupil from another of the same names: INE, else birth date and class."""
    return digest_in(mask) or f"{row.values.get('birth', '')} {_label(row)}"


class _Rooms:
    """The classes of a school: the label is the id, unless two classes have the same one."""

    def __init__(self, rows: Sequence[Said], key: Key) -> None:
        self._key = key
        said = ((_label(row), row.values.get("class", "")) for row in rows)
        self._twice = repeated((key(label), number) for label, number in said if label and number)

    def key(self, row: Said) -> str:
        """The id of a pupil's class, empty when there is none."""
        label = _label(row)
        alone = self._key(label) if label else ""
        return alone if alone not in self._twice else self._key(label, row.values.get("class", ""))

    def things(self, rows: Sequence[Said]) -> Iterator[Thing]:
        """Each class once, with all the levels of its pupils."""
        members: dict[str, list[Said]] = {}
        for row in rows:
            if key := self.key(row):
                members.setdefault(key, []).append(row)
        for key, those in members.items():
            label, levels = _label(those[0]), {row.values.get("level", "") for row in those}
            values: dict[str, object] = {"id": key, "operation": "add", "label": label}
            values["levels"] = sorted(levels - {""})
            yield Thing(CLASS, those[0].line, values)
            if self._key(label) in self._twice:
                what = "another class of the school has the same label: teachers are not linked"
                yield Thing(REMARK, those[0].line, Flaw("ONDE_CLASS_LABEL", what))


def _label(row: Said) -> str:
    return row.values.get("label") or row.values.get("class", "")


_FIELDS = {"birth_date": "birth", "gender": "gender", "level": "level"}
