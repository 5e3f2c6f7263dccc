"""What an AAF file says of itself in comments before its first record, in whatever order."""

from __future__ import annotations

import re

from preau.readers.told import Told

_LIMIT = 65_536  # characters: the comments of a real file are a few hundred
_RECORD = re.compile(r"<(?:add|modify|delete)Request[\s/>]")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_SAID = re.compile(r"""(\w{1,40})\s*=\s*(?:"([^"<>]{0,100})"|'([^'<>]{0,100})')""")
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_NAMED_DAY = re.compile(r"_(\d{4})(\d{2})(\d{2})_")
_DEGREES = {"1D": "FIRST", "2D": "SECOND"}


class Header:
    """Listens to the text of a file until its first record; then answers with plain values."""

    def __init__(self, name: str, told: Told) -> None:
        self._name = name
        self._told = told
        self._text = ""
        self._done = False

    def feed(self, text: str) -> None:
        """Takes the next text of the file; free once the first record has been seen."""
        if self._done:
            return
        self._text += text
        found = _RECORD.search(self._text)
        self._done = found is not None or len(self._text) > _LIMIT
        if found:
            self._text = self._text[: found.start()]

    def values(self) -> dict[str, str]:
        """`versionAF`, `codeAcademieExport`, `degre`, `date` as said; and, in the hub's own words:

        `academy` (two digits; else the one given to the reader), `degree` (FIRST or SECOND), `day`,
        midnight UTC in ISO 8601, of the export (else of the file's name), and `version`, that of
        the import if any. What is not known is not there.
        """
        comments = " ".join(_COMMENT.findall(self._text))
        raw = {name: first or second for name, first, second in _SAID.findall(comments)}
        said = {key: raw.get(key, "").strip() for key in ("versionAF", "codeAcademieExport")}
        said["degre"] = raw.get("degre", "").strip()
        said["date"] = raw.get("dateGenerationExport", "").strip()
        code = said["codeAcademieExport"]
        said["academy"] = code.lstrip("0").zfill(2) if code.isdigit() else self._told.academy or ""
        said["degree"] = _DEGREES.get(said["degre"].upper(), "")
        said["day"] = self._day(said["date"])
        said["version"] = str(self._told.version or "")
        return {key: value for key, value in said.items() if value}

    def _day(self, said: str) -> str:
        if found := _DAY.fullmatch(said):
            return f"{found[3]}-{found[2]}-{found[1]}T00:00:00Z"
        if found := _NAMED_DAY.search(self._name):
            return f"{found[1]}-{found[2]}-{found[3]}T00:00:00Z"
        return ""
