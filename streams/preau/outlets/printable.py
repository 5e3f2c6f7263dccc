"""Text as every format may carry it: no character that XML or iCalendar forbids."""

from __future__ import annotations

import re

_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile("[ \t\n]+")
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The same text: every kind of line break is LF, and what no format may hold is left out.

    XML 1.0 §2.2 and RFC 5545 §3.1 forbid control characters; halves of surrogate pairs are no text.
    """
    return _FORBIDDEN.sub("", _BREAK.sub("\n", text))


def one_line(text: str) -> str:
    """A title: the same on one line, without blanks around it; empty when nothing can be seen.

    Blanks that French puts before a colon stay as they are.
    """
    line = _BLANKS.sub(" ", printable(text)).strip(" ")
    return line if line.strip() else ""
