"""Fills the holes of a call with a delivery's fields and the ids that its ENT gave before."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from urllib.parse import quote

from preau.outlets.operation import AROUND, MEMBERS, NO_FIELDS, SECRET, Call
from preau.outlets.outcome import Kept, Parcel
from preau.outlets.value import HOLE, LINK, Value


class Missing(Exception):
    """A kept id is not known (yet): `entity` has no `name`."""

    def __init__(self, entity: str, name: str) -> None:
        super().__init__(name)
        self.entity = entity
        self.name = name


class Sheet:
    """Everything one try may read: the allowed fields, kept ids, and what its steps learn."""

    def __init__(
        self, parcel: Parcel, needs: Collection[str], kept: Kept, secret: str = ""
    ) -> None:
        self._body: dict[str, object] = {name: parcel.body.get(name) for name in needs}
        self._entity = parcel.entity
        self._kept = kept
        self._secret = secret
        self._circle = parcel.circle
        self.own = dict(kept.get(parcel.entity, {}))
        self.learnt: dict[str, str] = {}
        self._turn = ""

    def fields(self) -> Mapping[str, object]:
        """The fields of the delivery that may be read."""
        return self._body

    def lead(self, link: str) -> None:
        """Adds the document's address, which is made of fields that are allowed."""
        self._body[LINK] = link

    def learn(self, found: Mapping[str, str]) -> None:
        """Adds what an answer taught, for the next steps and for later deliveries."""
        self.own |= found
        self.learnt |= found

    def turns(self, call: Call) -> list[str]:
        """For what it is made, one by one: accounts that were not told yet, or ids that it kept."""
        if call.each == MEMBERS:
            return [each for each in self._circle.members if not self._told(call, each)]
        kept = call.each.partition(".")[2] + "."
        return [value for name, value in sorted(self.own.items()) if name.startswith(kept)]

    def nobody(self, call: Call) -> bool:
        """Whether it is made for members, and the group has none yet."""
        return call.each == MEMBERS and not self._circle.members

    def take(self, turn: str) -> None:
        """Whose turn it is: `each.id`."""
        self._turn = turn

    def kept_for(self, found: Mapping[str, str]) -> dict[str, str]:
        """What an answer taught, under names of its turn: a digest, for it may be an account."""
        return {f"{name}.{self._mark(self._turn)}": value for name, value in found.items()}

    def _told(self, call: Call, turn: str) -> bool:
        return any(f"{name}.{self._mark(turn)}" in self.own for name in call.keep)

    def _mark(self, turn: str) -> str:
        return sha256(f"{self._entity}|{turn}".encode()).hexdigest()[:16]

    def wanted(self, call: Call) -> bool:
        """True when the body has the values for which the call is meant, and it can be filled."""
        meant = all(_text(self._body.get(name)) in known for name, known in call.when.items())
        return meant and all(map(self._there, call.references()))

    def _there(self, reference: str) -> bool:
        """False for a setting that nobody gave, and for the members of a group without any."""
        if reference == MEMBERS:
            return bool(self._circle.members)
        owner, _, name = reference.partition(".")
        return owner != "setting" or name in self._circle.settings

    def path(self, call: Call) -> str:
        """The path with its holes filled, each percent-encoded; `{step.url}` stands as it is."""
        text = call.path
        if text.startswith("{step."):
            return str(self._read(text[1:-1]))
        for piece in text.split("{")[1:]:
            name = piece.partition("}")[0]
            text = text.replace("{" + name + "}", quote(_text(self._read(name)), safe=""))
        return text

    def query(self, call: Call) -> dict[str, str]:
        """The query's names and values."""
        return {name: _text(self._value(value)) for name, value in call.query.items()}

    def json(self, call: Call) -> object:
        """The body as JSON values; dotted names make objects, numbers in them make lists."""
        made: dict[str, object] = {}
        for name, value in call.body.items():
            _put(made, name.split("."), self._value(value))
        return made

    def pairs(self, call: Call) -> list[tuple[str, str]]:
        """The body as a form's names and values: `cohorts.0.name` becomes `cohorts[0][name]`.

        A value that is missing is left out: in a form, empty is a value.
        """
        found = []
        for name, value in call.body.items():
            said = self._value(value)
            head, *rest = [*name.split("."), *(["0"] if isinstance(said, list) else [])]
            said = said[0] if isinstance(said, list) else said
            if said is not None:
                found.append((head + "".join(f"[{each}]" for each in rest), _text(said)))
        return found

    def parts(self, call: Call) -> dict[str, str]:
        """The body as the text parts of a form; an object becomes its JSON."""
        said = self.json(call)
        pairs = said.items() if isinstance(said, dict) else ()
        return {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in pairs
            if value is not None
        }

    def field(self, name: str) -> str:
        """One field of the body as text."""
        return _text(self._body.get(name))

    def _value(self, value: Value) -> object:
        if value.text:
            return HOLE.sub(lambda hole: _text(self._read(hole[1])), value.text)
        found = value.const if not value.source else value.told(self._read(value.source))
        if value.values is not None:
            found = value.values.get(_text(found))
        return [found] if value.listed else found

    def _read(self, reference: str) -> object:
        if reference == SECRET:
            return self._secret
        if reference in AROUND:
            members = list(self._circle.members)
            return members if reference == MEMBERS else self._circle.title
        owner, dot, name = reference.partition(".")
        if owner == "each":
            return self._turn
        if owner == "setting":
            return self._circle.settings.get(name)
        if not dot:
            return self._body.get(owner)
        if owner in {"own", "step"}:
            entity, known = self._entity, self.own
        else:
            entity = f"{owner}:{_text(self._body.get(owner))}"
            known = dict(self._kept.get(entity, {}))
        if name not in known:
            raise Missing(entity, name)
        return known[name]


def entities(parcel: Parcel, calls: Collection[Call]) -> set[str]:
    """The entities whose kept ids the calls may read, its own included."""
    owners = {name.partition(".")[0] for call in calls for name in call.references() if "." in name}
    owners -= NO_FIELDS
    return {parcel.entity} | {f"{owner}:{_text(parcel.body.get(owner))}" for owner in owners}


def _put(made: dict[str, object], path: list[str], value: object) -> None:
    head, rest = path[0], path[1:]
    if not rest:
        made[head] = value
        return
    if rest[0].isdigit():
        items = made.setdefault(head, [])
        if isinstance(items, list):
            _put_item(items, rest, value)
        return
    inner = made.setdefault(head, {})
    if isinstance(inner, dict):
        _put(inner, rest, value)


def _put_item(items: list[object], path: list[str], value: object) -> None:
    position = int(path[0])
    while len(items) <= position:
        items.append({} if path[1:] else None)
    inner = items[position]
    if path[1:] and isinstance(inner, dict):
        _put(inner, path[1:], value)
    else:
        items[position] = value


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
