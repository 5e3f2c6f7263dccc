"""A stream of XML gives what is asked for, whole and in order, and holds nothing else."""

from __future__ import annotations

import io
import random
import resource
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.readers.piece import Piece
from preau.readers.siecle import SiecleReader
from preau.readers.sts import StsReader
from preau.readers.told import Told
from preau.readers.xml_stream import MAX_IDLE, MAX_RECORD, XmlStream

MEGABYTES = 1_000_000
SIECLE = (
    '<?xml version="1.0" encoding="ISO-8859-15"?>\r\n<BEE_ELEVES VERSION="3.0">\r\n'
    "<PARAMETRES><UAJ>0990001N</UAJ><DATE_EXPORT>03/09/2026</DATE_EXPORT></PARAMETRES>\r\n"
    '<DONNEES><ELEVES><ELEVE ELEVE_ID="11" ELENOET="21"><INE_RNIE>123456789AA</INE_RNIE>'
    "<NOM>PRADAL</NOM><PRENOM>Maëlys</PRENOM><DATE_NAISS>02/03/2015</DATE_NAISS></ELEVE>\r\n"
    '<ELEVE ELEVE_ID="12"><NOM>CARAYON</NOM><PRENOM>Noé</PRENOM></ELEVE></ELEVES><STRUCTURES>'
    '<STRUCTURES_ELEVE ELEVE_ID="11"><STRUCTURE><CODE_STRUCTURE>6 A</CODE_STRUCTURE>'
    "<TYPE_STRUCTURE>D</TYPE_STRUCTURE></STRUCTURE></STRUCTURES_ELEVE></STRUCTURES>"
    '<ADRESSES><ADRESSE ADRESSE_ID="1"><LIGNE1_ADRESSE>x</LIGNE1_ADRESSE></ADRESSE></ADRESSES>'
    "</DONNEES>\r\n</BEE_ELEVES>\r\n"
).encode("iso-8859-15")
STS = (
    '<STS_EDT><PARAMETRES><UAJ CODE="0990001N"><DENOM_COMPL>L’ÉTANG</DENOM_COMPL></UAJ>'
    '<ANNEE_SCOLAIRE ANNEE="2026"/></PARAMETRES><DONNEES><INDIVIDUS>'
    '<INDIVIDU ID="7" TYPE="epp"><NOM_USAGE>PRADAL</NOM_USAGE><FONCTION>ENS</FONCTION>'
    "</INDIVIDU></INDIVIDUS><STRUCTURE><DIVISIONS>"
    '<DIVISION CODE="6A"><SERVICES><SERVICE CODE_MATIERE="020700"><ENSEIGNANTS>'
    '<ENSEIGNANT ID="7" TYPE="epp"/></ENSEIGNANTS></SERVICE></SERVICES></DIVISION>'
    "</DIVISIONS></STRUCTURE></DONNEES></STS_EDT>"
).encode()
READERS = {"siecle": (SiecleReader, SIECLE), "sts": (StsReader, STS)}
TOLD = Told(mask=lambda _ine: "ine:x", version=1)


class _Slow(io.BytesIO):
    """Gives its bytes in chunks of the sizes it is given, then of the last of them."""

    def __init__(self, body: bytes, sizes: list[int]) -> None:
        super().__init__(body)
        self._sizes = sizes

    def read(self, size: int | None = -1, /) -> bytes:  # noqa: ARG002
        return super().read(self._sizes.pop(0) if len(self._sizes) > 1 else self._sizes[0])


def outcome(reader: Any, stream: BinaryIO) -> tuple[list[Piece], str]:
    """The pieces, and the code of the refusal after them ("" when the file was whole)."""
    pieces: list[Piece] = []
    refusal: SetAside | None = None
    try:
        pieces.extend(reader(TOLD).split(stream, "f.xml"))
    except SetAside as error:
        refusal = error
    if refusal is None:
        return pieces, ""
    assert refusal.complaint.where.file == "f.xml"
    assert refusal.complaint.fix
    return pieces, str(refusal)


@pytest.mark.parametrize(("reader", "body"), READERS.values(), ids=READERS)
def test_the_sample_is_sound(reader: Any, body: bytes) -> None:
    pieces, refusal = outcome(reader, io.BytesIO(body))
    assert refusal == ""
    assert [piece.problem for piece in pieces] == [None] * len(pieces)
    assert len(pieces) > 2


@pytest.mark.parametrize(("reader", "body"), READERS.values(), ids=READERS)
@given(sizes=st.lists(st.integers(1, 700), min_size=1, max_size=40))
@example(sizes=[1])
@example(sizes=[511])
@example(sizes=[512])
def test_any_chunking_gives_the_same_pieces(reader: Any, body: bytes, sizes: list[int]) -> None:
    assert outcome(reader, _Slow(body, sizes)) == outcome(reader, io.BytesIO(body))


