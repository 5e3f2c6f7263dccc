"""Cuts the text of an AAF file where its records begin and end, as long as that is certain.

It is certain after a head of comments and the root's opening, and after each record, while nothing
but blanks stands between records and no record holds a comment or CDATA, in which an end could be
written that is none. From the first doubt on, everything is the parser's.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from preau.readers.aaf_plain import CLOSING, OPENING

_LONGEST_HEAD = 65_536  # characters before the first record; real ones have a few hundred
_BLANKS = " \t\r\n"  # XML 1.0 §2.3: Python strips more
_COMMENTS = r"(?:[ \t\r\n]|<!--(?:(?!-->).)*-->)*"
_HEAD = re.compile(rf"{_COMMENTS}<ficAlimMENESR[ \t\r\n]*>{_COMMENTS}", re.DOTALL)


class Part(NamedTuple):
    """A stretch of the file; `record`: it is one whole record of additions, at the root.

    `blank` are the line ends before it that are not in `text`.
    """

    text: str
    record: bool = False
    blank: int = 0


class Cutter:
    """Text in, parts out, in order and nothing left out but blanks between records."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._headed = False
        self._certain = True

    @property
    def waiting(self) -> int:
        """How many characters wait for the end of their record."""
        return len(self._text) - self._at

    def feed(self, text: str) -> None:
        """Takes the next text."""
        self._text = self._text[self._at :] + text
        self._at = 0

    def doubt(self) -> None:
        """What looked like a record was none: from here on, nothing is certain."""
        self._certain = False

    def take(self) -> Part | None:
        """The next part, None when more text must be seen."""
        if not self._certain:
            return self.rest()
        start = self._text.find(OPENING, self._at)
        if not self._headed:
            return self._head(start)
        return self._record(start) if start >= 0 else self._no_record()

    def rest(self) -> Part | None:
        """All that is left, None when that is nothing."""
        text, self._text, self._at = self._text[self._at :], "", 0
        return Part(text) if text else None

    def _head(self, start: int) -> Part | None:
        """Everything before the first record."""
        if start < 0 and self.waiting < _LONGEST_HEAD:
            return None
        head = self._text[:start]
        self._headed = True
        self._certain = start >= 0 and _HEAD.fullmatch(head) is not None
        if not self._certain:
            return self.rest()
        self._at = start
        return Part(head)

    def _record(self, start: int) -> Part | None:
        gap = self._text[self._at : start]
        end = self._text.find(CLOSING, start)
        if gap.strip(_BLANKS):
            self._certain = False
        elif end < 0:
            return None
        else:
            text = self._text[start : end + len(CLOSING)]
            if not _marked(text):
                self._at = start + len(text)
                return Part(text, record=True, blank=gap.count("\n"))
            self._certain = False
        return self.rest()

    def _no_record(self) -> Part | None:
        """Blanks, or the beginning of a record, wait; anything else is the parser's."""
        if OPENING.startswith(self._text[self._at :].strip(_BLANKS)):
            return None
        self._certain = False
        return self.rest()


def _marked(text: str) -> bool:
    """Whether it may hold a comment, CDATA or a processing instruction.

    One letter is found forty times faster than two, of which the first is everywhere.
    """
    return ("!" in text and "<!" in text) or ("?" in text and "<?" in text)
