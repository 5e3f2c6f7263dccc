"""Writes the lines that compute one canonical field's bytes, and where they stand in the record.

Everything is given as the inside of an f-string: escaped bytes as they are, or `{variable}`. Python
3.11 allows neither quotes nor backslashes inside the braces, hence a variable for each value.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from preau.mapping.assembly import encoder
from preau.mapping.avro_type import Nullable, Record
from preau.mapping.fragments import Memory, absent, by_reference, reading, value_reader
from preau.mapping.lines import Lines, literal
from preau.mapping.paths import INDEX, ITEM, ITEM2, LITERAL
from preau.mapping.plan import (
    Computed,
    Constant,
    Default,
    FieldPlan,
    Listing,
    Parts,
    Reading,
)

#: Conversions written in place: what stands before and after the text in Avro.
_AROUND = {"text": ("", ""), "local": ("", ""), "list_of_one": ("\\x02", "\\x00")}
INLINE_TEXT = "(N[len({0})] + {0} if len({0}) < 8192 and {0}.isascii() else text({0}))"
_LINEAGE = {
    "topic": "{strings[said.topic]}",
    "partition": "{long(said.partition)}",
    "offset": "{long(said.offset)}",
    "path": "{text(said.path) if said.path else NONE}",
}
_MOVING = {
    "event_id": "H{eid}",
    "instance": "{strings[instance]}",
    "version": "{long(facts.version)}",
    "occurred_at": "{L[moment & 8191]}{rest[moment >> 13]}",
    "received_at": "{L[received & 8191]}{rest[received >> 13]}",
    "school_year": "{years[(moment + 7200000) // 86400000]}",
}


class Speaker(NamedTuple):
    """What is the same in every record of one connector."""

    connector: str
    edition: str
    authority: str


class FieldWriter:
    """Writes fields of one rule; `deleted` says that required fields may be absent."""

    def __init__(self, lines: Lines, speaker: Speaker, *, deleted: bool) -> None:
        self._lines = lines
        self._speaker = speaker
        self._deleted = deleted

    def record(self, fields: tuple[FieldPlan, ...]) -> str:
        """The inside of an f-string for a record's fields, in their order."""
        return "".join(self._field(field) for field in fields)

    def _field(self, field: FieldPlan) -> str:
        source = field.source
        if field.target == "meta.source_id":
            return f"{{{INLINE_TEXT.format('sid')}}}"
        if isinstance(source, Default | Constant | Computed):
            return self._given(field, source)
        if isinstance(source, Reading):
            return self._reading(field, source)
        if isinstance(source, Listing):
            return self._listing(field, source)
        if isinstance(source, Parts) and not source.optional:
            return self.record(source.fields)
        return self._by_reference(field)

    def _by_reference(self, field: FieldPlan) -> str:
        name = self._lines.name(by_reference(field, deleted=self._deleted), "rare")
        roots = self._lines.roots
        places = f"{roots[ITEM]}, {roots[ITEM2]}, {roots[INDEX]}"
        return f"{{{self._lines.let('f', f'{name}(event, {places}, about)')}}}"

    def _given(self, field: FieldPlan, source: Default | Constant | Computed) -> str:
        if isinstance(source, Computed):
            return self._computed(field)
        value = field.default if isinstance(source, Default) else source.value
        return literal(encoder(field.type)(value))

    def _computed(self, field: FieldPlan) -> str:
        if field.name == "lineage" and isinstance(field.type, Record):
            return "".join(_LINEAGE[part.name] for part in field.type.fields)
        fixed = {
            "connector": self._speaker.connector,
            "connector_version": self._speaker.edition,
            "authority": self._speaker.authority,
            "deleted": False,
        }
        if field.name in _MOVING:
            return _some(field) + _MOVING[field.name]
        return literal(encoder(field.type)(fixed.get(field.name, field.default)))

    def _reading(self, field: FieldPlan, source: Reading) -> str:
        if field.target.startswith("meta."):
            return self._meta(field, source)
        conversion = source.conversion
        if len(source.paths) > 1 or source.paths[0].root == "=":
            return self._call(field, source)
        if source.table is None and conversion and conversion.name in _AROUND:
            return self._text(field, source, conversion.name)
        value = self._lines.path(source.paths[0])
        if conversion is None and source.table is not None:
            write = encoder(field.type)
            table = {key: write(symbol) for key, symbol in source.table.items()}
            name = self._lines.name(table, "table")
            known = f"{name}[{value}] if type({value}) is str and {value} in {name}"
        elif conversion and conversion.steady:
            known = f"{self._memory(field)}[{value}] if type({value}) is str"
        else:
            return self._call(field, source)
        return self._call(field, source, f"{known} else ")

    def _memory(self, field: FieldPlan) -> str:
        convert = reading(field, deleted=self._deleted)
        nobody: Any = None  # a steady conversion does not look at who speaks
        return self._lines.name(Memory(lambda said: convert((said,), nobody)), "memory")

    def _call(self, field: FieldPlan, source: Reading, before: str = "") -> str:
        lines = self._lines
        slow = lines.name(reading(field, deleted=self._deleted), "read")
        call = f"{slow}({self.values(source)}, about)"
        found = [lines.path(path) for path in source.paths if path.root != LITERAL]
        if found or len(source.paths) > 1:  # nothing but fixed texts says nothing
            nowhere = " and ".join(f"{value} is None" for value in found) or "True"
            call = f"{self._nothing(field)} if {nowhere} else {call}"
        return f"{{{lines.let('f', before + call)}}}"

    def _nothing(self, field: FieldPlan) -> str:
        """The expression of what stands there when the vendor says nothing."""
        nothing = absent(field, deleted=self._deleted)
        return f"declined('{field.target}')" if nothing is None else f"'{literal(nothing)}'"

    def values(self, source: Reading) -> str:
        """The tuple of the values of a field's paths."""
        return "(" + "".join(f"{self._lines.path(path)}, " for path in source.paths) + ")"

    def _meta(self, field: FieldPlan, source: Reading) -> str:
        """`version`, `deleted`, `occurred_at`: what the hub knows is their default."""
        if field.name == "occurred_at":
            return _MOVING["occurred_at"]
        name = self._lines.name(value_reader(source), "meta")
        found = self._lines.let("f", f"{name}({self.values(source)}, about)")
        if field.name == "deleted":
            bytes_ = self._lines.let("f", f"'\\x01' if {found} else '\\x00'")
            return f"{{{bytes_}}}"
        return f"{{long(facts.version if {found} is None else {found})}}"

    def _text(self, field: FieldPlan, source: Reading, name: str) -> str:
        lines, value = self._lines, self._lines.path(source.paths[0])
        strip = f"{value}.strip() if type({value}) is str else as_text({value})"
        found = lines.let("t", strip)
        if name == "local":
            lines.line(f"{found} = f'{{instance}}/{{{found}}}' if {found} else None")
        otherwise = self._nothing(field)
        before, after = _some(field) + _AROUND[name][0], _AROUND[name][1]
        inside = INLINE_TEXT.format(found)
        whole = f"f'{before}{{{inside}}}{after}'" if before or after else inside
        return f"{{{lines.let('f', f'{whole} if {found} else {otherwise}')}}}"

    def _listing(self, field: FieldPlan, source: Listing) -> str:
        lines, outside = self._lines, dict(self._lines.roots)
        items = lines.items(source.each)
        parts = lines.let("parts", "[]")
        item, index = lines.fresh("item"), lines.fresh("index")
        lines.loop(f"for {index}, {item} in enumerate({items}):")
        lines.roots.update({ITEM: item, INDEX: index})
        lines.line(f"{parts}.append(f'{self.record(source.fields)}')")
        lines.close()
        lines.roots.update(outside)
        joined = f"long(len({parts})) + ''.join({parts}) + '\\x00' if {parts} else '\\x00'"
        some = f"'{_some(field)}' + " if _some(field) else ""
        return f"{{{lines.let('f', f'{some}({joined})')}}}"


def _some(field: FieldPlan) -> str:
    """The bytes before a value that is there: which branch of the union, if it is one."""
    if not isinstance(field.type, Nullable):
        return ""
    return "\\x02" if field.type.null_first else "\\x00"
