"""Stands in front of the XML parser: what the parser gets is UTF-8, without any declaration.

It honours the declared encoding (the State's files say UTF-8, ISO-8859-15, or nothing: then UTF-8,
else ISO-8859-15), refuses UTF-16 and UTF-32, NUL, and every DOCTYPE or entity but the one line that
AAF files carry, `<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">`, which it takes out: that
file is never loaded. Since it decodes the bytes itself, the parser sees exactly what was checked.
"""

from __future__ import annotations

import codecs
import re
from typing import Protocol

from preau.errors import Place, SetAside

#: Names by which a file may declare its encoding, in lower case.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "iso-8859-1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
}
_HEAD = 512  # bytes: a declaration is never longer
_HOLD = 256  # characters: nor is the DOCTYPE
_UTF8_BOM = codecs.BOM_UTF8
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_DECLARATION = re.compile(
    rb"<\?xml\s+version\s*=\s*(?:'1\.0'|\"1\.0\")"
    rb"(?:\s+encoding\s*=\s*(?:'([A-Za-z0-9._-]{1,40})'|\"([A-Za-z0-9._-]{1,40})\"))?"
    rb"(?:\s+standalone\s*=\s*(?:'yes'|'no'|\"yes\"|\"no\"))?\s*\?>"
)
_DOCTYPE = re.compile(r'<!DOCTYPE\s+ficAlimMENESR\s+SYSTEM\s+"ficAlimMENESR\.dtd"\s*>')
_ELEMENT = re.compile(r"<[^!?]")
_FREE = ("<!--", "<![CDATA[")
_LONGEST = len("<![CDATA[")


class _Decoder(Protocol):
    def decode(self, data: bytes, final: bool = ..., /) -> str: ...  # noqa: FBT001


class XmlGuard:
    """One file's bytes in, safe text out; raises `SetAside` at the first thing it refuses."""

    def __init__(self, name: str) -> None:
        self._place = Place(file=name)
        self._head: bytes | None = b""
        self._decoder: _Decoder
        self._held = ""
        self._doctype = self._rooted = False
        self._read = 0

    def feed(self, data: bytes) -> str:
        """The text of these bytes, as far as it can be judged already."""
        if self._head is not None:
            self._head += data
            if len(self._head) < _HEAD:
                return ""
            data = self._begin(self._head)
        return self._screen(self._decode(data, final=False), final=False)

    def close(self) -> str:
        """What was held back until the end of the file."""
        data = b"" if self._head is None else self._begin(self._head)
        return self._screen(self._decode(data, final=True), final=True)

    def _begin(self, head: bytes) -> bytes:
        """Settles the encoding; gives the bytes after the declaration."""
        self._head = None
        if head.startswith(_WIDE_BOMS) or b"\0" in head[:4]:
            raise self._refusal("XML_ENCODING", "the file is in UTF-16 or UTF-32", known=_KNOWN)
        body = head.removeprefix(_UTF8_BOM)
        declared = self._declared(body)
        if len(body) < len(head) and declared not in (None, "utf-8"):
            what = "the file starts with the mark of UTF-8 and declares another encoding"
            raise self._refusal("XML_ENCODING", what, known=_KNOWN)
        if not body.lstrip().startswith(b"<"):
            raise self._refusal("XML_BROKEN", "the file does not start as XML does", known=())
        self._decoder = _Undeclared() if declared is None else _decoder(declared)
        found = _DECLARATION.match(body)
        return body[found.end() :] if found else body

    def _declared(self, body: bytes) -> str | None:
        if not body.startswith(b"<?xml"):
            return None
        found = _DECLARATION.match(body)
        if found is None:
            what = "the XML declaration is not one that XML 1.0 knows"
            raise self._refusal("XML_DECLARATION", what, known=('<?xml version="1.0"?>',))
        name = (found[1] or found[2] or b"").decode().lower()
        if name and name not in ENCODINGS:
            raise self._refusal("XML_ENCODING", "the declared encoding is unknown", known=_KNOWN)
        return ENCODINGS[name] if name else None

    def _decode(self, data: bytes, *, final: bool) -> str:
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            what = f"the bytes are not in the encoding they claim, near byte {self._read}"
            raise self._refusal("XML_ENCODING", f"{what} ({error.reason})", known=_KNOWN) from None
        self._read += len(data)
        return text

    def _screen(self, text: str, *, final: bool) -> str:
        text = self._held + text
        self._held = ""
        if "\0" in text:
            raise self._refusal("XML_NUL", "the file holds NUL bytes", known=())
        done, at = [], 0
        marked = "!" in text  # one letter is found much faster than two
        while marked and (found := text.find("<!", at)) >= 0:
            done.append(text[at:found])
            self._note(text[at:found])
            passed = self._markup(text, found, final=final)
            if not passed:
                self._held = text[found:]
                return "".join(done)
            # A blank takes the place of the DOCTYPE: what stood around it must not join.
            done.append(" " if text.startswith("<!D", found) else text[found:passed])
            at = passed
        end = len(text) - (text.endswith("<") and not final)
        self._held = text[end:]
        self._note(text[at:end])
        return "".join(done) + text[at:end]

    def _note(self, text: str) -> None:
        self._rooted = self._rooted or _ELEMENT.search(text) is not None

    def _markup(self, text: str, at: int, *, final: bool) -> int:
        """The place after this `<!…` opening when it may pass, 0 when more text must be seen."""
        for opening in _FREE:
            if text.startswith(opening, at):
                return at + len(opening)
        allowed = _DOCTYPE.match(text, at)
        if allowed and not self._doctype and not self._rooted:
            self._doctype = True
            return allowed.end()
        seen = text[at:]
        cut = any(form.startswith(seen) for form in (*_FREE, "<!DOCTYPE"))
        if not final and not allowed and (cut or _unfinished(seen)):
            return 0
        what = "the file declares a document type or an entity"
        raise self._refusal("XML_DOCTYPE", what, known=(_ONLY,))

    def _refusal(self, code: str, what: str, *, known: tuple[str, ...]) -> SetAside:
        return SetAside(code, what, where=self._place, known=known, fix=_FIXES[code])


def _unfinished(seen: str) -> bool:
    return seen.startswith("<!DOCTYPE") and len(seen) < _HOLD and not set(seen) & {">", "["}


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)("strict")


class _Undeclared:
    """UTF-8 as long as it can be; ISO-8859-15 from the first byte that denies it."""

    def __init__(self) -> None:
        self._decoder = _decoder("utf-8")
        self._plain = True  # nothing but ASCII so far: both encodings still read the same

    def decode(self, data: bytes, final: bool = False, /) -> str:  # noqa: FBT001, FBT002
        waiting = self._decoder.getstate()[0]
        try:
            text = self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            whole = waiting + data
            if not (self._plain and whole[: error.start].isascii()):
                raise  # UTF-8 letters before, other bytes now: neither encoding is the file's
            self._decoder = _decoder("iso-8859-15")
            return self._decoder.decode(whole, final)
        self._plain = self._plain and text.isascii()
        return text


_KNOWN = ("UTF-8", "ISO-8859-15", "ISO-8859-1", "windows-1252", "US-ASCII")
_ONLY = '<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">'
_FIXES = {
    "XML_ENCODING": "save the file in UTF-8 and let its first line say so",
    "XML_DECLARATION": 'start the file with <?xml version="1.0" encoding="UTF-8"?>',
    "XML_BROKEN": "send the file as the académie made it",
    "XML_NUL": "send the file again: it was damaged",
    "XML_DOCTYPE": "take every DOCTYPE and ENTITY out; AAF needs none",
}
