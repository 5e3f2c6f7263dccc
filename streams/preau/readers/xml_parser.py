"""The one XML parser of the readers: it fetches nothing, expands nothing, and quotes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

#: What lxml tells, at the end only, when libxml2 had met an entity that is not declared.
NO_MORE = etree.ErrorTypes.ERR_INTERNAL_ERROR
_NAMES = {
    code: name.removeprefix("ERR_").replace("_", " ").lower()
    for name, code in vars(etree.ErrorTypes).items()
    if isinstance(code, int)
} | {NO_MORE: "an entity that is not declared"}


def pull_parser(tags: Sequence[str] | None = None) -> etree.XMLPullParser:
    """A push parser that tells where elements begin and end, of these tags only when given.

    No DTD, no entities, no network, no huge trees; what it is fed has passed `XmlGuard`.
    """
    return etree.XMLPullParser(
        events=("start", "end"),
        tag=tags,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def fault(error: etree.XMLSyntaxError) -> str:
    """The fault in words, which hold nothing of the file."""
    return _NAMES.get(error.code, "unknown fault")


def cut_short(error: etree.XMLSyntaxError) -> bool:
    """Whether a fault told at the end of a file means that it stops before its end."""
    return error.code != NO_MORE
