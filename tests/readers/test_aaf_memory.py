"""Whatever the size of the file, the memory of the reader is that of one record."""

from __future__ import annotations

import resource
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import pytest

from preau.errors import SetAside
from preau.readers.aaf import AafReader

MEGABYTES = 1_000_000
_ABOUT = '<operationalAttributes><attr name="c"><value>Eleve</value></attr></operationalAttributes>'


def _peak(parts: Iterable[bytes], make: Callable[[Iterable[bytes]], BinaryIO]) -> tuple[int, str]:
    """Bytes allocated at most while reading, and the code of the refusal ("" when none)."""
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    code = ""
    try:
        for _ in AafReader().split(make(parts), "f.xml"):
            pass
    except SetAside as error:
        code = error.code
    traced = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # libxml2's memory is not traced by Python: the process says it.
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - resident) * 1024
    return max(traced, grown), code


def _then(*parts: bytes | Iterator[bytes]) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
        else:
            yield from part


_X = b"x" * MEGABYTES
_OPEN = f"<ficAlimMENESR><addRequest>{_ABOUT}<identifier><id>".encode()
HUGE: dict[str, Callable[[], Iterator[bytes]]] = {
    "one text": lambda: _then(_OPEN, (_X for _ in range(200))),
    "one text outside any record": lambda: _then(b"<ficAlimMENESR>", (_X for _ in range(200))),
    "one comment": lambda: _then(b"<ficAlimMENESR><!--", (_X for _ in range(200))),
    "one tag": lambda: _then(b"<ficAlimMENESR><a", (_X for _ in range(200))),
    "one attribute": lambda: _then(b'<ficAlimMENESR><a b="', (_X for _ in range(200))),
    "one processing instruction": lambda: _then(b"<?a ", (_X for _ in range(200))),
    "blanks before the root": lambda: _then(b"<!-- -->", (b" " * MEGABYTES for _ in range(200))),
    "one record of many values": lambda: _then(
        b"<ficAlimMENESR><addRequest><attributes><attr>",
        (b"<value/>" * 100_000 for _ in range(250)),
    ),
    "empty elements": lambda: _then(b"<ficAlimMENESR>", (b"<a/>" * 100_000 for _ in range(500))),
}


@pytest.mark.parametrize("parts", HUGE.values(), ids=HUGE)
def test_200_megabytes_on_one_line_are_refused_in_bounded_memory(
    parts: Callable[[], Iterator[bytes]], pipe: Callable[[Iterable[bytes]], BinaryIO]
) -> None:
    start = time.perf_counter()
    peak, code = _peak(parts(), pipe)
    assert code in {"AAF_RECORD_SIZE", "XML_BROKEN"}
    assert peak < 100 * MEGABYTES
    assert time.perf_counter() - start < 5


def test_names_that_never_repeat_do_not_fill_the_memory(
    pipe: Callable[[Iterable[bytes]], BinaryIO],
) -> None:
    def records() -> Iterator[bytes]:
        yield b"<ficAlimMENESR>"
        for n in range(1_200):
            rows = "".join(f"<n{n}x{m}/>" for m in range(1_000))
            yield f"<addRequest>{rows}</addRequest>".encode()

    peak, code = _peak(records(), pipe)
    assert code in {"AAF_NOT_AAF", "XML_BROKEN"}
    assert peak < 100 * MEGABYTES


def test_50_megabytes_of_sound_records_are_read_in_bounded_memory(
    aaf: Any, pipe: Callable[[Iterable[bytes]], BinaryIO]
) -> None:
    records = "".join(aaf.pupil(str(n), aaf.attribute("sn", "x" * 2_000)) for n in range(500))
    block = records.encode()
    parts = _then(b"<ficAlimMENESR>", (block for _ in range(45)), b"</ficAlimMENESR>")
    peak, code = _peak(parts, pipe)
    assert code == ""
    assert peak < 20 * MEGABYTES
