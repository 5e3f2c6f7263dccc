"""The mapping language: eight keywords, read strictly. Whatever is not understood is refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, NoReturn

from preau.errors import FixTheFolder, Place
from preau.mapping.paths import Path, parse_path
from preau.mapping.strict_yaml import read_yaml

RULE_KEYWORDS = ("to", "when", "each", "fields")
FIELD_KEYWORDS = ("from", "as", "values", "const", "each", "fields")
KEYWORDS = ("to", "when", "each", "fields", "from", "as", "values", "const")
PRESENT, ABSENT = "PRESENT", "ABSENT"
_MAX_RULES, _MAX_PATHS = 64, 16


@dataclass(frozen=True)
class Condition:
    """One line of `when`: the values accepted, compared as text; PRESENT and ABSENT are words."""

    path: Path
    accepted: frozenset[str]
    present: bool
    absent: bool
    told: tuple[str, ...]

    def holds(self, value: object) -> bool:
        """Whether a value of the event satisfies this line; a blank text counts as absent."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return self.absent
        return self.present or key_of(value) in self.accepted


@dataclass(frozen=True)
class FieldRule:
    """How one canonical field is filled: from paths, from a constant, or item by item."""

    target: str
    paths: tuple[Path, ...] = ()
    conversion: str | None = None
    table: tuple[tuple[str, object], ...] | None = None
    const: object = None
    each: Path | None = None
    fields: tuple[FieldRule, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule of a mapping file, understood but not yet compared with a schema."""

    to: str
    when: tuple[Condition, ...]
    each: tuple[Path, ...]
    fields: tuple[FieldRule, ...]
    place: Place


def key_of(value: object) -> str | None:
    """A value as text, as `when` and `values` compare it; None for what has no such text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return str(value) if isinstance(value, int) else None
    except ValueError:  # Python refuses to write more than 4,300 digits
        return None


def read_mapping(file: File, connector: str) -> tuple[Rule, ...]:
    """The rules of a mapping file, in its order; raises `FixTheFolder`."""
    place = Place(connector, f"mapping/{file.name}")
    return parse_mapping(read_yaml(file, place), place)


def parse_mapping(raw: object, place: Place) -> tuple[Rule, ...]:
    """The rules that plain values say; raises `FixTheFolder`."""
    rules = raw if isinstance(raw, list) else [raw]
    if not 0 < len(rules) <= _MAX_RULES:
        _refuse("RULES", f"{len(rules)} rules", place, known=(f"1 to {_MAX_RULES}",))
    many = len(rules) > 1
    return tuple(
        _rule(rule, Place(place.connector, place.file, f"rule {number}" if many else None))
        for number, rule in enumerate(rules, 1)
    )


def _rule(raw: object, place: Place) -> Rule:
    given = _keywords(raw, RULE_KEYWORDS, place)
    to = given.get("to")
    if not isinstance(to, str):
        _refuse("NO_TO", "a rule says which record it gives", at(place, "to"), fix="to: group.v1")
    return Rule(
        str(to),
        tuple(_condition(path, given["when"][path], at(place, "when")) for path in given["when"])
        if _is_object(given.get("when", {}), at(place, "when")) and "when" in given
        else (),
        _paths(given["each"], at(place, "each"), most=2) if "each" in given else (),
        _fields(given.get("fields"), at(place, "fields")),
        place,
    )


def _fields(raw: object, place: Place) -> tuple[FieldRule, ...]:
    given = raw if isinstance(raw, dict) else {}
    _is_object(raw, place)
    return tuple(_field(str(target), given[target], at(place, str(target))) for target in given)


def _field(target: str, raw: object, place: Place) -> FieldRule:
    given = _keywords(raw, FIELD_KEYWORDS, place)
    _one_way(given, place)
    if "each" in given:
        [each] = _paths(given["each"], at(place, "each"), most=1)
        return FieldRule(target, each=each, fields=_fields(given["fields"], at(place, "fields")))
    if "const" in given:
        return FieldRule(target, const=_constant(given["const"], place))
    conversion = given.get("as")
    if conversion is not None and not isinstance(conversion, str):
        _refuse("CONVERSION", "`as` names one conversion", at(place, "as"), fix="as: text")
    paths = _paths(given["from"], at(place, "from"), most=_MAX_PATHS)
    if all(path.root == "=" for path in paths):
        _refuse("PATH", "`from` has only literals", at(place, "from"), fix="use const")
    table = _table(given["values"], at(place, "values")) if "values" in given else None
    if conversion is None and (table is None or len(paths) > 1):
        fix = "add `as: text`, or another conversion"
        _refuse("NO_CONVERSION", "say which conversion reads this value", place, fix=fix)
    return FieldRule(target, paths, conversion, table)


def _one_way(given: dict[str, object], place: Place) -> None:
    ways = [way for way in ("const", "from", "each") if way in given]
    stray = {"const": {"as", "values", "fields"}, "from": {"fields"}, "each": {"as", "values"}}
    if len(ways) != 1:
        fix = "say `from`, or `const`, or `each` with `fields`"
        _refuse("ONE_WAY", f"{len(ways)} ways to fill one field", place, known=ways, fix=fix)
    if extra := sorted(stray[ways[0]] & given.keys()):
        fix = f"take `{extra[0]}` away"
        _refuse("ONE_WAY", f"`{extra[0]}` goes not with `{ways[0]}`", place, fix=fix)
    if ways == ["each"] and "fields" not in given:
        _refuse("ONE_WAY", "`each` without `fields`", place, fix="add fields")


def _condition(path: object, raw: object, place: Place) -> Condition:
    [read] = _paths(path, at(place, str(path)), most=1)
    values = raw if isinstance(raw, list) else [raw]
    keys = [key_of(value) for value in values]
    if not keys or None in keys:
        known = ("text", "whole number", "true", "false", PRESENT, ABSENT)
        fix = "compare with texts, whole numbers, true, false, PRESENT or ABSENT"
        _refuse("CONDITION", "a value that nothing can equal", at(place, read.text), known, fix)
    told = tuple(dict.fromkeys(key for key in keys if key is not None))
    accepted = frozenset(told) - {PRESENT, ABSENT}
    return Condition(read, accepted, PRESENT in told, ABSENT in told, told)


def _table(raw: object, place: Place) -> tuple[tuple[str, object], ...]:
    _is_object(raw, place)
    table: dict[str, object] = {}
    for key, value in raw.items() if isinstance(raw, dict) else ():
        text = key_of(key)
        if text is None or text in table:
            fix = "write each value of the vendor once, as text, number, true or false"
            _refuse("VALUES", "a key that nothing can equal, or twice the same", place, fix=fix)
        table[str(text)] = _constant(value, place)
    if not table:
        _refuse("VALUES", "an empty table", place, fix="add `vendor value: canonical value`")
    return tuple(table.items())


def _constant(value: object, place: Place) -> object:
    if isinstance(value, list):
        return [_constant(item, place) for item in value]
    if not isinstance(value, str | bool | int):
        _refuse("CONST", "neither text, number, true or false", place, fix="quote it, if a text")
    if isinstance(value, str) and not _writable(value):
        _refuse("CONST", "a text with half a surrogate pair", place, fix="write it whole")
    return value


def _writable(value: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in value)


def _paths(raw: object, place: Place, most: int) -> tuple[Path, ...]:
    given = raw if isinstance(raw, list) else [raw]
    texts = [text for text in given if isinstance(text, str) and _writable(text)]
    if not 0 < len(texts) <= most or len(texts) != len(given):
        fix = "write a path such as data.id" + (f", or a list of at most {most}" * (most > 1))
        _refuse("PATH", "not a path", place, fix=fix)
    try:
        return tuple(parse_path(text) for text in texts)
    except ValueError as error:
        _refuse("PATH", str(error), place, fix="write a path such as data.members.0.id")


def _keywords(raw: object, known: tuple[str, ...], place: Place) -> dict[str, Any]:
    _is_object(raw, place)
    given = raw if isinstance(raw, dict) else {}
    for key in given:
        if key not in known:
            fix = guess(str(key), known) or "use the known keywords only"
            _refuse("UNKNOWN_KEYWORD", f"`{key}` is no keyword here", place, known, fix)
    return given


def _is_object(raw: object, place: Place) -> bool:
    if not isinstance(raw, dict) or not all(isinstance(key, str | int) for key in raw):
        _refuse("NOT_AN_OBJECT", "names and values are expected here", place, fix="name: value")
    return True


def guess(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` when a known word is near, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]}?" if near else ""


def at(place: Place, field: str) -> Place:
    """A place one step further down in the same file."""
    inside = f"{place.field}.{field}" if place.field else field
    return Place(place.connector, place.file, inside)


def _refuse(
    code: str, what: str, place: Place, known: Iterable[str] = (), fix: str = ""
) -> NoReturn:
    raise FixTheFolder(code, what, where=place, known=tuple(known), fix=fix)
