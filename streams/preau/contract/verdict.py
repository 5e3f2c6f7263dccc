"""The outcome of one promise for one folder: kept, or one defect as a sentence with its fix."""

from __future__ import annotations

from typing import NamedTuple


class Defect(NamedTuple):
    """One thing to mend. `sentence` names the test, so it holds no value of a payload."""

    sentence: str
    file: str
    field: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.field}" if self.field else self.file
        return f"{self.sentence} ({place}); fix: {self.fix}"


class Verdict(NamedTuple):
    """One test: `defect` is None when the promise is kept."""

    folder: str
    sentence: str
    defect: Defect | None

    def __str__(self) -> str:
        return f"{self.folder}: {self.sentence}"

    def hold(self) -> None:
        """Raises `AssertionError` with the place and the fix when the promise is broken."""
        if self.defect is not None:
            raise AssertionError(str(self.defect))
