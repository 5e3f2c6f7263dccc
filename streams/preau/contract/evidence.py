"""All that the promises look at in one folder: its files, and what its connector makes of them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from preau.canon.draft import Draft
from preau.catalogue.catalogue import Connector, open_connector
from preau.catalogue.set_fields import SET_READS
from preau.contract.rehearsal import RECEIVED_AT, Heard, Speaker, listen
from preau.errors import FixTheFolder
from preau.mapping.normaliser import Context, Normaliser
from preau.mapping.refusal import Refusal
from preau.mapping.said import Said

#: What can be given, and the operation that takes it back.
WITHDRAWN_BY = {
    "GROUP_PUT": "GROUP_REMOVE",
    "MEMBER_PUT": "MEMBER_REMOVE",
    "SHARE_PUT": "SHARE_REMOVE",
}


_HOLE = re.compile(r"\{([^{}]*)\}")


def _second(_instance: str) -> str:
    return "SECOND"


#: The digest key of every expected file; a deployment has its own. A product of both degrees is
#: heard as an instance that its operator declared of the second: without a degree, no number of the
#: State could be shown.
CONTEXT = Context(b"expected files are exact", _second)


def event_of(name: str) -> str:
    """The vendor's event that a sample's name starts with: `GROUP--without-id` shows `GROUP`."""
    return name.partition("--")[0]


class Evidence:
    """One folder, opened once; a folder that does not open still shows its files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.resolve().name
        #: How an author names it to a command: short where it ships, else its whole path.
        self.shown = str(path) if path.parent.name != "connectors" else f"connectors/{self.name}"
        self.mappings = _files(path / "mapping", ".yaml")
        self.samples = _files(path / "samples")
        self.expected = _files(path / "expected", ".json")
        #: Operation (`GROUP_PUT`) → the plain values of its file.
        self.outlets: dict[str, object] = {}
        #: Record (`group`) → the plain values of the question for it.
        self.read_back: dict[str, object] = {}
        self.connector: Connector | None = None
        self.trouble: FixTheFolder | None = None
        try:
            self.connector = open_connector(path)
            self._normaliser = self.connector.normaliser(CONTEXT)
            outlets = dict(self.connector.outlets)
            files = outlets.pop("files", None)
            asked = outlets.pop("read-back", None)
            mails = outlets.pop("mail", None)
            self.read_back = dict(asked) if isinstance(asked, dict) else {}
            self.outlets = {n.replace("-", "_").upper(): raw for n, raw in outlets.items()}
            self.outlets |= _of_files(files)
            for operation, words in _of_mails(mails).items():
                self.outlets[operation] = [self.outlets.get(operation, []), words]
        except FixTheFolder as error:
            self.connector, self.trouble = None, error

    @property
    def normaliser(self) -> Normaliser:
        """The compiled mapping; raises the folder's trouble when it has one."""
        if self.trouble is not None:
            raise self.trouble
        return self._normaliser

    def normalise(self, said: Said) -> tuple[list[Draft], list[Refusal]]:
        """What the mapping makes of one event; raises the folder's trouble when it has one."""
        return self.normaliser.normalise(said)

    def rehearse(self, sample: str, received_at: int = RECEIVED_AT) -> list[Heard]:
        """What one sample gives when it is received at this moment, in milliseconds UTC."""
        if self.connector is None:
            return []
        file = self.samples[sample]
        stream = io.BytesIO(file.read_bytes())
        speaker = Speaker(self.name, received_at)
        return list(listen(self.connector, self._normaliser, stream, file.name, speaker))

    @cached_property
    def heard(self) -> dict[str, list[Heard]]:
        """What each sample gives; nothing when the folder does not open."""
        samples = self.samples if self.connector is not None else ()
        return {name: self.rehearse(name) for name in samples}

    @property
    def drafts(self) -> Iterator[tuple[str, Draft]]:
        """Every canonical record of every sample, with the sample's name."""
        for name, pieces in self.heard.items():
            yield from ((name, draft) for piece in pieces for draft in piece.drafts)


def _of_files(raw: object) -> dict[str, object]:
    """The operations that lines of files stand for; a withdrawal is a line that is missing."""
    if isinstance(raw, dict) and "set" in raw:
        return _of_set()
    listed = raw.get("files") if isinstance(raw, dict) else None
    forms = [each for each in listed or () if isinstance(each, dict)]
    given: dict[str, list[object]] = {}
    for form in forms:
        given.setdefault(str(form.get("of", "")), []).append(form)
    back = sorted(f"{name.removesuffix('_PUT')}_REMOVE" for name in given if name[-4:] == "_PUT")
    return {**{name: {} for name in back}, **given}


def _of_mails(raw: object) -> dict[str, object]:
    """What each mail reads: its holes, and the group whose list it goes to."""
    mails = raw.get("mails") if isinstance(raw, dict) else None
    found: dict[str, object] = {}
    for operation, letter in mails.items() if isinstance(mails, dict) else ():
        holes = set(_HOLE.findall(json.dumps(letter, ensure_ascii=False))) - {"group.name"}
        found[str(operation)] = [{"from": hole} for hole in sorted(holes | {"group"})]
    return found


def _of_set() -> dict[str, object]:
    """What the hub itself reads when it writes the complete sets of a directory service."""
    read: dict[str, object] = {
        name: [{"from": field} for field in sorted(fields)] for name, fields in SET_READS.items()
    }
    return {**read, "GROUP_REMOVE": {}, "MEMBER_REMOVE": {}}


def _files(folder: Path, ending: str = "") -> dict[str, Path]:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return {
        f.stem: f for f in found if f.is_file() and f.name[0] != "." and f.name.endswith(ending)
    }
