"""The file drop: whatever lies complete in `depot/<instance>/` is read, once, and then put away.

```
depot/<instance>/            drop here; hidden files, *.part and *.tmp are left alone
depot/<instance>/en-cours/   being read: the file, and how far
depot/<instance>/traites/    read to its end, with a report; the file goes after 7 days
depot/<instance>/refuses/    could not be read, with the reason in French
```
A file is complete when its size and time have not changed for 2 s. One process watches a folder.
A source of full states drops whole sets too, as an archive or as a folder named `….complet`, which
has not changed for 10 s: see `preau.inlets.setdrop`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import structlog

from preau.errors import Place, SetAside, Stop, TryAgain
from preau.inlets import motifs, setdrop
from preau.inlets.filework import Reading, Tools
from preau.inlets.folder_lock import alone
from preau.inlets.intake import Speaker
from preau.inlets.progress import beside
from preau.inlets.publishing import check_records
from preau.inlets.retention import REPORT, forget_read
from preau.inlets.setdrop import COMPLETE, TakeSet
from preau.inlets.stillness import shape
from preau.store.imports import REFUSED as REFUSED_SET

STABLE_MS, STABLE_FOLDER_MS = 2_000, 10_000
ROUND_S = 0.5
FORGET_EVERY_MS = 3_600_000
UNDER_WAY, DONE, REFUSED = "en-cours", "traites", "refuses"
REASON = ".motif.txt"
_LEFT_ALONE = (".part", ".tmp", ".crdownload", ".filepart", "~")
log = structlog.get_logger()

Speakers = Callable[[], Sequence[Speaker]]
"""Every instance that may drop files, as known now."""


class FileDrop:
    """Watches the deposit folder of every instance; `folder` is `<data>/depot`."""

    def __init__(self, folder: Path, speakers: Speakers, tools: Tools) -> None:
        self._folder = folder
        self._voices = speakers
        self._tools = tools
        self._seen: dict[Path, tuple[int, int, int]] = {}
        self._forget_at = 0
        self._waits = ""

    def run(self, stop: Event) -> None:
        """Rounds until `stop`; raises `Stop` when another process watches the same folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with alone(self._folder, _taken()):
            while not stop.is_set():
                self._try_round(stop)
                stop.wait(ROUND_S)

    def _try_round(self, stop: Event) -> None:
        """Without the database nobody knows who may drop: until then every file stays there."""
        try:
            self.round(stop)
            self._waits = ""
        except TryAgain as error:
            if error.code != self._waits:
                log.warning("files wait", code=error.code)
            self._waits = error.code

    def round(self, stop: Event | None = None) -> int:
        """Reads what is complete now; gives how many files came to their end."""
        ended, now = 0, self._tools.clock.now_ms()
        forgetting = now >= self._forget_at
        for speaker in self._voices():
            own = self._folder / speaker.instance
            for name in (UNDER_WAY, DONE, REFUSED):
                (own / name).mkdir(parents=True, exist_ok=True)
            if forgetting and (gone := forget_read(own / DONE, now)):
                log.info("files forgotten", instance=speaker.instance, files=gone)
            self._pick_up(own, folders=speaker.states)
            for file in _files(own / UNDER_WAY, folders=speaker.states):
                if stop is not None and stop.is_set():
                    return ended
                ended += self._read(speaker, own, file)
        if forgetting:
            self._forget_at = now + FORGET_EVERY_MS
        return ended

    def _pick_up(self, own: Path, *, folders: bool) -> None:
        now = self._tools.clock.now_ms()
        there = _files(own, folders=folders)
        for file in there:
            try:
                size, changed = shape(file)
            except OSError:  # it was taken away, or something of it, while it was looked at
                continue
            seen = self._seen.get(file)
            still = STABLE_FOLDER_MS if file.is_dir() else STABLE_MS
            if seen is None or seen[:2] != (size, changed):
                self._seen[file] = (size, changed, now)
            elif now - seen[2] >= still and not (own / UNDER_WAY / file.name).exists():
                file.rename(own / UNDER_WAY / file.name)
                del self._seen[file]
        gone = [file for file in self._seen if file.parent == own and file not in there]
        for file in gone:
            del self._seen[file]

    def _read(self, speaker: Speaker, own: Path, file: Path) -> int:
        reading = Reading(speaker, file, self._tools)
        try:
            check_records(speaker.may, frozenset())
            if "file" not in speaker.ways_in:
                raise _no_way_in(speaker)
            if speaker.states and self._tools.take_set is not None:
                return self._take(self._tools.take_set, speaker, own, file)
            reading.run()
        except TryAgain as error:
            log.warning("file waits", instance=speaker.instance, code=error.code)
            return 0
        except SetAside as why:
            text = motifs.refusal(why, reading.progress.taken)
            _put_away(file, own / REFUSED, REASON, text)
            log.warning("file refused", instance=speaker.instance, code=why.code)
            return 1
        told = reading.progress
        text = motifs.report(told.sha256[:16], told.taken, told.problems, told.more, told.unread)
        _put_away(file, own / DONE, REPORT, text)
        aside = len(told.problems) + told.more
        log.info("file read", instance=speaker.instance, taken=told.taken, set_aside=aside)
        return 1

    def _take(self, take: TakeSet, speaker: Speaker, own: Path, file: Path) -> int:
        run = take(speaker, file, partial=not setdrop.is_whole(file))
        refused = run.state == REFUSED_SET
        folder, suffix = (own / REFUSED, REASON) if refused else (own / DONE, REPORT)
        _put_away(file, folder, suffix, setdrop.report(run))
        log.info("set taken", instance=speaker.instance, id=run.id, state=run.state)
        return 1


def _files(folder: Path, *, folders: bool) -> list[Path]:
    """What lies in a folder and is meant to be read, by name; with the `folders` that are sets."""
    return sorted(
        entry
        for entry in folder.iterdir()
        if not entry.name.startswith(".")
        and not entry.name.lower().endswith(_LEFT_ALONE)
        and (entry.is_symlink() or not entry.is_dir() or (folders and _is_set(entry)))
    )


def _is_set(folder: Path) -> bool:
    return folder.name.lower().endswith(COMPLETE)


def _put_away(file: Path, folder: Path, suffix: str, text: str) -> None:
    """The text first, whole or not at all, then the file: it always has its text beside it."""
    name = _free(file.name, folder)
    fresh = folder / f".{name}{suffix}-neuf"
    fresh.write_text(text, "utf-8")
    fresh.replace(folder / f"{name}{suffix}")
    file.rename(folder / name)
    beside(file).unlink(missing_ok=True)


def _free(name: str, folder: Path) -> str:
    """A name that no file of the folder has: `eleves.xml`, then `eleves-2.xml`."""
    stem, dot, ending = name.partition(".")
    candidate, turn = name, 1
    while os.path.lexists(folder / candidate):
        turn += 1
        candidate = f"{stem}-{turn}{dot}{ending}"
    return candidate


def _no_way_in(speaker: Speaker) -> SetAside:
    return SetAside(
        "WAY_IN",
        "this connector takes no files",
        where=Place(connector=speaker.connector, file="connector.yaml", field="ways_in"),
        known=speaker.ways_in,
        fix="send its events by one of the ways known, or add `file` to the card",
    )


def _taken() -> Stop:
    what = "another process watches the deposit folder"
    fix = "stop the other hub, or give each its own data folder"
    return Stop("DEPOT_TAKEN", what, where=Place(field="PREAU_DATA"), fix=fix)
