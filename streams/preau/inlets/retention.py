"""How long what was read stays: as long as the bytes of an event do at intake, 7 days.

Its report stays; it names nobody. A refused file is never taken away: nobody has read it yet.
"""

from __future__ import annotations

import shutil
from pathlib import Path

KEPT_MS = 7 * 86_400_000
REPORT = ".bilan.txt"


def forget_read(done: Path, now_ms: int) -> int:
    """Deletes what lies in a `traites` folder with a report older than 7 days; says how many."""
    gone = 0
    for report in done.glob(f"*{REPORT}"):
        file = report.with_name(report.name.removesuffix(REPORT))
        if not file.exists() or report.stat().st_mtime_ns // 1_000_000 >= now_ms - KEPT_MS:
            continue
        if file.is_dir():
            shutil.rmtree(file)
        else:
            file.unlink()
        gone += 1
    return gone
