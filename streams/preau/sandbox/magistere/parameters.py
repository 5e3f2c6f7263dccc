"""What a web-service function of Moodle takes, and the refusals when it is given something else.

As `external_api::validate_parameters` and `validate_param` do (moodle/moodle,
lib/external/classes/external_api.php): a key that is missing or not expected, an array where a
value is due or the reverse, a value that is not of its type; `debuginfo` as with debugging on. The
names of a form make nested arrays as PHP does it: `members[0][userid]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from preau.sandbox.surface import Refused

REQUIRED, OPTIONAL, DEFAULT = "REQUIRED", "OPTIONAL", "DEFAULT"
_TYPES = {
    "int": re.compile(r"0|-?[1-9][0-9]{0,17}"),
    "bool": re.compile(r"[01]"),
    "alpha": re.compile(r"[A-Za-z]*"),
    "alphanum": re.compile(r"[A-Za-z0-9]*"),
    "alphanumext": re.compile(r"[A-Za-z0-9_-]*"),
    "text": re.compile(r"[^<>]*"),
    "raw": re.compile(r".*", re.DOTALL),
}
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


@dataclass(frozen=True)
class Scalar:
    """One value of a type, named as Moodle's PARAM_ constants."""

    kind: str
    required: str = REQUIRED
    default: object = None


@dataclass(frozen=True)
class Single:
    """An array with these keys and no other."""

    keys: Mapping[str, Described]
    required: str = REQUIRED
    default: object = None


@dataclass(frozen=True)
class Multiple:
    """An array of any number of one thing; its own keys mean nothing."""

    content: Described
    required: str = REQUIRED
    default: object = None


Described = Scalar | Single | Multiple


class Invalid(Exception):
    """A parameter is not as described; its text is Moodle's `debuginfo`."""


def problem(exception: str, errorcode: str, message: str, debuginfo: str = "") -> Refused:
    """Moodle's JSON of an exception, with status 200 (webservice/rest/locallib.php)."""
    said = {"exception": exception, "errorcode": errorcode, "message": message}
    return Refused(200, said | ({"debuginfo": debuginfo} if debuginfo else {}))


def invalid(debuginfo: str) -> Refused:
    """The `invalid_parameter_exception` of Moodle."""
    message = "Invalid parameter value detected"
    return problem("invalid_parameter_exception", "invalidparameter", message, debuginfo)


def nested(form: Mapping[str, object]) -> dict[str, object]:
    """The form's names and values as PHP's `$_REQUEST`."""
    made: dict[str, object] = {}
    for name, value in form.items():
        found = _NAME.fullmatch(name)
        if found is None:
            made[name] = value
            continue
        inner = made
        path = [found[1], *re.findall(r"\[([^\[\]]*)\]", found[2])]
        for step in path[:-1]:
            deeper = inner.setdefault(step, {})
            if not isinstance(deeper, dict):
                inner[step] = deeper = {}
            inner = deeper
        inner[path[-1] or str(len(inner))] = value
    return made


def validated(description: Described, value: object) -> object:
    """The value with its defaults; raises `Invalid` with Moodle's words."""
    if isinstance(description, Scalar):
        return _scalar(description, value)
    if not isinstance(value, dict):
        raise Invalid(f"Only arrays accepted. The bad value is: '{value}'")
    if isinstance(description, Multiple):
        return [validated(description.content, each) for each in value.values()]
    result: dict[str, object] = {}
    for key, inner in description.keys.items():
        if key in value:
            result[key] = _inside(key, inner, value[key])
        elif inner.required == REQUIRED:
            raise Invalid(f"Missing required key in single structure: {key}")
        elif inner.required == DEFAULT:
            result[key] = inner.default
    extra = [key for key in value if key not in description.keys]
    if extra:
        raise Invalid(f"Unexpected keys ({', '.join(extra)}) detected in parameter array.")
    return result


def _inside(key: str, description: Described, value: object) -> object:
    try:
        return validated(description, value)
    except Invalid as wrong:
        raise Invalid(f"{key} => Invalid parameter value detected: {wrong}") from wrong


def _scalar(description: Scalar, value: object) -> object:
    if isinstance(value, dict):
        raise Invalid("Scalar type expected, array or object received.")
    text = str(value)
    if not _TYPES[description.kind].fullmatch(text):
        raise Invalid(
            f'Invalid external api parameter: the value is "{text}", '
            f'the server was expecting "{description.kind}" type'
        )
    return int(text) if description.kind in {"int", "bool"} else text
