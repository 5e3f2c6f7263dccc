"""Reads a zip member by member; nothing is believed that the archive says of its own sizes."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from preau.errors import SetAside
from preau.imports.allowance import CHUNK, Allowance, too_many
from preau.imports.member import Member, check_name, damaged, left_alone, no_plain_file, own_name
from preau.imports.shown import place

#: A table of contents of 20,000 long names has less; `zipfile` reads it in one piece.
_CONTENTS = 4 * 1024**2
_ENCRYPTED = 0x1
#: Others may swell by more than a chunk at a time in the standard library.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: What broken bytes make `zipfile` and `zlib` raise.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)


def members(file: Path, allowance: Allowance) -> Iterator[Member]:
    """The plain files of a zip, each to be read before the next; raises `SetAside`."""
    with _Bounded(file) as source:
        try:
            archive = zipfile.ZipFile(source)
        except _BROKEN:
            raise damaged(file.name, "a zip that is cut or damaged") from None
        yield from _Contents(archive, file, allowance).members()


class _Bounded(io.FileIO):
    """A file that is never asked for more than a bounded piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _CONTENTS:
            raise too_many(Path(str(self.name)).name, _CONTENTS)
        return super().read(size) or b""


class _Contents:
    """The members of one zip, weighed one by one and together."""

    def __init__(self, archive: zipfile.ZipFile, file: Path, allowance: Allowance) -> None:
        self._archive = archive
        self._name = file.name
        self._size = file.stat().st_size
        self._allowance = allowance
        self._out = 0

    def members(self) -> Iterator[Member]:
        wanted = [info for info in self._archive.infolist() if self._wanted(info)]
        self._allowance.claim(self._name, sum(info.file_size for info in wanted))
        for info in wanted:
            yield Member(info.filename, self._chunks(info))

    def _wanted(self, info: zipfile.ZipInfo) -> bool:
        """Whether to unpack it; raises `SetAside` for what no honest archive holds."""
        self._allowance.file(self._name)
        check_name(info.orig_filename)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise no_plain_file(info.filename)
        if info.flag_bits & _ENCRYPTED:
            fix = "unpack it with its password, and give the files"
            where = place(self._name)
            raise SetAside("IMPORT_ENCRYPTED", "an encrypted zip", where=where, fix=fix)
        if kind == stat.S_IFDIR or not own_name(info.filename) or left_alone(info.filename):
            return False
        if info.compress_type not in _METHODS:
            raise _unknown_method(info)
        return True

    def _chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        out = 0
        try:
            with self._archive.open(info) as stream:
                while chunk := stream.read(CHUNK):
                    out += len(chunk)
                    self._out += len(chunk)
                    self._allowance.weigh(info.filename, out, info.compress_size)
                    self._allowance.weigh(self._name, self._out, self._size)
                    yield chunk
        except _BROKEN:
            raise damaged(info.filename, "a member that is cut or damaged") from None
        if out != info.file_size:
            raise damaged(info.filename, "a member shorter than it says")


def _unknown_method(info: zipfile.ZipInfo) -> SetAside:
    fix = "unpack it and give the files, or pack them again as an ordinary zip"
    what = f"packed by method {info.compress_type}"
    known = ("0 stored", "8 deflated")
    return SetAside("IMPORT_METHOD", what, where=place(info.filename), known=known, fix=fix)
