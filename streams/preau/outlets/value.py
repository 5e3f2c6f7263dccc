"""One value of a call, or of a file's column: where it comes from, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from preau.errors import Place
from preau.outlets.spelling import keyed, one_of, wrong

DAY, MOMENT = "french_day", "french_moment"
LINK = "link"
"""The address of the document, in the ENT that has it; the hub makes it of these two fields:"""
LINKED = ("source_instance", "source_media")
Link = Callable[[str, str], str]
"""(instance, media id) → where that ENT's users see the document; empty when nobody knows."""
VALUE_KEYS = frozenset({"from", "const", "values", "list", "as", "text"})
HOLE = re.compile(r"\{([^{}]*)\}")
#: Which fields of a delivery each way of writing a date is for.
_DATED = {DAY: ("due", "start", "end"), MOMENT: ("start", "end")}
_REFERENCE = re.compile(r"[a-z_]+(\.[a-z_]+)?")
_PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Value:
    """Where one value of a call comes from."""

    source: str = ""
    const: object = None
    values: Mapping[str, object] | None = None
    listed: bool = False
    written: str = ""
    text: str = ""

    def references(self) -> set[str]:
        """What it is made from: its source, or what stands between braces in its text."""
        return ({self.source} if self.source else set()) | set(HOLE.findall(self.text))

    def told(self, found: object) -> object:
        """What was found, written as the product wants it; `values` are the caller's."""
        return dated(found, self.written) if self.written else found


def parse_value(raw: object, place: Place) -> Value:
    """Where one value comes from; raises `FixTheFolder`."""
    said = keyed(raw, VALUE_KEYS, place, "a value")
    if len({"from", "const", "text"} & said.keys()) != 1:
        raise wrong(place, "from", "a value has either from, const or text")
    source = str(said.get("from", ""))
    if "from" in said:
        check_reference(source, place)
    written = one_of(said.get("as", ""), ("", *_DATED), place)
    if written and source not in _DATED[written]:
        raise wrong(place, "as", f"{written} writes {', '.join(_DATED[written])} only")
    text = str(said.get("text", ""))
    for hole in HOLE.findall(text):
        check_reference(hole, place)
    if "secret" in HOLE.findall(text):
        raise wrong(place, "text", "the secret stands alone, in a body only")
    table = said.get("values")
    values = None if table is None else {str(key): value for key, value in table.items()}
    return Value(source, said.get("const"), values, bool(said.get("list")), written, text)


def check_reference(text: str, place: Place) -> None:
    """Refuses what is neither a field nor a kept name; raises `FixTheFolder`."""
    if not _REFERENCE.fullmatch(text):
        raise wrong(place, text, "a reference is a field, or a field, a dot and a kept name")


def dated(found: object, written: str) -> object:
    """`2026-10-12` as `12/10/2026`; a moment in UTC as `12/10/2026 08:30`, in Paris.

    Nothing stays nothing.
    """
    if not isinstance(found, str) or not found:
        return None
    if len(found) == len("2026-10-12"):
        return f"{date.fromisoformat(found):%d/%m/%Y}"
    moment = datetime.fromisoformat(found).astimezone(_PARIS)
    return f"{moment:%d/%m/%Y}" if written == DAY else f"{moment:%d/%m/%Y %H:%M}"


def link_of(fields: Mapping[str, object], link: Link) -> str:
    """The address of the document that a share is about; empty when nobody knows it."""
    instance, media = (str(fields.get(name) or "") for name in LINKED)
    return link(instance, media)
