"""What a school reads, in French, beside a file it dropped."""

from __future__ import annotations

import io

import pytest

from preau.errors import SetAside
from preau.inlets.motifs import REFUSED, refusal, report
from preau.readers.onde import OndeReader
from preau.readers.told import NOTHING, Told

TOLD = Told(uai="0990002P", hide=lambda text: f"{len(text):064}")


@pytest.mark.parametrize(
    ("body", "told", "word"),
    [
        (b"a;b", TOLD, "titres de colonnes"),
        (b'"a', TOLD, "ligne des titres"),
        ("a".encode("utf-16"), TOLD, "encodage"),
        (b"a\0", TOLD, "octets nuls"),
        (b"\n" * 30_000, TOLD, "plus grand"),
        (b"a\x07", TOLD, "caractère de contrôle"),
        (b"a;b", NOTHING, "de quelle école"),
        (b"a;b", NOTHING._replace(uai="0990002P"), "la clé"),
    ],
)
def test_each_reason_for_refusing_a_csv_file_is_told_in_french(
    body: bytes, told: Told, word: str
) -> None:
    with pytest.raises(SetAside) as why:
        list(OndeReader(told).split(io.BytesIO(body), "f.csv"))
    assert why.value.code in REFUSED
    text = refusal(why.value, 0)
    assert word in text.splitlines()[0]
    assert text.splitlines()[1].startswith("À faire : ")


def test_a_report_names_places_in_french() -> None:
    told = report("ab", 1, [("record 7", "AAF_ID"), ("line 17", "ONDE_NAME")], 0)
    assert "  fiche 7 : AAF_ID\n  ligne 17 : ONDE_NAME\n" in told
