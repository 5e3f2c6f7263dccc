"""A Beneylu of the matrix: a group's members are its classes; a document is copied."""

from __future__ import annotations

from typing import Any

from tests.matrix.side import Order


class Here:
    """One école with two classes; a class that is put away leaves."""

    product, degree, shares = "beneylu", "FIRST", True

    def __init__(self, name: str, number: int) -> None:
        self._name, self._first = name, 10_000 * (number + 1)
        self._rooms = [self._first + 1, self._first + 2]

    @property
    def classes(self) -> list[str]:
        return [str(each) for each in self._rooms]

    @property
    def picked(self) -> list[Order]:
        return []

    @property
    def let_go(self) -> list[str]:
        return []

    @property
    def all_members(self) -> list[int]:
        return self._rooms

    @property
    def members_left(self) -> list[int]:
        return self._rooms[:1]

    def seed(self, uai: str) -> Order:
        classes = [
            {"id": room, "label": f"CM2 {room}", "levels": ["CM2"], "users": [self._user(room)]}
            for room in self._rooms
        ]
        school = {"id": self._first, "uai": uai, "name": f"École {uai}", "classes": classes}
        return {"instance": self._name, "schools": [school]}

    def leave(self) -> Order:
        return {"what": "archive", "class": self._rooms[1], "archived": True}

    def come_back(self) -> Order:
        return {"what": "archive", "class": self._rooms[1], "archived": False}

    def share(self, group: Any, title: str) -> Order:
        return {"what": "share", "teacher": self._rooms[0] + 100, "group": group, "title": title}

    def withdraw(self, said: Any) -> Order:
        return {"what": "delete", "media": said["media"][0]}

    def _user(self, room: int) -> Order:
        names = {"first_name": "Hélène", "last_name": "BONNAFOUS"}
        return {"id": room + 100, "role": "TEACHER", "birthday": "1980-01-01", **names}
