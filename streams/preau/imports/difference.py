"""Compares one full dump with the last: object by object, in bounded memory, only changes travel.

An object is a category and an id. What it said is compared without what the file says of itself; a
changed one is mapped here too, to know which canonical records it no longer gives: those are
withdrawn. A record that cannot be read, or is set aside, changes nothing of what was said before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from preau.errors import SetAside
from preau.imports.act import ESTABLISHMENT, SCHOOL, Act
from preau.imports.draft_values import values as told_by
from preau.imports.fileset import SetFile, told_name
from preau.imports.modification import DELETE, MODIFY, plain
from preau.imports.source import Source, found, steps
from preau.imports.tally import Tally
from preau.inlets.aside import aside
from preau.inlets.intake import (
    INTAKE,
    MAX_RECORD,
    Heard,
    Intake,
    Speaker,
    accepted,
    object_key,
)
from preau.mapping.said import Said
from preau.mapping.withdrawal import WITHDRAWN, body
from preau.readers.piece import Passing, Piece
from preau.store.snapshots import Mark

_TICK = 500
_UNKNOWN = "UNKNOWN_EVENT"
_CHANGES = frozenset({MODIFY, DELETE})
_Values = dict[str, Any]
_Known = tuple[str, str, bytes, Mark | None]
"""An object's category and id, the digest of its bytes, what it was."""
#: What is kept as the words of an object that was never read.
_UNREAD = b"unread"
_SORTED = orjson.OPT_SORT_KEYS
_NO_ID = "send the file as the académie made it: each record has a number"
_TWICE = "ask the académie which of the two is right: the first one was kept"
_TOO_LARGE = "send this record to Préau's people"


