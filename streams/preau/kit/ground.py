"""What the cases of one folder stand on: its samples mapped once, and a fresh database for each."""

from __future__ import annotations

from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from preau.agents.normalise import Normalise
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON
from preau.canon.codec import encode
from preau.clock import SetClock
from preau.contract.evidence import Evidence
from preau.inlets.intake import Heard, Speaker, accepted
from preau.keys.seal import Sealer
from preau.kit.small_hub import MASTER, NOW, arrived
from preau.kit.words import Word, heard
from preau.mapping.said import Said
from preau.store.database import open_database, prepare
from preau.store.subject_keys import SubjectKeys


class Ground:
    """A temporary folder's databases; each begins where the samples were just mapped and sealed."""

    def __init__(self, evidence: Evidence, folder: Path) -> None:
        self.evidence = evidence
        self._folder = folder
        self._numbers = count(1)
        file = _filled(folder / "samples.db", _blank())
        self.words = _spoken(evidence, file)
        self._start = file.read_bytes()

    def database(self) -> Path:
        """A fresh one, with the keys of whoever the samples name."""
        return _filled(self._folder / f"{next(self._numbers)}.db", self._start)

    def folder(self) -> Path:
        """A folder that is not there yet."""
        return self._folder / f"files-{next(self._numbers)}"


@cache
def _blank() -> bytes:
    """A database with every table of the hub and nothing in them."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "blank.db"
        engine = open_database(f"sqlite:///{file}")
        prepare(engine)
        engine.dispose()
        return file.read_bytes()


def _filled(file: Path, content: bytes) -> Path:
    file.touch(mode=0o600)
    file.write_bytes(content)
    return file


def _spoken(evidence: Evidence, file: Path) -> list[Word]:
    """Every canonical record of every sample, by the step itself: as received, mapped, sealed."""
    engine, clock = open_database(f"sqlite:///{file}"), SetClock(NOW)
    sealer = Sealer(SubjectKeys(engine, MASTER, clock), clock)
    step = Normalise({evidence.name: evidence.normaliser}, sealer, encode, clock)
    pieces = [piece.said for heard in evidence.heard.values() for piece in heard if piece.drafts]
    outputs = step.handle([_received(evidence, piece) for piece in pieces])
    engine.dispose()
    return [heard(arrived(each)) for each in outputs if each.topic.startswith(CANON)]


def _received(evidence: Evidence, said: Said) -> Arrival:
    speaker = Speaker(said.instance, evidence.name)
    event = Heard(said.body, None, said.event, said.vendor_event_id, said.path)
    intake = accepted(speaker, event, said.received_at).intake
    return arrived(Output(*intake))
