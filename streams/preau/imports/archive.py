"""Unpacks one archive into plain files of our own naming, readable by this user only."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from preau.errors import SetAside
from preau.imports import tarball, zipped
from preau.imports.allowance import Allowance
from preau.imports.member import HEAD, Member, is_archive, own_name
from preau.imports.shown import place

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class SetFile(NamedTuple):
    """One plain file of a set: its own name without folders, where it lies, its size in bytes."""

    name: str
    path: Path
    size: int


def unpack(file: Path, room: Path, allowance: Allowance) -> Iterator[SetFile]:
    """The files of a zip, tar or tar.gz, in its order, written into the folder `room`.

    No name of the archive becomes a name on the disk. Raises `SetAside` where the archive is
    refused; what was unpacked before that stays for the caller to remove.
    """
    reader = zipped if _looks_zipped(file) else tarball
    for number, member in enumerate(reader.members(file, allowance)):
        target = room / f"{number:05}"
        yield SetFile(own_name(member.path), target, _write(member, target, allowance))


def _looks_zipped(file: Path) -> bool:
    with file.open("rb") as source:
        return source.read(2) == b"PK" or file.suffix.lower() == ".zip"


def _write(member: Member, target: Path, allowance: Allowance) -> int:
    size = 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as sink:
        for chunk in member.chunks:
            if not size and is_archive(own_name(member.path), chunk[:HEAD]):
                fix = "unpack the outer archive, and give the inner ones"
                what = "an archive in an archive"
                raise SetAside("IMPORT_NESTED", what, where=place(member.path), fix=fix)
            size += len(chunk)
            allowance.take(member.path, len(chunk))
            _put(sink, chunk, member.path)
    return size


def _put(sink: BinaryIO, chunk: bytes, path: str) -> None:
    try:
        sink.write(chunk)
    except OSError as error:
        if error.errno in _FULL:
            raise _no_room(path) from None
        raise


def _no_room(path: str) -> SetAside:
    fix = "free the disk, or import the set in parts"
    what = "no room is left to unpack this"
    return SetAside("IMPORT_SIZE", what, where=place(path), fix=fix)
