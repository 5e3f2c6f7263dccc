"""The words of the pages: each thing and each answer as a school reads it."""

from __future__ import annotations

import pytest

from preau.web import french
from preau.web.reading import Advice, Answer


@pytest.mark.parametrize(
    ("what", "count", "words"),
    [
        ("GROUP", 1, "Le groupe"),
        ("GROUP_REMOVE", 1, "Retrait\u00a0: le groupe"),
        ("CLASS", 1, "1 classe"),
        ("CLASS", 3, "3 classes"),
        ("MEMBER", 1, "1 membre"),
        ("MEMBER_REMOVE", 12, "Retrait\u00a0: 12 membres"),
        ("SHARE", 1, "Partage «\u00a0Règles\u00a0»"),
        ("SHARE_REMOVE", 1, "Retrait\u00a0: partage «\u00a0Règles\u00a0»"),
        ("SHARE", 40, "40 partages"),
        ("UNHEARD_OF", 1, "Élément «\u00a0Règles\u00a0»"),
    ],
)
def test_each_thing_has_its_french(what: str, count: int, words: str) -> None:
    assert french.thing(what, "Règles", count) == words


def test_what_was_withdrawn_is_not_said_to_be_visible() -> None:
    assert french.reason("APPLIED", "", "SHARE") == "Visible dans cet ENT."
    assert french.reason("APPLIED", "", "SHARE_REMOVE") == "N'est plus dans cet ENT."
    assert french.reason("REFUSED", "NOT_SUPPORTED", "SHARE_REMOVE").startswith("L'ENT ne sait pas")


def test_what_a_service_has_no_place_for_alarms_nobody() -> None:
    meant = french.outcome("REFUSED", "NO_DOCUMENTS")
    assert (meant.word, meant.tone) == ("sans objet", "sent")
    assert french.outcome("REFUSED", "NOT_ALLOWED").word == "refusé"
    told = Answer("gar", "SHARE", "Règles", "REFUSED", "NO_DOCUMENTS", 2, None)
    assert french.counts([told]) == [(meant, 2)]


def test_answers_are_summed_by_their_word() -> None:
    def answer(outcome: str, things: int) -> Answer:
        return Answer("mon-ent", "MEMBER", "", outcome, "", things, None)

    told = french.counts([answer("APPLIED", 4), answer("PENDING", 1), answer("", 2)])
    assert [(status.word, count) for status, count in told] == [("appliqué", 4), ("en attente", 3)]


@pytest.mark.parametrize(
    ("field", "said", "believed", "things", "words"),
    [
        (
            "group.levels",
            "CM2",
            "SIXIEME",
            1,
            "l'ENT la dit en CM2, les fichiers de l'État disent 6e pour 1 élève.",
        ),
        (
            "group.establishments",
            "0110001A",
            "0110002B",
            3,
            "l'ENT la place à 0110001A, les fichiers de l'État à 0110002B pour 3 élèves.",
        ),
    ],
)
def test_what_an_ent_says_otherwise_is_a_sentence(
    field: str, said: str, believed: str, things: int, words: str
) -> None:
    told = Advice("class", "ent/3", field, said, believed, things, "CM2 A")
    assert french.advice(told) == f"Classe «\u00a0CM2 A\u00a0» : {words}"
