"""CloudEvents 1.0 over HTTP: structured mode (one event or a batch) and binary mode.

Source: the CloudEvents specification 1.0.2, its JSON event format and its HTTP protocol binding.
`id` becomes the vendor's event id, `type` the event's name, `data` the body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

import orjson

from preau.errors import Place, SetAside
from preau.inlets.intake import Heard

ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
URN = "urn:preau:"
_ATTRIBUTE = re.compile(r"[a-z0-9]{1,64}")
_DATA = frozenset({"data", "data_base64"})
_JSON = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json|text/json", re.IGNORECASE)
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)")
_UTF8 = frozenset({"", "utf-8", "utf8", "us-ascii"})


def is_json(content_type: str) -> bool:
    """Whether a media type is JSON (`+json` included) in UTF-8, the only encoding of JSON."""
    kind, _, rest = content_type.partition(";")
    charset = ""
    for parameter in rest.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return bool(_JSON.fullmatch(kind.strip())) and charset in _UTF8


def structured(event: object, instance: str) -> Heard:
    """One event in JSON format, already decoded; raises `SetAside` naming the wrong attribute."""
    if not isinstance(event, dict):
        raise _wrong("CE_FORM", "", "not a JSON object", "send one CloudEvent, as an object")
    said = {name: value for name, value in event.items() if name not in _DATA}
    attributes = _attributes(said)
    _check(attributes, instance)
    if "data_base64" in event:
        raise _wrong("CE_DATA", "data_base64", "bytes", "send JSON under `data`")
    data = event.get("data")
    if not isinstance(data, dict):
        raise _wrong("CE_DATA", "data", "not a JSON object", "send the event's body under `data`")
    return _heard(attributes, orjson.dumps(data), data)


def binary(
    headers: Mapping[str, str], content_type: str, body: bytes, values: object, instance: str
) -> Heard:
    """One event whose attributes are `ce-…` headers (in lower case), whose data is the body."""
    said = {name[3:]: _decoded(value) for name, value in headers.items() if name.startswith("ce-")}
    attributes = _attributes({**said, "datacontenttype": content_type})
    _check(attributes, instance)
    if not isinstance(values, dict):
        raise _wrong("CE_DATA", "data", "not a JSON object", "send the event's body as the body")
    return _heard(attributes, body, values)


def _heard(attributes: Mapping[str, str], body: bytes, values: object) -> Heard:
    return Heard(
        body,
        values,
        event=attributes["type"],
        vendor_event_id=attributes["id"],
        traceparent=attributes.get("traceparent"),
    )


def _attributes(said: Mapping[str, object]) -> dict[str, str]:
    """The attributes that are there, as text; null means absent (JSON format §2.2)."""
    found: dict[str, str] = {}
    for name, value in said.items():
        if not _ATTRIBUTE.fullmatch(name):
            what = f"an attribute's name of {len(name)} characters"
            raise _wrong("CE_ATTRIBUTE", "", what, "use lower-case letters and digits in names")
        if value is None:
            continue
        if not isinstance(value, str | int) or isinstance(value, float):
            fix = "give texts, whole numbers, true or false as attributes"
            raise _wrong("CE_ATTRIBUTE", name, "an object, a list or a fraction", fix)
        found[name] = value if isinstance(value, str) else str(value)
    return found


def _check(attributes: Mapping[str, str], instance: str) -> None:
    for name in ("specversion", "id", "source", "type"):
        if not attributes.get(name):
            raise _wrong("CE_MISSING", name, "nothing", f"give `{name}`: CloudEvents requires it")
    if attributes["specversion"] != "1.0":
        raise _wrong("CE_VERSION", "specversion", "another version", 'write "1.0"', ("1.0",))
    if not is_json(attributes.get("datacontenttype", "application/json")):
        fix = "send data as JSON in UTF-8"
        raise _wrong("CE_DATA", "datacontenttype", "not JSON", fix, ("application/json",))
    if "time" in attributes and not _TIME.fullmatch(attributes["time"]):
        raise _wrong("CE_TIME", "time", "not an RFC 3339 instant", "write 2026-10-12T08:30:00Z")
    source = attributes["source"]
    if source.startswith(URN) and source != URN + instance:
        fix = "speak in the name of your own instance only"
        raise _wrong("CE_SOURCE", "source", "another instance's name", fix, (URN + instance,))


def _decoded(value: str) -> str:
    """A header's text: quoted strings and %-encoded UTF-8 are undone (HTTP binding §3.1.3.2)."""
    text = value.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return unquote(text, errors="replace")


def _wrong(code: str, field: str, what: str, fix: str, known: tuple[str, ...] = ()) -> SetAside:
    return SetAside(code, what, where=Place(field=field or None), known=known, fix=fix)
