"""What becomes of each class of a set: who comes, who leaves, which goes on, ends or begins.

Rule: a class is known by the State's number of it (structure and code in a collège, class number in
an école). A number that is in both years goes on, but for one of which less than a quarter of the
pupils stay: its code is then used again. A class that ends and one that begins in one school under
the same name are shown side by side; nothing is made of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from preau.imports.rehearsal_schools import CLASS, Group, Schools, members, withdrawn
from preau.imports.rehearsed import CONTINUED, CREATED, ENDED, REUSED, Classroom

_BATCH = 500
#: One pupil in so many must stay in a class that goes on; a few may repeat a year in it.
_STAY = 4


class Classes:
    """Counts while a set is read; `fates` says what became of each group."""

    def __init__(self, engine: sa.Engine, schools: Schools) -> None:
        self._engine = engine
        self._schools = schools
        self._gone: set[str] = set()
        self._waiting: list[str] = []
        self.come: dict[str, set[str]] = {}
        self.leave: Counter[str] = Counter()
        self.left: dict[str, set[str]] = {}
        self.watched: frozenset[str] = frozenset()
        self._came: Counter[str] = Counter()

    def watch(self, groups: Iterable[str]) -> None:
        """Remembers also who comes into these groups and who leaves them."""
        self.watched = frozenset(groups)

    def enter(self, group: str, member: str) -> None:
        """A pupil comes into a group."""
        self._came[group] += 1
        if group in self.watched:
            self.come.setdefault(group, set()).add(member)

    def lose(self, record: str, key: str) -> None:
        """A group or a membership of the last state is said no longer."""
        if record == "group":
            self._gone.add(key)
        elif record == "membership":
            self._waiting.append(key)
            if len(self._waiting) >= _BATCH:
                self.settle()

    def settle(self) -> None:
        """Looks up from which groups the memberships that were lost are."""
        with self._engine.connect() as connection:
            for state in withdrawn(connection, self._waiting):
                group, member = state.fields["group"], state.fields["member"]
                self.leave[group] += 1
                if group in self.watched:
                    self.left.setdefault(group, set()).add(member)
        self._waiting.clear()

    def fates(self, connection: sa.Connection, uai: str) -> dict[str, tuple[Group, Classroom]]:
        """Every group by its key; of a set of one school, `uai`, only that school's."""
        self.settle()
        today = {
            key: group
            for key, group in self._schools.today(connection).items()
            if not uai or uai in group.places or key in self._gone
        }
        sizes = Counter(group for group, _ in members(connection, today))
        ended = self._gone - self._schools.groups.keys()
        groups = today | self._schools.groups
        found = {}
        for key, group in groups.items():
            fate = self._fate(key, sizes[key], there=key in today, ended=key in ended)
            counts = (sizes[key], self._came[key], self.leave[key])
            found[key] = group, Classroom(key, group.name, group.levels, fate, *counts)
        return _side_by_side(found)

    def _fate(self, key: str, size: int, *, there: bool, ended: bool) -> str:
        if ended:
            return ENDED
        if not there:
            return CREATED
        stays = size - self.leave[key]
        return REUSED if self._came[key] and stays * _STAY < size else CONTINUED


def _side_by_side(
    found: Mapping[str, tuple[Group, Classroom]],
) -> dict[str, tuple[Group, Classroom]]:
    """Names, beside each class that ends, the one that begins under its name, and the reverse."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for key, (group, room) in found.items():
        if group.kind == CLASS and room.fate in {CREATED, ENDED}:
            alike.setdefault((*group.places, _plain(room.name)), []).append(key)
    told = dict(found)
    for keys in alike.values():
        if sorted(found[key][1].fate for key in keys) == [CREATED, ENDED]:
            for key, other in (keys, keys[::-1]):
                told[key] = found[key][0], found[key][1]._replace(like=found[other][1].name)
    return told


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
