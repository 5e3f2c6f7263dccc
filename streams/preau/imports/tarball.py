"""Reads a tar, gzipped or not, as one stream; only plain files come out.

The headers are the standard library's to read (`TarInfo.frombuf`), one block at a time; its
`TarFile` is not used: it believes the sizes of extended headers, and reads sparse maps, in memory.
"""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from preau.imports.allowance import CHUNK, Allowance
from preau.imports.member import Member, check_name, damaged, left_alone, no_plain_file, own_name

BLOCK = tarfile.BLOCKSIZE
GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib: a gzip header, the largest window
_PACKED = 16 * 1024  # bytes of gzip taken at a time
_LONGEST_NAME = 16 * 1024  # bytes of an extended header
_RECORD = re.compile(rb"([0-9]{1,5}) ")
_MOST_RECORDS = 100
_SIZE_DIGITS = 18  # sizes below 2**63
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_EXTENDED = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)


class _Stream(Protocol):
    taken: int
    """Bytes of the file on disk read so far."""

    def read(self, size: int) -> bytes: ...


def members(file: Path, allowance: Allowance) -> Iterator[Member]:
    """The plain files of a tar, each to be read before the next; raises `SetAside`."""
    with file.open("rb") as source:
        gzipped = source.read(len(GZIP)) == GZIP
        source.seek(0)
        stream = _Gunzipped(source, file.name) if gzipped else _Plain(source)
        yield from _Tape(stream, file, allowance).members()


class _Plain:
    """A tar as it lies on the disk."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.taken = 0

    def read(self, size: int) -> bytes:
        data = self._source.read(size)
        self.taken += len(data)
        return data


class _Gunzipped:
    """A gzip, unpacked as far as it is asked; raises `SetAside` where it is damaged."""

    def __init__(self, source: BinaryIO, name: str) -> None:
        self._source = source
        self._name = name
        self._unzip = zlib.decompressobj(_GZIP_WINDOW)
        self._packed = b""
        self.taken = 0

    def read(self, size: int) -> bytes:
        found: list[bytes] = []
        left = size
        while left and (data := self._some(left)):
            found.append(data)
            left -= len(data)
        return b"".join(found)

    def _some(self, most: int) -> bytes:
        """At most so many bytes, at least one; none at the end."""
        while not self._unzip.eof or self._next_stream():
            ended = not self._packed and not self._fill()
            try:
                data = self._unzip.decompress(self._packed, most)
            except zlib.error:
                raise damaged(self._name, "a gzip that is damaged") from None
            self._packed = self._unzip.unused_data or self._unzip.unconsumed_tail
            if data:
                return data
            if ended and not self._unzip.eof:
                raise damaged(self._name, "a gzip that is cut")
        return b""

    def _next_stream(self) -> bool:
        """Gzips may follow one another; zeros may follow them."""
        self._packed = self._packed.lstrip(b"\0")
        while not self._packed and self._fill():
            self._packed = self._packed.lstrip(b"\0")
        self._unzip = zlib.decompressobj(_GZIP_WINDOW) if self._packed else self._unzip
        return bool(self._packed)

    def _fill(self) -> bool:
        self._packed = self._source.read(_PACKED)
        self.taken += len(self._packed)
        return bool(self._packed)


class _Tape:
    """The headers and files of one tar, in its order."""

    def __init__(self, stream: _Stream, file: Path, allowance: Allowance) -> None:
        self._stream = stream
        self._name = file.name
        self._size = file.stat().st_size
        self._allowance = allowance
        self._out = 0
        self._said: dict[str, str] = {}

    def members(self) -> Iterator[Member]:
        while (block := self._exactly(BLOCK)) != bytes(BLOCK):
            self._allowance.file(self._name)
            header = self._header(block)
            if header.type in (tarfile.XGLTYPE, *_EXTENDED, tarfile.GNUTYPE_LONGNAME):
                self._extended(header)
            elif header.type in (*_PLAIN, tarfile.DIRTYPE):
                yield from self._member(header)
            else:
                raise no_plain_file(header.name)
        self._end()

    def _header(self, block: bytes) -> tarfile.TarInfo:
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError:
            raise damaged(self._name, "not a tar, or a damaged one") from None
        if header.size < 0:
            raise damaged(self._name, "a size below nothing")
        return header

    def _extended(self, header: tarfile.TarInfo) -> None:
        """What a header before a file says of it: a longer name, or its size."""
        if header.size > _LONGEST_NAME:
            raise damaged(self._name, "an extended header that is too long")
        body = self._exactly(header.size)
        self._padding(header.size)
        if header.type == tarfile.GNUTYPE_LONGNAME:
            self._said["path"] = _text(body.split(b"\0")[0])
        elif header.type in _EXTENDED:
            self._said |= _records(body)
            if body and not self._said:
                raise damaged(self._name, "an extended header that is not one")

    def _member(self, header: tarfile.TarInfo) -> Iterator[Member]:
        path = self._said.get("path") or _text(header.name.encode("utf-8", "surrogateescape"))
        size = self._size_of(header)
        if any(name.startswith("GNU.sparse") for name in self._said):
            raise no_plain_file(path)
        self._said = {}
        check_name(path)
        self._allowance.claim(path, size)
        chunks = self._chunks(path, size)
        if header.type != tarfile.DIRTYPE and own_name(path) and not left_alone(path):
            yield Member(path, chunks)
        for _ in chunks:  # what nobody wanted is passed over
            pass
        self._padding(size)

    def _size_of(self, header: tarfile.TarInfo) -> int:
        if header.type == tarfile.DIRTYPE:
            return 0
        told = self._said.get("size", str(header.size))
        if not (told.isascii() and told.isdigit() and len(told) <= _SIZE_DIGITS):
            raise damaged(self._name, "a size that is no number")
        return int(told)

    def _chunks(self, path: str, size: int) -> Iterator[bytes]:
        before, left = self._stream.taken, size
        while left:
            chunk = self._exactly(min(left, CHUNK))
            left -= len(chunk)
            self._allowance.weigh(path, size - left, self._stream.taken - before + _PACKED)
            yield chunk

    def _padding(self, size: int) -> None:
        self._exactly(-size % BLOCK)

    def _exactly(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) != size:
            raise damaged(self._name, "a tar that is cut")
        self._out += size
        self._allowance.weigh(self._name, self._out, self._size)
        return data

    def _end(self) -> None:
        """After the mark of the end only zeros; reading them checks the whole gzip's sum."""
        while data := self._stream.read(CHUNK):
            self._out += len(data)
            self._allowance.weigh(self._name, self._out, self._size)
            if data.strip(b"\0"):
                raise damaged(self._name, "bytes after the end of the tar")


def _records(body: bytes) -> dict[str, str]:
    """The `<length> <name>=<value>` lines of an extended header; empty when they are none."""
    found: dict[str, str] = {}
    at = 0
    for _ in range(_MOST_RECORDS):
        head = _RECORD.match(body, at)
        if head is None:
            break
        end = max(at + int(head[1]), head.end())
        name, _, value = body[head.end() : end].removesuffix(b"\n").partition(b"=")
        found[_text(name)] = _text(value)
        at = end
    return found if at == len(body) else {}


def _text(name: bytes) -> str:
    """A name as most systems write it, else as Windows does."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("cp1252", "replace")
