"""A strict reader of iCalendar, written from RFC 5545 not from the writer: it forgives nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE = re.compile(
    r"(?P<name>[A-Z0-9-]+)(?P<params>(?:;[A-Z0-9-]+=[^\x00-\x08\x0a-\x1f\x7f\";:,]+)*):"
    r"(?P<value>[^\x00-\x08\x0a-\x1f\x7f]*)"
)
_TEXT = re.compile(r"(?:[^\\;,\n]|\\[\\;,nN])*")
_UTC = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_ONCE = {
    "VCALENDAR": {"VERSION", "PRODID"},
    "VEVENT": {"UID", "DTSTAMP", "DTSTART"},
    "VTIMEZONE": {"TZID"},
}
_AT_MOST_ONCE = {"DTEND", "SUMMARY", "SEQUENCE", "RRULE", "TRANSP", "LAST-MODIFIED", "STATUS"}


class Line(NamedTuple):
    name: str
    params: str
    value: str


class Component(NamedTuple):
    kind: str
    lines: tuple[Line, ...]
    parts: tuple[Component, ...]

    def line(self, name: str) -> Line:
        [found] = [each for each in self.lines if each.name == name]
        return found

    def has(self, name: str) -> bool:
        return any(each.name == name for each in self.lines)

    def text(self, name: str) -> str:
        return unescaped(self.line(name).value)

    def events(self) -> list[Component]:
        return [each for each in self.parts if each.kind == "VEVENT"]


def read(raw: bytes) -> Component:
    """The calendar; fails on whatever the RFC does not allow."""
    lines = list(content_lines(raw))
    calendar, rest = _component(lines)
    assert rest == [], "something after the end of the calendar"
    assert calendar.kind == "VCALENDAR"
    assert calendar.text("VERSION") == "2.0"
    assert calendar.parts, "a calendar without a component"
    zones = {each.text("TZID") for each in calendar.parts if each.kind == "VTIMEZONE"}
    for event in calendar.events():
        _check_event(event, zones)
    uids = [event.text("UID") for event in calendar.events()]
    assert len(uids) == len(set(uids))
    return calendar


def content_lines(raw: bytes) -> Iterator[Line]:
    """Unfolded lines; each physical one ends with CRLF, is 75 octets at most, is whole UTF-8."""
    assert raw.endswith(b"\r\n")
    physical = raw[:-2].split(b"\r\n")
    assert all(b"\r" not in each and b"\n" not in each for each in physical), "a bare CR or LF"
    assert all(len(each) <= 75 for each in physical), "a line that is not folded"
    assert all(physical), "an empty line"
    unfolded: list[str] = []
    for octets in physical:
        text = octets.decode()  # a character is never cut in two
        if text.startswith((" ", "\t")):
            unfolded[-1] += text[1:]
        else:
            unfolded.append(text)
    for line in unfolded:
        found = _LINE.fullmatch(line)
        assert found, line
        yield Line(found["name"], found["params"], found["value"])


def _component(lines: list[Line]) -> tuple[Component, list[Line]]:
    assert lines[0].name == "BEGIN"
    kind, own, parts, rest = lines[0].value, [], [], lines[1:]
    while rest[0].name != "END":
        if rest[0].name == "BEGIN":
            part, rest = _component(rest)
            parts.append(part)
        else:
            own.append(rest[0])
            rest = rest[1:]
    assert rest[0].value == kind
    names = [each.name for each in own]
    assert all(names.count(each) == 1 for each in _ONCE.get(kind, ())), kind
    assert all(names.count(each) <= 1 for each in _AT_MOST_ONCE), kind
    return Component(kind, tuple(own), tuple(parts)), rest[1:]


def _check_event(event: Component, zones: set[str]) -> None:
    assert _UTC.fullmatch(event.line("DTSTAMP").value)
    assert 0 <= int(event.line("SEQUENCE").value) < 2**31
    assert _TEXT.fullmatch(event.line("SUMMARY").value)
    start = event.line("DTSTART")
    forms = {
        "": r"[0-9]{8}T[0-9]{6}Z",
        ";VALUE=DATE": r"[0-9]{8}",
        ";TZID=Europe/Paris": r"[0-9]{8}T[0-9]{6}",
    }
    assert re.fullmatch(forms[start.params], start.value)
    if "TZID" in start.params:
        assert start.params.removeprefix(";TZID=") in zones
    if event.has("DTEND"):
        end = event.line("DTEND")
        assert end.params == start.params
        assert re.fullmatch(forms[end.params], end.value)
        assert end.value > start.value
    if event.has("RRULE"):
        _check_rule(event.line("RRULE").value, days=start.params == ";VALUE=DATE")
        assert start.params, "an event that comes back keeps its hour in its zone"


def _check_rule(value: str, *, days: bool) -> None:
    parts = dict(each.split("=") for each in value.split(";"))
    assert parts["FREQ"] in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
    assert not {"UNTIL", "COUNT"} <= parts.keys()
    if "UNTIL" in parts:
        assert re.fullmatch(r"[0-9]{8}" if days else r"[0-9]{8}T[0-9]{6}Z", parts["UNTIL"])


def unescaped(value: str) -> str:
    assert _TEXT.fullmatch(value), value
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)