@pytest.mark.parametrize(("reader", "body"), READERS.values(), ids=READERS)
def test_a_flipped_byte_changes_its_own_record_or_refuses_the_file(
    reader: Any, body: bytes
) -> None:
    chance = random.Random(20261124)
    whole, _ = outcome(reader, io.BytesIO(body))
    records = body.index(b"<DONNEES>")
    for at in range(len(body)):
        damaged = bytearray(body)
        damaged[at] ^= 1 << chance.randrange(8)
        pieces, refusal = outcome(reader, io.BytesIO(damaged))
        assert b"123456789AA" not in b"".join(piece.body for piece in pieces) + refusal.encode()
        changed = sum(piece != was for piece, was in zip(pieces, whole, strict=False))
        if at >= records:
            assert changed <= 1
        assert refusal or len(pieces) == len(whole)


@pytest.mark.parametrize(("reader", "body"), READERS.values(), ids=READERS)
def test_a_file_cut_at_its_end_gives_all_of_it(reader: Any, body: bytes) -> None:
    whole, _ = outcome(reader, io.BytesIO(body))
    pieces, refusal = outcome(reader, io.BytesIO(body.rstrip()[:-1]))
    assert pieces == whole
    assert refusal.startswith("[XML_TRUNCATED]")


@pytest.mark.parametrize(("reader", "body"), READERS.values(), ids=READERS)
def test_a_cut_file_gives_what_was_before_then_says_so(reader: Any, body: bytes) -> None:
    whole, _ = outcome(reader, io.BytesIO(body))
    for at in range(0, len(body.rstrip()) - 1, 7):
        pieces, refusal = outcome(reader, io.BytesIO(body[:at]))
        assert pieces == whole[: len(pieces)]
        assert refusal
        if at > body.index(b"<DONNEES>"):
            assert refusal.startswith("[XML_TRUNCATED]")


@pytest.mark.parametrize(("reader", "body"), READERS.values(), ids=READERS)
def test_2000_random_damages_give_pieces_or_a_refusal(reader: Any, body: bytes) -> None:
    chance = random.Random(4)
    whole, _ = outcome(reader, io.BytesIO(body))
    for _ in range(2_000):
        damaged = bytearray(body)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        assert len(outcome(reader, io.BytesIO(damaged))[0]) <= len(whole)


_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "billion laughs": (
        f'<!DOCTYPE r [<!ENTITY l0 "lol">{_LAUGHS}]><BEE_ELEVES>&l9;</BEE_ELEVES>',
        "XML_DOCTYPE",
    ),
    "an external entity": (
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><BEE_ELEVES>&x;</BEE_ELEVES>',
        "XML_DOCTYPE",
    ),
    "a parameter entity": (
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://192.0.2.1/e.dtd"> %p;]><BEE_ELEVES/>',
        "XML_DOCTYPE",
    ),
    "an entity that nobody declares": ("<BEE_ELEVES>&eacute;</BEE_ELEVES>", "XML_BROKEN"),
    "200,000 levels": ("<BEE_ELEVES>" + "<a>" * 200_000, "XML_BROKEN"),
    "200,000 XML attributes": (
        "<BEE_ELEVES " + " ".join(f"a{n}=''" for n in range(200_000)) + "/>",
        "XML_RECORD_SIZE",
    ),
    "two roots": ("<BEE_ELEVES/><BEE_ELEVES/>", "XML_BROKEN"),
    "a tag that is not closed": ("<BEE_ELEVES><a></BEE_ELEVES>", "XML_BROKEN"),
    "nothing": ("", "XML_BROKEN"),
    "JSON": ('{"a": 1}', "XML_BROKEN"),
    "NUL": ("<BEE_ELEVES>" + " " * 600 + "\0</BEE_ELEVES>", "XML_NUL"),
}


