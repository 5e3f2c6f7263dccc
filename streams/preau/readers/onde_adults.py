"""What a guardians' or a teachers' file of ONDE says of each person, under one id each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from preau.readers.onde_columns import GUARDIAN, TEACHER
from preau.readers.onde_ids import by_names, keys, plain, repeated
from preau.readers.onde_pupils import School, Thing, of_person
from preau.readers.onde_row import Said


def guardians(rows: Sequence[Said], school: School) -> Iterator[Thing]:
    """Each guardian with the ids of the children.

    Two rows of the same names are one person only when they say the same address of mail, or the
    same children: never by the names alone, which would give a child to a stranger.
    """
    child = keys(school.hide, school.uai, "pupil")
    children = {row.line: {by_names(child, names) for names in row.children} for row in rows}

    def mark(row: Said) -> str:
        return row.values.get("email", "").casefold() or " ".join(sorted(children[row.line]))

    for key, those in _persons(rows, school, "guardian", mark).items():
        mine = sorted(set().union(*(children[row.line] for row in those)))
        gender = those[0].values.get("gender", "")
        values = of_person(those[0].names, key, gender=gender, children=mine)
        yield Thing(GUARDIAN, those[0].line, values)


def teachers(rows: Sequence[Said], school: School) -> Iterator[Thing]:
    """Each teacher with the ids of the classes; several rows of one teacher are several classes.

    Two rows of the same names are two persons only when they say two addresses of mail.
    """
    room = keys(school.hide, school.uai, "class")

    def mark(row: Said) -> str:
        return row.values.get("email", "").casefold()

    for key, those in _persons(rows, school, "teacher", mark).items():
        labels = {row.values.get("label", "") for row in those} - {""}
        head = any(plain(row.values.get("head", "")) in _YES for row in those)
        gender = those[0].values.get("gender", "")
        values = of_person(
            those[0].names,
            key,
            gender=gender,
            head="oui" if head else "non",
            classes=sorted(map(room, labels)),
        )
        yield Thing(TEACHER, those[0].line, values)


def _persons(
    rows: Sequence[Said], school: School, thing: str, mark: Callable[[Said], str]
) -> Mapping[str, list[Said]]:
    """The rows of each person by the person's id, in the order of the file."""
    person = keys(school.hide, school.uai, thing)
    namesakes = repeated((by_names(person, row.names), mark(row)) for row in rows)
    found: dict[str, list[Said]] = {}
    for row in rows:
        key = by_names(person, row.names)
        if key in namesakes:
            key = person(row.names.family or row.names.usage, row.names.given, mark(row))
        found.setdefault(key, []).append(row)
    return found


_YES = {"oui", "o", "yes", "true", "vrai", "1"}
