"""One member of an archive: may it be unpacked at all, and is it a file of the State's?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from preau.errors import SetAside
from preau.imports.shown import place

#: Left alone wherever they lie: what systems and transfers leave beside the files.
_LITTER = frozenset({"__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db"})
_BESIDE = (".dtd", ".md5", ".sha1", ".sha256", ".sha512")
_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".jar")
_HEADS = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
_TAR_MARK = slice(257, 262)
HEAD = _TAR_MARK.stop
"""Bytes that tell whether a file is packed."""
_DRIVE = re.compile(r"[A-Za-z]:")
_SEPARATORS = re.compile(r"[/\\]")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_LONGEST = 4096


class Member(NamedTuple):
    """A plain file in an archive: its path in there, and its bytes as they are unpacked."""

    path: str
    chunks: Iterator[bytes]


def own_name(path: str) -> str:
    """The file's own name, without its folders; empty for a folder."""
    return _SEPARATORS.split(path)[-1]


def left_alone(path: str) -> bool:
    """Whether it is no file of the State's: hidden, a DTD, a checksum, a system's litter."""
    parts = [part.lower() for part in _SEPARATORS.split(path) if part not in ("", ".")]
    hidden = any(part.startswith((".", "~$")) or part in _LITTER for part in parts)
    return hidden or not parts or parts[-1].endswith(_BESIDE)


def check_name(path: str) -> None:
    """Raises `SetAside` (IMPORT_NAME) for a name that leads out of its archive, or is none."""
    parts = _SEPARATORS.split(path)
    if path.startswith(("/", "\\")) or _DRIVE.match(path):
        what = "an absolute name in an archive"
    elif ".." in parts:
        what = "a name that leads out of its archive"
    elif not path or len(path) > _LONGEST or _CONTROL.search(path):
        what = "a name that no file has in an archive"
    else:
        return
    fix = "unpack it somewhere safe, look at it, and give the files"
    known = ("names below the archive's own folder",)
    raise SetAside("IMPORT_NAME", what, where=place(path), known=known, fix=fix)


def no_plain_file(path: str) -> SetAside:
    """The refusal of a link or a device, given, in a folder or in an archive."""
    fix = "put a copy of the file itself in its place"
    known = ("files and folders",)
    return SetAside("IMPORT_LINK", "not a plain file", where=place(path), known=known, fix=fix)


def is_archive(name: str, head: bytes) -> bool:
    """Whether a file is packed, by its name or its first bytes."""
    marked = head.startswith(_HEADS) or head[_TAR_MARK] == b"ustar"
    return marked or name.lower().endswith(_ARCHIVES)


def damaged(path: str, what: str) -> SetAside:
    """The refusal of an archive that cannot be unpacked."""
    fix = "copy it again, or ask for it again; unpacked files may be given too"
    known = ("zip", "tar", "tar.gz")
    return SetAside("IMPORT_ARCHIVE", what, where=place(path), known=known, fix=fix)
