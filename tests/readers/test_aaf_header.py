"""What a file says of itself in its comments reaches every piece, whatever the order."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from preau.readers.piece import Piece

SAID = (
    '<!-- versionAF="AAF-VE2407" -->',
    '<!-- versionSDET="Annexe 4bis version 6.4" -->',
    '<!-- codeAcademieExport="13" -->',
    '<!-- degre="2D" -->',
    '<!-- dateGenerationExport="16/09/2024" -->',
)
READ = {
    "versionAF": "AAF-VE2407",
    "codeAcademieExport": "13",
    "degre": "2D",
    "date": "16/09/2024",
    "academy": "13",
    "degree": "SECOND",
    "day": "2024-09-16T00:00:00Z",
}
_NAME = "ENT2DVA-ENT16_Complet_20240917_Eleve_0000.xml"


def _header(pieces: list[Piece], values: Callable[[Piece], dict[str, Any]]) -> object:
    return values(pieces[0])["header"]


@pytest.mark.parametrize("order", list(itertools.permutations(SAID))[::17])
def test_the_comments_are_read_in_any_order(
    order: tuple[str, ...], aaf: Any, read_aaf: Any, values: Any
) -> None:
    file = aaf.file(aaf.pupil(), comments="".join(order))
    assert _header(read_aaf(file, _NAME), values) == READ


def test_one_comment_may_say_everything(aaf: Any, read_aaf: Any, values: Any) -> None:
    told = " ".join(part.strip("<!->") for part in SAID).replace('"', "'")
    before = aaf.file(aaf.pupil(), head=f"<!-- {told} -->\n")
    assert _header(read_aaf(before, _NAME), values) == READ


def test_the_files_of_2013_say_only_their_version_and_their_name_says_the_day(
    aaf: Any, read_aaf: Any, values: Any
) -> None:
    file = aaf.file(aaf.pupil(), comments='<!-- versionAF="AAF-VE1301" -->')
    name = "FULL_ENTTSSERVICES_Complet_20130117_Eleve_0001.xml"
    found = _header(read_aaf(file, name), values)
    assert found == {"versionAF": "AAF-VE1301", "day": "2013-01-17T00:00:00Z"}


def test_the_instance_says_the_academy_when_the_file_does_not(
    aaf: Any, read_aaf: Any, values: Any
) -> None:
    assert _header(read_aaf(aaf.file(aaf.pupil()), "f.xml", "11"), values) == {"academy": "11"}
    said = aaf.file(aaf.pupil(), comments='<!-- codeAcademieExport="013" -->')
    assert _header(read_aaf(said, "f.xml", "11"), values) == {
        "codeAcademieExport": "013",
        "academy": "13",
    }


def test_a_comment_inside_a_record_says_nothing_of_the_file(
    aaf: Any, read_aaf: Any, values: Any
) -> None:
    file = aaf.file(aaf.pupil("7", '<!-- codeAcademieExport="99" -->'))
    assert _header(read_aaf(file, "f.xml"), values) == {}
