"""A file of sectors: what its lines say, and what is told of a line that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.app.sector_file import SectorLine, read_sectors
from preau.errors import SetAside

HEAD = "college;ecole;circonscription;reseau"
GOOD = f"{HEAD}\n0159010M;0159001C;0159900E;oui\n0159010M;0159002D;;\n"


def refusal(text: str) -> SetAside:
    with pytest.raises(SetAside) as refused:
        read_sectors(text.encode())
    assert refused.value.complaint.fix
    return refused.value


def test_a_line_is_an_ecole_with_its_college() -> None:
    first, second = read_sectors(GOOD.encode())
    assert first == SectorLine(2, "0159001C", "0159010M", "0159900E", network=True)
    assert second == SectorLine(3, "0159002D", "0159010M", "", network=None)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffCollège;École\r\n0159010M;0159001C\r\n",
        "ecole,college\n0159001C,0159010M\n",
        "\n\ncollege;ecole\n\n0159010M;0159001C\n;\n",
    ],
    ids=["a spreadsheet's", "commas", "blank lines"],
)
def test_the_forms_that_spreadsheets_write_are_read(text: str) -> None:
    (line,) = read_sectors(text.encode())
    assert (line.college, line.ecole) == ("0159010M", "0159001C")


def test_windows_1252_is_read() -> None:
    (line,) = read_sectors("collège;école\n0159010M;0159001C\n".encode("cp1252"))
    assert line.ecole == "0159001C"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("0159010M;0159001C;0159900E;oui\nrue;0159002D;;", "line 3: college is not a UAI"),
        ("0159010M;x;;", "line 2: ecole is not a UAI"),
        ("0159010M;0159001C;x;", "line 2: circonscription is not a UAI"),
        ("0159010M;0159001C;;peut-être", "line 2: reseau is neither oui nor non"),
        ("0159010M;0159001C", "line 2: 2 values under 4 columns"),
        ('0159010M;"0159001C;;', "line 2: quotes that do not go in pairs"),
        ("0159010M;0159010M;;", "line 2: one UAI stands for two"),
        ("0159010M;0159001C;;\n0159011N;0159001C;;", "line 3: the école of line 2 once more"),
        ("0159010M;0159001C;;oui\n0159010M;0159002D;;non", "line 3: reseau is not what line 2"),
        ("0159010M;0159001C;;\n0159001C;0159002D;;", "line 2: an école that is a collège"),
    ],
)
def test_a_wrong_line_is_told_by_its_number(lines: str, told: str) -> None:
    refused = refusal(f"{HEAD}\n{lines}\n")
    assert refused.code == "SECTOR_LINES"
    assert told in refused.complaint.what


def test_every_wrong_line_is_told_at_once_up_to_twenty() -> None:
    told = refusal(HEAD + "\n" + "a;b;c;d\n" * 25).complaint.what
    assert "line 2:" in told
    assert "line 21:" in told
    assert "line 22:" not in told
    assert told.endswith("and 5 more")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("0159010M;0159001C;oui;Réseau 1", "line 2: nom_reseau is no name"),
        ("0159010M;0159001C;non;reseau-a", "line 2: nom_reseau where reseau says non"),
        (
            "0159010M;0159001C;;reseau-a\n0159010M;0159002D;;reseau-b",
            "line 3: nom_reseau is not what line 2 says",
        ),
    ],
)
def test_a_wrong_name_of_a_network_is_told(lines: str, told: str) -> None:
    refused = refusal(f"college;ecole;reseau;nom_reseau\n{lines}\n")
    assert told in refused.complaint.what


def test_a_name_says_that_there_is_a_network() -> None:
    [line] = read_sectors(b"college;ecole;nom_reseau\n0159010M;0159001C;reseau-saint-flour\n")
    assert (line.network, line.name) == (True, "reseau-saint-flour")


@pytest.mark.parametrize("head", ["ecole", "college;ecole;rue", "college;ecole;ecole"])
def test_a_file_names_its_columns(head: str) -> None:
    assert refusal(f"{head}\n0159010M;0159001C\n").code == "SECTOR_COLUMNS"


@given(st.text(max_size=80))
def test_whatever_is_sent_is_read_or_refused_and_never_repeated(text: str) -> None:
    secret = "Zébulon"
    with pytest.raises(SetAside) as refused:
        read_sectors(f"{HEAD}\n{text}\n{secret};b;c;d\n".encode())
    assert secret not in str(refused.value)
