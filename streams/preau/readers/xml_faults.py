"""What is wrong with an XML file, in libxml2's own names, which quote nothing of it."""

from __future__ import annotations

from lxml import etree

#: What lxml tells, at the end only, when libxml2 had met an entity that is not declared.
NO_MORE = etree.ErrorTypes.ERR_INTERNAL_ERROR
_NAMES = {
    code: name.removeprefix("ERR_").replace("_", " ").lower()
    for name, code in vars(etree.ErrorTypes).items()
    if isinstance(code, int)
} | {NO_MORE: "an entity that is not declared"}


def fault(error: etree.XMLSyntaxError) -> str:
    """The fault in words, which hold nothing of the file."""
    return _NAMES.get(error.code, "unknown fault")


def cut_short(error: etree.XMLSyntaxError) -> bool:
    """Whether a fault told at the end of a file means that it stops before its end."""
    return error.code != NO_MORE
