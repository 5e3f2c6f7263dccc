"""Conversions that give texts and lists of texts."""

from __future__ import annotations

from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.refusal import Unfit, shape

_AS_TEXT = "send a text or a whole number"
_LINKS = ('{"type", "id"}', "a list of them")


def as_text(value: object) -> str | None:
    """A text without the spaces around it, a whole number in digits, None for an empty text."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return str(value)
        except ValueError:  # Python refuses to write more than 4,300 digits
            raise Unfit("NOT_A_TEXT", "whole number too long to write", fix=_AS_TEXT) from None
    if value is None:
        return None
    raise Unfit("NOT_A_TEXT", shape(value), known=("text", "whole number"), fix=_AS_TEXT)


def as_texts(value: object) -> list[str]:
    """A list of texts, without the empty ones; one text is a list of one."""
    values = value if isinstance(value, list) else [value]
    return [text for text in map(as_text, values) if text is not None]


def first(given: tuple[object, ...]) -> str | None:
    """The first value that is there and not empty, as text."""
    for value in given:
        text = as_text(value)
        if text is not None:
            return text
    return None


def _text(given: tuple[object, ...], _about: About) -> object:
    return as_text(given[0])


def _first_text(given: tuple[object, ...], _about: About) -> object:
    return first(given)


def _lower(given: tuple[object, ...], _about: About) -> object:
    text = as_text(given[0])
    return text.lower() if text else None


def _join(given: tuple[object, ...], _about: About) -> object:
    parts = [as_text(value) or "" for value in given]
    return ":".join(parts) if any(parts) else None


def _dollar(given: tuple[object, ...], _about: About) -> object:
    parts = [as_text(value) for value in given]
    return None if None in parts else "$".join(part for part in parts if part)


def _list_of_text(given: tuple[object, ...], _about: About) -> object:
    return as_texts(given[0])


def _list_of_one(given: tuple[object, ...], _about: About) -> object:
    text = first(given)
    return [] if text is None else [text]


def _inside(text: str | None, about: About) -> str | None:
    return None if text is None else f"{about.instance}/{text}"


def _local(given: tuple[object, ...], about: About) -> object:
    return _inside(as_text(given[0]), about)


def _first_local(given: tuple[object, ...], about: About) -> object:
    return _inside(first(given), about)


def _local_dollar(given: tuple[object, ...], about: About) -> object:
    text = _dollar(given, about)
    return _inside(text, about) if isinstance(text, str) else None


def _local_join(given: tuple[object, ...], about: About) -> object:
    text = _join(given, about)
    return _inside(text, about) if isinstance(text, str) else None


def _list_of_local(given: tuple[object, ...], about: About) -> object:
    return [f"{about.instance}/{text}" for value in given for text in as_texts(value)]


def _linked(given: tuple[object, ...], about: About) -> object:
    said = [value if isinstance(value, list) else [value] for value in given if value]
    named = [_named(link) for links in said for link in links]
    return [f"{about.instance}/{text}" for text in named if text is not None]


def _named(link: object) -> str | None:
    if not isinstance(link, dict):
        raise Unfit("NOT_A_LINK", shape(link), known=_LINKS, fix="send the type and the id")
    return as_text(link.get("id"))


CONVERSIONS = (
    Conversion(
        "text",
        "A text without the spaces around it; a whole number in digits. Empty counts as absent.",
        Gives.TEXT,
        _text,
        (
            Example(" CM2 A ", "CM2 A"),
            Example(5121, "5121"),
            Example("", None),
            Example({"a": 1}, error="NOT_A_TEXT"),
            Example(given=True, error="NOT_A_TEXT"),
            Example(1.5, error="NOT_A_TEXT"),
        ),
        steady=True,
    ),
    Conversion(
        "first_text",
        "Of several paths, the first that is there and not empty, as `text`.",
        Gives.TEXT,
        _first_text,
        (Example((None, " ", "b"), "b"), Example((7, "b"), "7"), Example(("", ""), None)),
        several=True,
    ),
    Conversion(
        "lower",
        "As `text`, in small letters.",
        Gives.TEXT,
        _lower,
        (Example("ÉCOLE", "école"), Example([], error="NOT_A_TEXT")),
        steady=True,
    ),
    Conversion(
        "join",
        "Several values as one text, `:` between; an absent part is empty, all absent is absent.",
        Gives.TEXT,
        _join,
        (
            Example((5121, 88), "5121:88"),
            Example(("9", None, "-"), "9::-"),
            Example(("", ""), None),
            Example((["a"], "b"), error="NOT_A_TEXT"),
        ),
        several=True,
    ),
    Conversion(
        "dollar",
        "Several values as one text with `$` between; absent when any part is.",
        Gives.TEXT,
        _dollar,
        (Example(("43", "6A"), "43$6A"), Example(("43", None), None)),
        several=True,
    ),
    Conversion(
        "local",
        "The id of an object of this instance, as other records name it: `<instance>/<id>`.",
        Gives.TEXT,
        _local,
        (Example(5121, "ent/5121"), Example("", None), Example(given=False, error="NOT_A_TEXT")),
    ),
    Conversion(
        "first_local",
        "Of several paths, the first that is there and not empty, as `local`.",
        Gives.TEXT,
        _first_local,
        (Example((None, "b"), "ent/b"), Example((None, ""), None)),
        several=True,
    ),
    Conversion(
        "local_join",
        "As `join`, then as `local`.",
        Gives.TEXT,
        _local_join,
        (Example((5121, 88), "ent/5121:88"), Example(("", ""), None)),
        several=True,
    ),
    Conversion(
        "local_dollar",
        "As `dollar`, then as `local`.",
        Gives.TEXT,
        _local_dollar,
        (Example(("43", "6A"), "ent/43$6A"), Example(("43", ""), None)),
        several=True,
    ),
    Conversion(
        "list_of_text",
        "A list of texts, each as `text`; one text is a list of one; empty ones are left out.",
        Gives.TEXTS,
        _list_of_text,
        (
            Example(["Zoé", "", " Inès "], ["Zoé", "Inès"]),
            Example("Zoé", ["Zoé"]),
            Example([{"a": 1}], error="NOT_A_TEXT"),
        ),
    ),
    Conversion(
        "list_of_one",
        "Of several paths, the first that is there, as a list of one text.",
        Gives.TEXTS,
        _list_of_one,
        (Example("0110001A", ["0110001A"]), Example("", []), Example([1], error="NOT_A_TEXT")),
        several=True,
    ),
    Conversion(
        "list_of_local",
        "A list of ids (or several paths), each as `local`; one id is a list of one.",
        Gives.TEXTS,
        _list_of_local,
        (
            Example([5121, "5122"], ["ent/5121", "ent/5122"]),
            Example(5121, ["ent/5121"]),
            Example([[1]], error="NOT_A_TEXT"),
        ),
        several=True,
    ),
    Conversion(
        "linked",
        "Who is named by JSON:API links: one `{type, id}` or a list of them (or several paths), "
        "each id as `local`.",
        Gives.TEXTS,
        _linked,
        (
            Example([{"type": "group", "id": "12"}, {"id": 13}], ["ent/12", "ent/13"]),
            Example(({"type": "group", "id": "12"}, None), ["ent/12"]),
            Example([], []),
            Example(["12"], error="NOT_A_LINK"),
        ),
        several=True,
    ),
)
