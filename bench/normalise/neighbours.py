"""What other programs took of this machine meanwhile: a figure measured beside them says little."""

from __future__ import annotations

import resource
import time

import psutil

_LOOK_S = 1.0
_PATIENCE_S = 600.0


class Neighbours:
    """Counts processor time from one call to the next; `kafka` is the number of our own node.

    Ours is this process, its children that have ended, and the node. What the network takes in the
    kernel is nobody's, and so counts as a neighbour's: a few hundredths.
    """

    def __init__(self, kafka: int | None) -> None:
        self._node = psutil.Process(kafka) if kafka is not None else None
        self._seen = self._look()

    def share(self) -> float:
        """The part of the whole machine (0 to 1) that others had since the last call."""
        before, self._seen = self._seen, self._look()
        whole, busy, ours = (now - then for now, then in zip(self._seen, before, strict=True))
        return max(0.0, busy - ours) / whole if whole else 0.0

    def wait(self, least: float) -> None:
        """Returns when others have less than this part for a second, or after ten minutes."""
        deadline = time.monotonic() + _PATIENCE_S
        self.share()
        while time.monotonic() < deadline:
            time.sleep(_LOOK_S)
            if self.share() < least:
                return

    def _look(self) -> tuple[float, float, float]:
        times = psutil.cpu_times()
        whole = sum(times) - getattr(times, "guest", 0) - getattr(times, "guest_nice", 0)
        busy = whole - times.idle - getattr(times, "iowait", 0)
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        ours = sum(each.ru_utime + each.ru_stime for each in used)
        if self._node is not None:
            node = self._node.cpu_times()
            ours += node.user + node.system
        return whole, busy, ours
