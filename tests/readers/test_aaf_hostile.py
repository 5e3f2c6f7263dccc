"""Nothing that a file holds can crash, hang or fill the reader: each ends with a clear reason."""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from preau.errors import SetAside
from preau.readers.aaf import MAX_RECORD, AafReader
from preau.readers.piece import Piece

_ABOUT = '<operationalAttributes><attr name="c"><value>Eleve</value></attr></operationalAttributes>'
_ID = "<identifier><id>7</id></identifier>"
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
_BROKEN_TAG = f"<ficAlimMENESR><addRequest>{_ABOUT}<identifier></addRequest></ficAlimMENESR>"


def _declared(internal: str, use: str) -> bytes:
    record = f"<addRequest>{_ABOUT}<identifier><id>{use}</id></identifier></addRequest>"
    return f"<!DOCTYPE ficAlimMENESR [{internal}]><ficAlimMENESR>{record}</ficAlimMENESR>".encode()


REFUSED: dict[str, tuple[bytes, str]] = {
    "billion laughs": (_declared('<!ENTITY l0 "lol">' + _LAUGHS, "&l9;"), "XML_DOCTYPE"),
    "quadratic blow-up": (
        _declared(f'<!ENTITY a "{"a" * 50_000}">', "&a;" * 50_000),
        "XML_DOCTYPE",
    ),
    "external entity": (_declared('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"), "XML_DOCTYPE"),
    "parameter entity": (
        _declared('<!ENTITY % p SYSTEM "http://192.0.2.1/e.dtd"> %p;', "7"),
        "XML_DOCTYPE",
    ),
    "one small entity": (_declared('<!ENTITY a "b">', "&a;"), "XML_DOCTYPE"),
    "another DTD": (
        b'<!DOCTYPE ficAlimMENESR SYSTEM "http://192.0.2.1/x.dtd"><ficAlimMENESR/>',
        "XML_DOCTYPE",
    ),
    "a public DTD": (
        b'<!DOCTYPE ficAlimMENESR PUBLIC "x" "ficAlimMENESR.dtd"><ficAlimMENESR/>',
        "XML_DOCTYPE",
    ),
    "the known DOCTYPE with an internal subset": (
        b'<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd" [<!ENTITY a "b">]><ficAlimMENESR/>',
        "XML_DOCTYPE",
    ),
    "the known DOCTYPE twice": (
        b'<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">' * 2 + b"<ficAlimMENESR/>",
        "XML_DOCTYPE",
    ),
    "the known DOCTYPE after the root": (
        b'<ficAlimMENESR><!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd"></ficAlimMENESR>',
        "XML_DOCTYPE",
    ),
    "an entity hidden where the DOCTYPE is taken out": (
        b'<<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">!ENTITY a "b"><ficAlimMENESR/>',
        "XML_BROKEN",
    ),
    "a DOCTYPE that never ends": (b"<!DOCTYPE ficAlimMENESR " + b" " * 100_000, "XML_DOCTYPE"),
    "a file that ends in its DOCTYPE": (b"<!DOCTYPE ficAlim", "XML_DOCTYPE"),
    "an undeclared entity": (b"<ficAlimMENESR>&eacute;</ficAlimMENESR>", "XML_BROKEN"),
    "200,000 levels": (b"<ficAlimMENESR>" + b"<a>" * 200_000, "XML_BROKEN"),
    "200,000 XML attributes": (
        b"<ficAlimMENESR><addRequest "
        + b" ".join(b'a%d=""' % n for n in range(200_000))
        + b"/></ficAlimMENESR>",
        "AAF_RECORD_SIZE",
    ),
    "UTF-16 with its mark": ("<ficAlimMENESR/>".encode("utf-16"), "XML_ENCODING"),
    "UTF-16 without": ("<ficAlimMENESR/>".encode("utf-16-le"), "XML_ENCODING"),
    "UTF-16, big end first": ("<ficAlimMENESR/>".encode("utf-16-be"), "XML_ENCODING"),
    "UTF-32": ("<ficAlimMENESR/>".encode("utf-32"), "XML_ENCODING"),
    "UTF-16 that says UTF-8": (
        '<?xml version="1.0" encoding="UTF-8"?><ficAlimMENESR/>'.encode("utf-16-le"),
        "XML_ENCODING",
    ),
    "UTF-7": (
        b'<?xml version="1.0" encoding="UTF-7"?>+ADw-ficAlimMENESR/+AD4-',
        "XML_ENCODING",
    ),
    "an encoding that does not exist": (
        b'<?xml version="1.0" encoding="x-evil"?><ficAlimMENESR/>',
        "XML_ENCODING",
    ),
    "the mark of UTF-8 with another encoding": (
        b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-15"?><ficAlimMENESR/>',
        "XML_ENCODING",
    ),
    "Latin-1 that says UTF-8": (
        '<?xml version="1.0" encoding="UTF-8"?><ficAlimMENESR>é </ficAlimMENESR>'.encode("latin-1"),
        "XML_ENCODING",
    ),
    "two encodings in one file": (
        "<ficAlimMENESR>é".encode() + "é </ficAlimMENESR>".encode("latin-1"),
        "XML_ENCODING",
    ),
    "a letter cut at the end": (b"<ficAlimMENESR/>\xc3\xa9\xc3", "XML_ENCODING"),
    "XML 1.1": (b'<?xml version="1.1"?><ficAlimMENESR/>', "XML_DECLARATION"),
    "a declaration that is none": (b'<?xml encoding="UTF-8" evil="1"?><x/>', "XML_DECLARATION"),
    "a NUL byte": (b"<ficAlimMENESR>" + b" " * 600 + b"\0</ficAlimMENESR>", "XML_NUL"),
    "NUL as a reference": (b"<ficAlimMENESR>&#0;</ficAlimMENESR>", "XML_BROKEN"),
    "a control character": (b"<ficAlimMENESR>\x07</ficAlimMENESR>", "XML_BROKEN"),
    "a tag that is not closed": (_BROKEN_TAG.encode(), "XML_BROKEN"),
    "two roots": (b"<ficAlimMENESR/><ficAlimMENESR/>", "XML_BROKEN"),
    "another kind of XML": (b"<BEE_ELEVES><DONNEES/></BEE_ELEVES>", "AAF_NOT_AAF"),
    "something between the records": (b"<ficAlimMENESR><virus/></ficAlimMENESR>", "AAF_NOT_AAF"),
    "an empty file": (b"", "XML_BROKEN"),
    "JSON": (b'{"a": 1}', "XML_BROKEN"),
    "a compressed file": (b"\x1f\x8b\x08\0\0\0\0\0", "XML_ENCODING"),
    "random bytes": (random.Random(3).randbytes(4000), "XML_BROKEN"),
}


@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_file_is_refused_quickly_with_its_reason(body: bytes, code: str) -> None:
    start = time.perf_counter()
    with pytest.raises(SetAside) as told:
        list(AafReader().split(io.BytesIO(body), "f.xml"))
    assert told.value.code == code
    assert told.value.complaint.where.file == "f.xml"
    assert told.value.complaint.fix
    assert "passwd" not in str(told.value)
    assert time.perf_counter() - start < 5


STRANGE = {
    "a part is missing": f"{_ABOUT}",
    "a part is there twice": f"{_ABOUT}{_ID}{_ID}",
    "a part is unknown": f"{_ABOUT}{_ID}<virus/>",
    "a request inside a request": f"{_ABOUT}{_ID}<addRequest/>",
    "an attr without a name": f"{_ABOUT}{_ID}<attributes><attr><value/></attr></attributes>",
    "an attr with more XML attributes": (
        f'{_ABOUT}{_ID}<attributes><attr name="sn" x="1"><value/></attr></attributes>'
    ),
    "elements inside a value": (
        f'{_ABOUT}{_ID}<attributes><attr name="sn"><value><b/></value></attr></attributes>'
    ),
    "something else than a value": (
        f'{_ABOUT}{_ID}<attributes><attr name="sn"><b/></attr></attributes>'
    ),
    "200 levels": f"{_ABOUT}{_ID}<attributes>{'<a>' * 200}{'</a>' * 200}</attributes>",
}


@pytest.mark.parametrize("inside", STRANGE.values(), ids=STRANGE)
def test_a_record_unlike_the_dtd_is_set_aside_alone(
    inside: str, aaf: Any, read_aaf: Callable[..., list[Piece]]
) -> None:
    before, strange, after = read_aaf(
        aaf.file(aaf.pupil("6"), f"<addRequest>{inside}</addRequest>", aaf.pupil("8"))
    )
    assert before.problem is None
    assert after.problem is None
    assert strange.problem is not None
    assert strange.problem.code == "AAF_STRUCTURE"


@pytest.mark.parametrize(
    ("category", "number", "rows", "code"),
    [
        ("", "7", "", "AAF_CATEGORY"),
        ("Eleve; DROP", "7", "", "AAF_CATEGORY"),
        ("Eleve", "", "", "AAF_ID"),
        ("Eleve", "7 7", "", "AAF_ID"),
        ("Eleve", "7" * 65, "", "AAF_ID"),
        ("Eleve", "../7", "", "AAF_ID"),
        ("Eleve", "7", '<attr name="sn"><value>L\u0092HERS</value></attr>', "AAF_CHARACTER"),
        ("Eleve", "7", '<attr name="s n"><value/></attr>', "AAF_STRUCTURE"),
    ],
)
def test_a_record_that_says_nonsense_is_set_aside_alone(
    category: str, number: str, rows: str, code: str, aaf: Any, read_aaf: Any
) -> None:
    wrong, after = read_aaf(aaf.file(aaf.add(category, number, rows), aaf.pupil("8")))
    assert wrong.problem.code == code
    assert after.problem is None


def test_a_truncated_file_gives_the_records_before_then_says_so(aaf: Any) -> None:
    file = aaf.file(*(aaf.pupil(str(n)) for n in range(5))).encode()
    pieces = AafReader().split(io.BytesIO(file[:-40]), "f.xml")
    given = [next(pieces) for _ in range(4)]
    with pytest.raises(SetAside, match="XML_TRUNCATED") as told:
        next(pieces)
    assert [piece.path for piece in given] == [f"record {n}" for n in range(1, 5)]
    assert "after 4 records" in str(told.value)


def test_a_file_that_breaks_in_the_middle_gives_the_records_before(aaf: Any) -> None:
    file = aaf.file(aaf.pupil("1"), aaf.pupil("2"), "<addRequest></b></addRequest>", aaf.pupil("3"))
    pieces = AafReader().split(io.BytesIO(file.encode()), "f.xml")
    assert [next(pieces).problem for _ in range(2)] == [None, None]
    with pytest.raises(SetAside, match=r"XML_BROKEN.*after 2 records"):
        next(pieces)


def test_the_cap_is_far_above_a_real_record(aaf: Any, read_aaf: Any) -> None:
    many = [aaf.attribute("ENTEleveGroupes", *(f"43$G{n}" for n in range(2_000)))]
    (piece,) = read_aaf(aaf.file(aaf.pupil("7", *many)))
    assert piece.problem is None
    assert len(piece.body) < MAX_RECORD


def test_5000_random_damages_never_give_anything_else_than_pieces_or_a_refusal(aaf: Any) -> None:
    chance = random.Random(20261124)
    sound = aaf.file(
        *(aaf.pupil(str(n), aaf.attribute("sn", "LAPEYRE")) for n in range(3))
    ).encode()
    for _ in range(5_000):
        body = bytearray(sound)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(body))
            body[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        try:
            pieces = list(AafReader().split(io.BytesIO(bytes(body)), "f.xml"))
        except SetAside:
            continue
        assert len(pieces) <= 3
