"""The one XML parser of the readers: it fetches nothing, expands nothing, and quotes nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

#: What lxml tells, at the end only, when libxml2 had met an entity that is not declared.
NO_MORE = etree.ErrorTypes.ERR_INTERNAL_ERROR
_NAMES = {
    code: name.removeprefix("ERR_").replace("_", " ").lower()
    for name, code in vars(etree.ErrorTypes).items()
    if isinstance(code, int)
} | {NO_MORE: "an entity that is not declared"}
_LONGEST = 64  # characters of an entity's name; HTML's longest has 31
_UNDECLARED = re.compile(rf"&(?!(?:amp|lt|gt|quot|apos);)[^\W\d][\w.:-]{{0,{_LONGEST - 1}}};")


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


class Entities:
    """Whether the text that a parser was given may name an entity that is not declared.

    libxml2 tells of one at once, later as another fault, or at the end only: that hangs on where
    the chunks end. Such a name in a comment or CDATA counts too, so this settles one thing only:
    how a fault at the end of a file is told.
    """

    def __init__(self) -> None:
        self._seen = False
        self._end = ""

    def see(self, text: str) -> None:
        """Takes the next text."""
        if self._seen or ("&" not in text and not self._end):
            return
        text = self._end + text
        self._seen = _UNDECLARED.search(text) is not None
        last = text.rfind("&", -_LONGEST - 1)
        self._end = text[last:] if last >= 0 else ""

    def cut_short(self, error: etree.XMLSyntaxError) -> bool:
        """Whether a fault told at the end of the file means that it stops before its end."""
        return error.code != NO_MORE and not self._seen
