"""What files on this machine say of an account: those that were read go, marks of imports too."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from preau.app.files import DEPOSIT
from preau.app.imports import FOLDER
from preau.errors import Place, TryAgain
from preau.inlets.filedrop import DONE, REFUSED
from preau.inlets.folder_lock import alone
from preau.inlets.retention import REPORT
from preau.store.last_values import drop_values
from preau.store.snapshots import drop_marks


def forget_files(data: Path, sources: Collection[str]) -> Counter[str]:
    """Deletes what was read of these accounts' instances, and the accounts' marks; how many.

    `files_refused` and `imports_held` are left: nobody has read the first yet, and a person decides
    on the second. Raises `TryAgain` (ERASURE_WAITS) while an import of one of them goes on.
    """
    counts: Counter[str] = Counter()
    local: dict[str, set[str]] = {}
    for source in sources:
        instance, _, id_ = source.partition("/")
        local.setdefault(instance, set()).add(id_)
    for instance, ids in sorted(local.items()):
        own = data / DEPOSIT / instance
        counts["files_read"] += _drop_read(own / DONE)
        counts["files_refused"] += len(_files(own / REFUSED))
        counts += _drop_marks(data / FOLDER / instance, ids)
    return counts


def _drop_read(folder: Path) -> int:
    files = _files(folder)
    for file in files:
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file)
        else:
            file.unlink()
    return len(files)


def _files(folder: Path) -> list[Path]:
    """What lies there, without reports and reasons, which name nobody."""
    if not folder.is_dir():
        return []
    return [each for each in folder.iterdir() if not each.name.endswith((REPORT, ".motif.txt"))]


def _drop_marks(folder: Path, ids: Collection[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    if not folder.is_dir():
        return counts
    what, fix = "an import of this instance goes on", "nothing: it is tried again"
    taken = TryAgain("ERASURE_WAITS", what, where=Place(field=folder.name), fix=fix)
    with alone(folder, taken):
        for file in sorted(folder.glob("snapshot*.db")):
            counts["import_marks"] += drop_marks(file, ids)
        for file in sorted(folder.glob("values*.db")):
            counts["import_marks"] += drop_values(file, ids)
        counts["imports_held"] += sum(1 for each in folder.glob("*/letters") if each.is_file())
    return counts
