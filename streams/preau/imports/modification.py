"""A change of a part of an object, put on all that was last said of it: a whole state again.

AAF's modifyRequest replaces whole attributes (ficAlimMENESR.dtd: the only operation is `replace`):
what it names takes the place of what there was, what it gives empty is no more, the rest stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ADD, MODIFY, DELETE = "add", "modify", "delete"
"""What a record's `operation` may say; a whole set only adds."""


def modified(last: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the object after the change; both are a record's, without the header."""
    attributes = {**last["attributes"], **change["attributes"]}
    unknown = sorted({*last["unknown"], *change["unknown"]})
    return plain({**last, "operation": ADD, "attributes": attributes, "unknown": unknown})


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """The values without attributes that are given empty: to leave one out says the same."""
    attributes = values.get("attributes")
    if not isinstance(attributes, dict) or [] not in attributes.values():
        return values
    return {**values, "attributes": {name: v for name, v in attributes.items() if v != []}}
