"""From the paths that a person gives to the plain files of a set, in reading order."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from preau.errors import SetAside
from preau.imports.allowance import LIMITS, Allowance, Limits, too_many
from preau.imports.archive import SetFile, unpack
from preau.imports.member import HEAD, is_archive, left_alone, no_plain_file
from preau.imports.shown import place, shown
from preau.mapping.conversions.schools import as_uai

__all__ = ["SetFile", "gathered", "opened", "told_name"]

Progress = Callable[[int, int], None]
"""(bytes read so far, bytes of the set)"""

#: The number of `…_Eleve_0003.xml`.
_NUMBER = re.compile(r"_([0-9]{4})(?:\.[^.]*)?\Z")
_SEPARATOR = re.compile(r"[\W_]")
_TOLD = 10


@contextmanager
def gathered(
    paths: Sequence[Path],
    room: Path,
    order: Sequence[str] = (),
    limits: Limits = LIMITS,
    *,
    whole: bool = True,
) -> Iterator[list[SetFile]]:
    """The files of a set: files, folders with all they hold, archives (zip, tar, tar.gz).

    Archives are unpacked below `room`, in a folder that is removed at the end. The order is that
    of the first word of `order` that stands in a file's name, then that of the names. Raises
    `SetAside` for what a set may not be, and then nothing of it is given; numbers may be missing
    when it is not the `whole` set.
    """
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    inside = Path(tempfile.mkdtemp(prefix="set-", dir=room))
    try:
        files = list(_found(paths, inside, Allowance(inside, limits)))
        _refuse_empty(files)
        _refuse_doubles(files)
        if whole:
            _refuse_gaps(files, order)
        yield sorted(files, key=lambda file: _rank(file.name, order))
    finally:
        shutil.rmtree(inside, ignore_errors=True)


def opened(
    files: Sequence[SetFile], progress: Progress
) -> Iterator[tuple[SetFile, BinaryIO, Callable[[int], None]]]:
    """Each file, open, and whom to tell how many of its bytes were read.

    `progress` hears how many of the set were read, and how many there are.
    """
    of, done = sum(file.size for file in files), 0
    for file in files:
        with file.path.open("rb") as stream:
            yield file, stream, partial(_further, progress, done, of)
        done += file.size
        progress(done, of)


def _further(progress: Progress, done: int, of: int, read: int) -> None:
    progress(done + read, of)


def told_name(file: SetFile) -> str:
    """The file's name, with its folder's when that is a school's UAI: some files say none."""
    folder = file.path.parent.name
    return f"{folder}/{file.name}" if as_uai(folder) else file.name


def _found(paths: Sequence[Path], room: Path, allowance: Allowance) -> Iterator[SetFile]:
    for number, file in enumerate(_plain(paths, allowance)):
        head, size = _looked_at(file)
        if is_archive(file.name, head):
            inside = room / f"{number:05}"
            inside.mkdir(mode=0o700)
            yield from unpack(file, inside, allowance)
        else:
            yield SetFile(file.name, file, size)


def _looked_at(file: Path) -> tuple[bytes, int]:
    """Its first bytes and its size."""
    try:
        with file.open("rb") as source:
            return source.read(HEAD), os.fstat(source.fileno()).st_size
    except OSError:
        raise _closed(file) from None


def _plain(paths: Sequence[Path], allowance: Allowance) -> Iterator[Path]:
    """Every plain file among the paths and below them; links are refused, litter left alone."""
    waiting = list(reversed(paths))
    while waiting:
        path = waiting.pop()
        allowance.file(path.name)
        try:
            kind = stat.S_IFMT(os.lstat(path).st_mode)
        except (OSError, ValueError):
            fix = "give files and folders that exist and may be read"
            where = place(path.name)
            raise SetAside("IMPORT_PATH", "nothing there", where=where, fix=fix) from None
        if kind == stat.S_IFDIR:
            waiting += _inside(path, allowance.limits.files)
        elif kind != stat.S_IFREG:
            raise no_plain_file(path.name)
        elif not left_alone(path.name):
            yield path


def _inside(folder: Path, most: int) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, most + 1)]
    except OSError:
        raise _closed(folder) from None
    if len(names) > most:
        raise too_many(folder.name, most)
    return [folder / name for name in sorted(names, reverse=True) if not left_alone(name)]


def _closed(path: Path) -> SetAside:
    fix = "let this user read it"
    return SetAside("IMPORT_PATH", "it cannot be read", where=place(path.name), fix=fix)


def _rank(name: str, order: Sequence[str]) -> tuple[int, str, str]:
    word = _word(name, order)
    rank = order.index(word) if word is not None else len(order)
    return rank, name.casefold(), name


def _word(name: str, order: Sequence[str]) -> str | None:
    """The first word of `order` that stands in the name, whole: in PersRelEleve is no Eleve."""
    return next((word for word in order if _whole(word).search(name)), None)


def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", re.IGNORECASE)


def _refuse_empty(files: Sequence[SetFile]) -> None:
    if not files:
        fix = "give the files, their folder or their archive"
        raise SetAside("IMPORT_EMPTY", "no file of a set was found", fix=fix)


def _refuse_doubles(files: Sequence[SetFile]) -> None:
    counts = Counter(file.name.casefold() for file in files)
    for file in files:
        if counts[file.name.casefold()] > 1:
            fix = "give each file once, or import the sets one by one"
            what = "two files of one name in the set"
            raise SetAside("IMPORT_SAME_NAME", what, where=place(file.name), fix=fix)


def _refuse_gaps(files: Sequence[SetFile], order: Sequence[str]) -> None:
    """Files that are numbered start at 0000 and leave no number out.

    A number stands behind a category (one of `order`, when it is given), so that the year of
    `sts_emp_<UAI>_2026.xml` is none.
    """
    known = {word.casefold() for word in order}
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for file in files:
        if found := _NUMBER.search(file.name):
            before = file.name[: found.start()]
            word = _SEPARATOR.split(before)[-1].casefold()
            if word in known or (not known and word.isalpha()):
                numbers[before].add(int(found[1]))
    for name, there in sorted(numbers.items()):
        gone = [f"{name}_{each:04}" for each in range(max(there)) if each not in there]
        if gone:
            _refuse_gap(gone)


def _refuse_gap(gone: Sequence[str]) -> None:
    more = f" and {len(gone) - _TOLD} more" if len(gone) > _TOLD else ""
    what = f"files are missing: {', '.join(shown(each) for each in gone[:_TOLD])}{more}"
    fix = "give the whole set, as the académie made it"
    raise SetAside("IMPORT_GAP", what, fix=fix)
