"""How the end of a file is told does not hang on where its chunks end."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from preau.errors import SetAside
from preau.readers.aaf import AafReader
from preau.readers.xml_parser import Entities

TOO_SOON = etree.XMLSyntaxError("", etree.ErrorTypes.ERR_TAG_NOT_FINISHED, 1, 1)
VALUES = "<value>ABADIE</value>\r\n" * 9
FILE = (
    '<ficAlimMENESR x="1"><addRequest><operationalAttributes><attr name="categoriePersonne">'
    "<value>Eleve</value></attr></operationalAttributes><identifier><id>1</id></identifier>"
    f'<attributes><attr name="sn">{VALUES}<value>&nbsp;</value></attr>'
    f'<attr name="givenName">{VALUES}</attr></attributes></addRequest></ficAlimMENESR>'
)


class Slices(io.BytesIO):
    """A file that gives no more than so many bytes at once."""

    def __init__(self, data: bytes, most: int) -> None:
        super().__init__(data)
        self._most = most

    def read(self, size: int | None = -1) -> bytes:  # noqa: ARG002
        return super().read(self._most)


@pytest.mark.parametrize("size", range(1, len(FILE) + 1, 3))
def test_an_undeclared_entity_is_a_fault_wherever_the_chunks_end(size: int) -> None:
    with pytest.raises(SetAside) as why:
        list(AafReader().split(Slices(FILE.encode(), size), "Eleve_0000.xml"))
    assert why.value.code == "XML_BROKEN"


@given(
    name=st.sampled_from(["nbsp", "eacute", "x", "CounterClockwiseContourIntegral", "é.-1"]),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=4),
)
def test_an_entity_is_seen_through_any_chunks(name: str, sizes: list[int]) -> None:
    text = f"<a>Zoé & Léa &amp; &#233;&{name};</a>"
    entities, at = Entities(), 0
    for size in [*sizes, len(text)]:
        entities.see(text[at : at + size])
        at += size
    assert not entities.cut_short(TOO_SOON)


@pytest.mark.parametrize(
    "text", ["", "<a>&amp;&lt;&gt;&quot;&apos;</a>", "&#233;", "& ;", "<a>&nb"]
)
def test_what_xml_knows_is_not_undeclared(text: str) -> None:
    entities = Entities()
    for letter in text:
        entities.see(letter)
    assert entities.cut_short(TOO_SOON)