@pytest.mark.parametrize(("text", "problem"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_quickly_with_its_reason(text: str, problem: str) -> None:
    start = time.perf_counter()
    _, refusal = outcome(SiecleReader, io.BytesIO(text.encode()))
    assert refusal.startswith(f"[{problem}]")
    assert "passwd" not in refusal
    assert time.perf_counter() - start < 5


_X = b"x" * MEGABYTES
_OPEN = (
    b"<BEE_ELEVES><PARAMETRES><UAJ>0990001N</UAJ></PARAMETRES>"
    b'<DONNEES><ELEVES><ELEVE ELEVE_ID="1"><NOM>'
)


def _then(*parts: bytes | Iterable[bytes]) -> Iterator[bytes]:
    for part in parts:
        yield from [part] if isinstance(part, bytes) else part


HUGE: dict[str, Callable[[], Iterator[bytes]]] = {
    "one text": lambda: _then(_OPEN, (_X for _ in range(200))),
    "one text outside any record": lambda: _then(b"<BEE_ELEVES>", (_X for _ in range(200))),
    "one comment": lambda: _then(b"<BEE_ELEVES><!--", (_X for _ in range(200))),
    "one tag": lambda: _then(b"<BEE_ELEVES><a", (_X for _ in range(200))),
    "one attribute": lambda: _then(b'<BEE_ELEVES><a b="', (_X for _ in range(200))),
    "one processing instruction": lambda: _then(b"<?a ", (_X for _ in range(200))),
    "one record of many elements": lambda: _then(
        _OPEN, b"</NOM>", (b"<a/>" * 100_000 for _ in range(500))
    ),
    "elements that nobody asked for": lambda: _then(
        b"<BEE_ELEVES>", (b"<a/>" * 100_000 for _ in range(500))
    ),
    "names that never repeat": lambda: _then(
        b"<BEE_ELEVES>",
        ("".join(f"<n{n}x{m}/>" for m in range(10_000)).encode() for n in range(2_000)),
    ),
}


def peak(reader: Any, stream: BinaryIO) -> tuple[int, str]:
    """Bytes allocated at most while reading, and the refusal."""
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.start()
    refusal = ""
    try:
        for _ in reader(TOLD).split(stream, "f.xml"):
            pass
    except SetAside as error:
        refusal = str(error)
    traced = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # libxml2's memory is not traced by Python: the process says it.
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - resident) * 1024
    return max(traced, grown), refusal


@pytest.mark.parametrize("parts", HUGE.values(), ids=HUGE)
def test_200_megabytes_on_one_line_are_refused_in_bounded_memory(
    parts: Callable[[], Iterator[bytes]], pipe: Callable[[Iterable[bytes]], BinaryIO]
) -> None:
    stream = pipe(parts())
    used, refusal = peak(SiecleReader, stream)
    assert refusal.startswith(("[XML_RECORD_SIZE]", "[XML_BROKEN]"))
    assert used < 100 * MEGABYTES
    assert stream.given < 2 * MAX_IDLE  # type: ignore[attr-defined]  # the fixture's own count


def test_50_megabytes_of_sound_records_are_read_in_bounded_memory(
    pipe: Callable[[Iterable[bytes]], BinaryIO],
) -> None:
    pupil = '<ELEVE ELEVE_ID="{}"><NOM>' + "x" * 2_000 + "</NOM></ELEVE>" + " " * 60
    block = "\n".join(pupil.format(n) for n in range(500)).encode()
    head = b"<BEE_ELEVES>\n<PARAMETRES><UAJ>0990001N</UAJ></PARAMETRES>\n<DONNEES>\n<ELEVES>\n"
    tail = b"</ELEVES></DONNEES></BEE_ELEVES>"
    used, refusal = peak(SiecleReader, pipe(_then(head, (block for _ in range(50)), tail)))
    assert refusal == ""
    assert used < 20 * MEGABYTES


def test_blanks_between_records_of_any_length_do_not_pile_up(
    pipe: Callable[[Iterable[bytes]], BinaryIO],
) -> None:
    record = b'<ELEVE ELEVE_ID="1"/>' + b" " * 70_000
    head = b"<BEE_ELEVES><PARAMETRES><UAJ>0990001N</UAJ></PARAMETRES><DONNEES><ELEVES>"
    used, refusal = peak(SiecleReader, pipe(_then(head, (record for _ in range(700)))))
    assert refusal.startswith("[XML_TRUNCATED]")
    assert used < 20 * MEGABYTES


def test_a_section_that_nobody_reads_may_be_larger_than_any_record(
    pipe: Callable[[Iterable[bytes]], BinaryIO],
) -> None:
    address = b"<ADRESSE><LIGNE1_ADRESSE>x</LIGNE1_ADRESSE></ADRESSE>" * 1_000
    parts = _then(b"<BEE_ELEVES><DONNEES><ADRESSES>", (address for _ in range(60)))
    tail = b"</ADRESSES></DONNEES></BEE_ELEVES>"
    used, refusal = peak(SiecleReader, pipe(_then(parts, tail)))
    assert refusal == ""
    assert used < 20 * MEGABYTES


def test_only_asked_elements_are_given_each_whole_and_in_order() -> None:
    text = b"<r v='1'><a><b>1</b><c/></a><x><a/></x><a><b>2</b></a>tail</r>"
    found = [
        (path, element.get("v"), element.findtext("b"))
        for path, element in XmlStream("f.xml", [("a",)]).read(io.BytesIO(text))
    ]
    assert found == [((), "1", None), (("a",), None, "1"), (("a",), None, "2")]


def test_an_asked_element_inside_another_is_part_of_it() -> None:
    text = b"<r><a><a><b>1</b></a></a></r>"
    stream = XmlStream("f.xml", [("a",), ("a", "a")])
    found = [path for path, _ in stream.read(io.BytesIO(text))]
    assert found == [(), ("a",)]


def test_the_cap_is_far_above_a_real_record() -> None:
    row = "<CODE_STRUCTURE>{}</CODE_STRUCTURE><TYPE_STRUCTURE>G</TYPE_STRUCTURE>"
    rows = "".join(f"<STRUCTURE>{row.format(n)}</STRUCTURE>" for n in range(5_000))
    text = (
        "<BEE_ELEVES><PARAMETRES><UAJ>0990001N</UAJ></PARAMETRES><DONNEES><STRUCTURES>"
        f'<STRUCTURES_ELEVE ELEVE_ID="1">{rows}</STRUCTURES_ELEVE></STRUCTURES></DONNEES>'
        "</BEE_ELEVES>"
    )
    pieces, refusal = outcome(SiecleReader, io.BytesIO(text.encode()))
    assert (len(pieces), refusal) == (2, "")
    assert len(rows) < MAX_RECORD
