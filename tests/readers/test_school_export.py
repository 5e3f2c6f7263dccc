"""An export says its school first, once; each record after it belongs to that school."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from preau.errors import SetAside
from preau.readers import open_reader
from preau.readers.piece import Piece
from preau.readers.siecle import ROOTS, SiecleReader
from preau.readers.told import Told

UAI = "0990001N"
TOLD = Told(academy="11", mask=lambda ine: f"ine:{len(ine)}", version=7)
PARAMETERS = (
    f"<PARAMETRES><UAJ>{UAI}</UAJ><ANNEE_SCOLAIRE>2026</ANNEE_SCOLAIRE>"
    "<DATE_EXPORT>03/09/2026</DATE_EXPORT>"
    "<HORODATAGE>03/09/2026 08:15:00</HORODATAGE></PARAMETRES>"
)
PUPIL = '<ELEVES><ELEVE ELEVE_ID="11"><NOM>PRADAL</NOM></ELEVE></ELEVES>'
Values = Callable[[Piece], dict[str, Any]]


def file(
    data: str, root: str = "BEE_ELEVES", parameters: str = PARAMETERS, version: str = "3.0"
) -> str:
    return f'<{root} VERSION="{version}">{parameters}<DONNEES>{data}</DONNEES></{root}>'


def read(text: str, told: Told = TOLD) -> list[Piece]:
    return list(SiecleReader(told).split(io.BytesIO(text.encode()), "f.xml"))


def test_a_file_says_its_school_first(values: Values) -> None:
    [school] = read(file(""))
    assert (school.event, school.path) == ("UAJ", "record 1")
    assert values(school) == {
        "operation": "add",
        "category": "UAJ",
        "id": UAI,
        "data": {"UAJ": UAI},
        "unknown": [],
        "header": {
            "uai": UAI,
            "year": "2026",
            "day": "2026-09-03T00:00:00Z",
            "academy": "11",
            "VERSION": "3.0",
            "version": "7",
        },
    }
    assert SiecleReader().parse(school.body) == values(school)


def test_the_registry_opens_it() -> None:
    assert isinstance(open_reader("siecle"), SiecleReader)


@pytest.mark.parametrize("root", ROOTS)
def test_every_known_root_says_the_same_school(root: str) -> None:
    told = TOLD._replace(version=None)
    bodies = {read(file("", root=name), told)[0].body for name in (root, ROOTS[0])}
    assert len(bodies) == 1


def test_the_common_file_says_its_school_and_no_more() -> None:
    data = "<UAJ><DENOM_PRINC>COLLEGE</DENOM_PRINC><ADRESSE>x</ADRESSE></UAJ>"
    assert [piece.event for piece in read(file(data, root="BEE_COMMUN"))] == ["UAJ"]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("<DATE_EXPORT>03/09/2026</DATE_EXPORT>", "2026-09-03T00:00:00Z"),
        ("<HORODATAGE>03/09/2026 08:15:00</HORODATAGE>", "2026-09-03T00:00:00Z"),
        ("<DATE_EXPORT>31/02/2026</DATE_EXPORT>", None),
        ("<DATE_EXPORT>hier</DATE_EXPORT>", None),
        ("", None),
    ],
)
def test_the_day_is_that_of_the_export(moment: str, day: str | None, values: Values) -> None:
    parameters = f"<PARAMETRES><UAJ>{UAI.lower()}</UAJ>{moment}</PARAMETRES>"
    [school] = read(file("", parameters=parameters))
    assert values(school)["header"].get("day") == day
    assert values(school)["header"]["uai"] == UAI


def test_a_file_without_parameters_takes_the_school_it_is_told(values: Values) -> None:
    text = file(PUPIL, parameters="")
    school, piece = read(text, Told(uai="0990002P"))
    assert values(school)["id"] == "0990002P"
    assert values(piece)["id"] == "0990002P$ELEVE$11"
    assert values(piece)["header"] == {"uai": "0990002P", "VERSION": "3.0"}


REFUSED = {
    "no school at all": (file(PUPIL, parameters=""), "SCHOOL_UAI"),
    "a school that is no UAI": (
        file("", parameters="<PARAMETRES><UAJ>0000</UAJ></PARAMETRES>"),
        "SCHOOL_UAI",
    ),
    "parameters twice": (file("", parameters=PARAMETERS * 2), "SCHOOL_LATE"),
    "parameters with odd letters": (
        file("", parameters="<PARAMETRES><UAJ>\u0092</UAJ></PARAMETRES>"),
        "SCHOOL_CHARACTER",
    ),
    "another file of SIECLE": (file("", root="BEE_GEOGRAPHIQUE"), "SCHOOL_FILE"),
    "the file that goes up": (file("", root="IMPORT_ELEVES"), "SCHOOL_FILE"),
    "a file of the directory": ("<ficAlimMENESR/>", "SCHOOL_FILE"),
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_not_one_is_refused(text: str, problem: str) -> None:
    with pytest.raises(SetAside, match=problem) as told:
        read(text)
    assert told.value.complaint.where.file == "f.xml"
    assert told.value.complaint.fix


def test_a_root_that_is_refused_is_told_the_known_ones() -> None:
    with pytest.raises(SetAside) as told:
        read(file("", root="BEE_GEOGRAPHIQUE"))
    assert told.value.complaint.known == ROOTS


def test_parameters_that_come_late_stop_the_file_after_what_was_read() -> None:
    told = Told(uai="0990002P")
    text = f"<BEE_ELEVES><DONNEES>{PUPIL}</DONNEES>{PARAMETERS}</BEE_ELEVES>"
    pieces = SiecleReader(told).split(io.BytesIO(text.encode()), "f.xml")
    assert [next(pieces).event for _ in range(2)] == ["UAJ", "ELEVE"]
    with pytest.raises(SetAside, match="SCHOOL_LATE"):
        next(pieces)


def test_the_body_must_be_sound_json() -> None:
    with pytest.raises(SetAside, match="JSON_DUPLICATE"):
        SiecleReader().parse(b'{"id": 1, "id": 2}')
    assert orjson.loads(read(file(""))[0].body)["category"] == "UAJ"


def test_texts_in_cdata_or_around_comments_are_whole(values: Values) -> None:
    name = "<NOM>PRA<![CDATA[DA]]><!-- x --><?y z?>L &amp; B</NOM>"
    data = f'<ELEVES><ELEVE ELEVE_ID="11">{name}</ELEVE></ELEVES>'
    assert values(read(file(data))[1])["data"]["NOM"] == "PRADAL & B"