class Difference:
    """The work of one import on the files of a set, one after the other."""

    def __init__(self, source: Source, act: Act, tally: Tally) -> None:
        self._source = source
        self._act = act
        self._tally = tally
        self._reader = source.reader(act.version)
        card = source.connector.card
        self._ids, self._places = steps(card.order), steps(card.place)
        self._renew = act.before.facts.get("edition") != source.edition
        self._speaker = Speaker(source.instance, source.name)
        self._header: Mapping[str, str] = {"version": str(act.version)}
        self._unread: set[str] = set()
        self._asked: _Known = ("", "", b"", None)
        self.delta = False
        """Whether the set said changes or deletions: a whole set only adds."""

    def read(self, stream: BinaryIO, file: SetFile, tell: Callable[[int], None]) -> None:
        """Compares one file; raises `SetAside` where it cannot be read further.

        `tell` hears now and then how many bytes have been read.
        """
        for piece in self._pieces(stream, told_name(file)):
            self._tally.read += 1
            if self._tally.read % _TICK == 0:
                tell(stream.tell())
            if piece.problem is None:
                self._object(piece, file)
            else:
                self._unreadable(piece, piece.problem, file)

    def end(self, fresh: Path, *, complete: bool) -> None:
        """Closes the new state, in the file `fresh`, and withdraws what is absent from it.

        A set that is not `complete` withdraws nothing by silence; nor does any set in a category of
        which a record could not be read.
        """
        before = self._act.before
        self._act.after.close()
        every = not complete or "" in self._unread
        spared = before.categories if every else sorted(self._unread)
        carried = before.carry(fresh, spared)
        self._tally.spared += carried if complete else 0
        for mark in filter(_lives, before.gone(fresh)):
            self._remove(mark, "")

    def _pieces(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        if isinstance(self._reader, Passing):
            return self._reader.split_new(stream, name, self._met)
        return self._reader.split(stream, name)

    def _met(self, category: str, id_: str, data: bytes) -> bool:
        """Whether a record is, byte for byte, what it was: then there is nothing to read in it."""
        raw = self._source.digest(data)
        passing = not (self._renew or self._act.last.filling)
        if passing and self._act.after.keep(category, id_, raw):
            self._tally.read += 1
            self._tally.unchanged += 1
            self._tally.categories[category] += 1
            return True
        self._asked = (category, id_, raw, self._act.before.find(category, id_))
        return False

    def _object(self, piece: Piece, file: SetFile) -> None:
        values = dict(piece.values) if piece.values is not None else orjson.loads(piece.body)
        self._header = values.pop("header", self._header)
        category, id_ = piece.event or "", found(values, self._ids)
        if not id_:
            why = SetAside("IMPORT_NO_ID", "a record without its number", fix=_NO_ID)
            self._unreadable(piece, why, file)
            return
        raw, old = self._known(category, id_)
        if (operation := values.get("operation")) in _CHANGES:
            self.delta = True
        if operation == MODIFY:
            try:
                values = self._act.last.changed(values, old)
            except SetAside as why:
                self._aside(piece, why, file)
                return
            raw = b""  # nobody ever saw the whole record's bytes
            piece = piece._replace(body=orjson.dumps({**values, "header": self._header}))
        self._compare(piece, values, (category, id_, raw, old), file)

    def _compare(self, piece: Piece, values: _Values, known: _Known, file: SetFile) -> None:
        """What is done with an object that says these values, all of them."""
        category, id_, raw, old = known
        words = orjson.dumps(plain(values), option=_SORTED)
        said = self._source.digest(words)
        same = old is not None and old.said == said and not self._renew
        if old is not None and same and self._act.after.add(old._replace(raw=raw or old.raw)):
            self._tally.unchanged += 1
            self._tally.categories[category] += 1
            if self._act.last.filling:
                self._act.last.keep(category, id_, words)
        elif (met := self._act.after.find(category, id_)) is not None:
            self._again(piece, file, same=met.said == said)
        elif values.get("operation") == DELETE:
            self._delete(piece, old)
        else:
            # a school's own file says the school in its header only
            place = found({"header": self._header, **values}, self._places)
            if self._say(piece, Mark(category, id_, raw, said, place, "", ""), old, file):
                self._act.last.keep(category, id_, words)

    def _known(self, category: str, id_: str) -> tuple[bytes, Mark | None]:
        """The digest of its bytes, if the reader gave them, and what it was."""
        asked_category, asked_id, raw, old = self._asked
        if (asked_category, asked_id) == (category, id_):
            return raw, old
        return b"", self._act.before.find(category, id_)

    def _again(self, piece: Piece, file: SetFile, *, same: bool) -> None:
        """One object met twice in a set: the same words count once, other words are set aside."""
        if same:
            self._tally.repeated += 1
            return
        what = "one number for two different records"
        self._aside(piece, SetAside("IMPORT_TWICE", what, fix=_TWICE), file)

    def _delete(self, piece: Piece, old: Mark | None) -> None:
        """A file of differences says that an object is no more; an empty mark remembers it."""
        if old is None or not old.said:
            self._tally.unchanged += 1  # it never was, for us
            return
        self._act.after.add(old._replace(said=b"", keys="", aside=""))
        self._remove(old, piece.path)

    def _remove(self, old: Mark, path: str) -> None:
        self._tally.removed[old.category, old.place] += 1
        self._act.last.forget(old.category, old.id)
        self._withdraw(old.id, keys_of(old), path)
        if self._act.listener is not None:
            self._act.listener.gone(old)

    def _say(self, piece: Piece, new: Mark, old: Mark | None, file: SetFile) -> bool:
        """Whether it could be said."""
        if len(piece.body) > MAX_RECORD:
            what = f"a record of {len(piece.body)} bytes"
            self._unreadable(piece, SetAside("EVENT_SIZE", what, fix=_TOO_LARGE), file)
            return False
        drafts, refusals = self._source.normaliser.normalise(self._said(piece))
        prefix = len(self._source.instance) + 1
        keys = dict.fromkeys(f"{draft.record} {draft.subject[prefix:]}" for draft in drafts)
        before = dict.fromkeys(keys_of(old)) if old is not None else {}
        self._tally.aside.update(refusal.code for refusal in refusals)
        self._tally.canonical += len(drafts)
        if drafts or refusals:
            self._act.letters.add(self._letter(piece, new.id))
        if any(refusal.code == _UNKNOWN for refusal in refusals):
            self._unread.add("")  # a category that nobody knows may be the damaged name of another
        if refusals:
            keys = before | keys  # what was set aside may still be as it was
        gone = [key for key in before if key not in keys]
        self._withdraw(new.id, gone, piece.path)
        for draft in drafts:
            if draft.record == ESTABLISHMENT and (uai := told_by(draft)["uai"]):
                self._act.after.state({SCHOOL + draft.subject[prefix:]: str(uai)})
        codes = " ".join(sorted({refusal.code for refusal in refusals}))
        self._act.after.add(new._replace(keys="\n".join(keys), aside=codes))
        self._count(new, old)
        if self._act.listener is not None:
            was = old if old is not None and _lives(old) else None
            self._act.listener.said(new, was, drafts, gone)
        return True

    def _count(self, new: Mark, old: Mark | None) -> None:
        self._tally.categories[new.category] += 1
        if old is None or old.said in {b"", _UNREAD}:
            self._tally.added[new.category, new.place] += 1
        elif old.said == new.said:
            self._tally.renewed += 1
        else:
            self._tally.changed[old.category, old.place] += 1

    def _withdraw(self, id_: str, gone: list[str], path: str) -> None:
        if not gone:
            return
        pairs = [tuple(key.split(" ", 1)) for key in gone]
        told = {name: self._header[name] for name in sorted(self._header)}
        said = Piece(WITHDRAWN, orjson.dumps(body(pairs, told)), path)
        self._tally.canonical += len(gone)
        self._act.letters.add(self._letter(said, id_))

    def _letter(self, piece: Piece, id_: str) -> Intake:
        heard = Heard(piece.body, None, piece.event, path=piece.path)
        made = accepted(self._speaker, heard, self._act.now_ms).intake
        return made._replace(key=object_key(self._source.instance, id_))

    def _said(self, piece: Piece) -> Said:
        topic = INTAKE + self._source.name
        instance = self._source.instance
        return Said(
            instance, piece.event, None, piece.body, self._act.now_ms, topic, 0, 0, piece.path
        )

    def _unreadable(self, piece: Piece, why: SetAside, file: SetFile) -> None:
        if not piece.id:
            self._unread.add(piece.event or "")
        elif self._spared(piece.event or "", piece.id, why.code):
            return
        self._aside(piece, why, file)

    def _spared(self, category: str, id_: str, code: str) -> bool:
        """Who is there but cannot be read stays as it was; True when that was told before."""
        raw, old = self._known(category, id_)
        mark = old or Mark(category, id_, raw, _UNREAD, "", "", "")
        fresh = self._act.after.add(mark._replace(raw=raw, aside=code))
        told = fresh and mark.aside == code and raw in {b"", mark.raw}
        self._tally.unchanged += told
        return told

    def _aside(self, piece: Piece, why: SetAside, file: SetFile) -> None:
        self._tally.set_aside(file.name, piece.path, why.code)
        told = (self._speaker, _sha256(file.path), piece.path, piece.event, why, self._act.now_ms)
        self._act.letters.add(aside(*told, self._act.encode))


@lru_cache(maxsize=8)
def _sha256(file: Path) -> str:
    """Asked for only when a record of the file cannot be read."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _lives(mark: Mark) -> bool:
    """Whether the object still gave something."""
    return mark.keys != ""


def keys_of(mark: Mark) -> list[str]:
    """The canonical records that an object gave."""
    return mark.keys.split("\n") if mark.keys else []
