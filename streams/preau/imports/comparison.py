"""One set, read and compared with the last state of its source; what came of it, as an import.

A set that says changes or deletions, or whose files call themselves so, is a delta: what it does
not name stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from preau.imports import verdicts
from preau.imports.act import SCHOOL, Act
from preau.imports.difference import Difference
from preau.imports.fileset import SetFile, gathered, opened, told_name
from preau.imports.guard import alarms
from preau.imports.last_values import FACT, Keeping, LastValues
from preau.imports.letters import Letters
from preau.imports.order import Order, Tools
from preau.imports.source import Source
from preau.imports.tally import Tally
from preau.imports.turns import Turns
from preau.mapping.conversions.calendar import school_year
from preau.store.imports import HELD, SENDING, ImportRun
from preau.store.snapshots import Snapshot

SNAPSHOT, VALUES, FRESH, LETTERS = "snapshot", "values", "fresh.db", "letters"
_UNPACKED = "fichiers"


class Told(NamedTuple):
    """What the files of a set say of themselves; `delta`: their names say that they are one."""

    said: dict[str, str]
    delta: bool

    @property
    def uai(self) -> str:
        """The school's, of files that are its own; else nothing."""
        return self.said.get("uai", "")


class Comparison:
    """The comparisons of one source, whose folder is `own`."""

    def __init__(self, source: Source, tools: Tools, turns: Turns, own: Path) -> None:
        self._source = source
        self._tools = tools
        self._turns = turns
        self._own = own

    def compare(self, run: ImportRun, order: Order, room: Path) -> ImportRun:
        """The import, SENDING or HELD; what it writes lies in `room`.

        Raises `SetAside` when the set may not be compared.
        """
        words = self._source.connector.card.files
        with ExitStack() as stack:
            unpacked, whole = room / _UNPACKED, not order.partial
            files = stack.enter_context(gathered(order.paths, unpacked, words, whole=whole))
            told = self._told(files)
            self._check_turn(order, told, part=order.partial or told.delta)
            before = stack.enter_context(Snapshot(kept_file(self._own, SNAPSHOT, told.uai)))
            facts = self._facts(told.said, before)
            act, tally = self._act(run, order, room, before, facts), Tally()
            difference = Difference(self._source, act, tally)
            with _all_or_nothing(act):
                for file, stream, tell in opened(files, order.progress):
                    difference.read(stream, file, tell)
                delta = told.delta or difference.delta
                part = order.partial or delta
                self._check_turn(order, told, part=part)
                if not part:
                    verdicts.missing(tally.categories, before.categories)
            act.after.state(self._end_facts(act, part=part))
            difference.end(room / FRESH, complete=not part)
            act.last.close(whole=not part)
            act.letters.close()
            counts = before.counts()
        raised = alarms(tally, counts, _schools(facts))
        if order.listener is not None:
            order.listener.ended(counts, raised)
        result = {**tally.told(), "letters": act.letters.count, "day": facts.get("day", "")[:10]}
        result |= {"uai": told.uai, "partial": order.partial, "delta": delta}
        reasons = tuple(alarm.told() for alarm in raised)
        return run._replace(state=HELD if raised else SENDING, result=result, reasons=reasons)

    def _told(self, files: Sequence[SetFile]) -> Told:
        """What the files of the set say of themselves, all alike."""
        headers, reader = {}, self._source.reader(0)
        for file in files:
            with file.path.open("rb") as stream:
                pieces = reader.split(stream, told_name(file))
                headers[file.name] = verdicts.first_header(reader, pieces)
        return Told(verdicts.agreed(headers), verdicts.says_delta(headers))

    def _check_turn(self, order: Order, told: Told, *, part: bool) -> None:
        if not order.rehearse:
            self._turns.check(told.uai, part=part)

    def _facts(self, said: Mapping[str, str], before: Snapshot) -> dict[str, str]:
        """What is known of a set that may be compared; its schools are those of the last one."""
        now_us, last = self._tools.clock.now_ms() * 1_000, before.facts
        verdicts.check(self._source, said, last)
        version = verdicts.version(said, last, now_us)
        schools = {name: uai for name, uai in last.items() if name.startswith(SCHOOL)}
        return {**schools, **said, "version": str(version)}

    def _act(
        self, run: ImportRun, order: Order, room: Path, before: Snapshot, facts: Mapping[str, str]
    ) -> Act:
        last_state = kept_file(self._own, SNAPSHOT, facts.get("uai", ""))
        after = Snapshot(room / FRESH, last=last_state)
        after.state(facts)
        letters = Letters(room / LETTERS, self._tools.key, run.id)
        last = LastValues(self._keeping(order, room, before, facts), self._source.digest)
        told = (run.began, before, after, letters, last, self._tools.encode)
        return Act(int(facts["version"]), *told, order.listener)

    def _keeping(
        self, order: Order, room: Path, before: Snapshot, facts: Mapping[str, str]
    ) -> Keeping | None:
        if (book := self._tools.keys()) is None:
            return None
        last = kept_file(self._own, VALUES, facts.get("uai", ""))
        written = None if order.rehearse else room
        year = school_year(self._tools.clock.now_ms())
        kept = before.facts.get(FACT, "")
        return Keeping(book, self._source.instance, last, written, kept, year)

    def _end_facts(self, act: Act, *, part: bool) -> dict[str, str]:
        """After a part of a set the edition stays the last one's, since the rest is not said again;

        and the last words are all kept only if they were.
        """
        edition = self._source.edition
        if part:
            edition = act.before.facts.get("edition", edition)
        return {"edition": edition, FACT: act.last.kept(whole=not part)}


@contextmanager
def _all_or_nothing(act: Act) -> Iterator[None]:
    """Closes what an import writes when it comes to nothing."""
    try:
        yield
    except BaseException:
        act.letters.abandon()
        act.last.abandon()
        act.after.close()
        raise


def kept_file(own: Path, kind: str, uai: str) -> Path:
    """A file that a source keeps from one import to the next, for itself or one school of it."""
    return own / (f"{kind}-{uai}.db" if uai.isalnum() else f"{kind}.db")


def _schools(facts: Mapping[str, str]) -> dict[str, str]:
    """A school's place → its UAI."""
    return {
        name.removeprefix(SCHOOL): uai for name, uai in facts.items() if name.startswith(SCHOOL)
    }
