"""Homework, notices and dates: what is given to the group in one ENT goes to the others."""

from __future__ import annotations

from typing import Any

import pytest

from preau.agents.happenings import as_said

START, END = 1_791_793_800_000, 1_791_801_000_000
SAID: dict[str, dict[str, Any]] = {
    "homework": {"title": "Lire", "due": 20_750},
    "notice": {"title": "Sortie au musée", "audience": ["PUPIL"], "needs_signature": True},
    "calendar_event": {
        "title": "Rencontre des classes",
        "start": START,
        "end": END,
        "all_day": False,
        "recurrence": "FREQ=WEEKLY;COUNT=4",
    },
}
TOLD: dict[str, dict[str, Any]] = {
    "homework": {"title": "Lire", "due": "2026-10-24"},
    "notice": {"title": "Sortie au musée", "audience": ["PUPIL"], "needs_signature": True},
    "calendar_event": {
        "title": "Rencontre des classes",
        "all_day": False,
        "start": "2026-10-12T08:30:00Z",
        "end": "2026-10-12T10:30:00Z",
    },
}


def spoken(say: Any, record: str, version: int = 1, **more: Any) -> Any:
    """What the école says to the project's group there."""
    fields = {**SAID[record], "groups": ["ecole/G7"], **more}
    return say.record(record, "ecole/8", version, **fields)


@pytest.mark.parametrize("record", SAID)
def test_what_one_ent_gives_to_the_group_goes_to_the_other(
    opened: Any, say: Any, record: str
) -> None:
    (only,) = opened.hear(spoken(say, record))
    assert (only["destination"], only["operation"]) == ("college", f"{record.upper()}_PUT")
    assert only["entity"] == f"{record}:{only['body'][record]}"
    assert only["body"] == {record: only["body"][record], "group": "group-1", **TOLD[record]}


@pytest.mark.parametrize("record", SAID)
def test_what_was_told_says_what_was_said(record: str) -> None:
    said = as_said(TOLD[record])
    assert said == {name: SAID[record][name] for name in said}


@pytest.mark.parametrize("record", ["notice", "calendar_event"])
def test_what_is_taken_back_is_withdrawn_by_its_ids(opened: Any, say: Any, record: str) -> None:
    (given,) = opened.hear(spoken(say, record))
    (taken,) = opened.hear(spoken(say, record, 2, deleted=True))
    assert taken["operation"] == f"{record.upper()}_REMOVE"
    assert taken["entity"] == given["entity"]
    assert taken["body"] == {record: given["body"][record]}


def test_things_of_one_id_and_of_different_kinds_are_different_things(
    opened: Any, say: Any
) -> None:
    told = opened.hear(*(spoken(say, record) for record in SAID))
    assert len({each["entity"] for each in told}) == len(SAID)


def test_a_notice_for_nobody_of_the_purpose_stays_in_its_ent(opened: Any, say: Any) -> None:
    assert opened.hear(spoken(say, "notice", audience=["GUARDIAN"])) == []


def test_a_notice_for_everybody_goes(opened: Any, say: Any) -> None:
    (only,) = opened.hear(spoken(say, "notice", audience=[]))
    assert only["body"]["audience"] == []


@pytest.mark.parametrize("record", SAID)
def test_what_is_given_to_another_group_stays(opened: Any, say: Any, record: str) -> None:
    assert opened.hear(spoken(say, record, groups=["ecole/5121"])) == []


@pytest.mark.parametrize("record", SAID)
def test_our_own_copy_told_back_is_not_given_again(opened: Any, say: Any, record: str) -> None:
    (given,) = opened.hear(spoken(say, record))
    opened.hear(say.receipt(given, "77"))
    echo = say.record(record, "college/77", **{**SAID[record], "groups": ["college/g-8"]})
    assert opened.hear(echo) == []


@pytest.mark.parametrize("record", SAID)
@pytest.mark.parametrize("first", ["answer", "echo"])
def test_a_page_that_we_put_there_is_told_back_as_a_document_and_goes_nowhere(
    opened: Any, say: Any, record: str, first: str
) -> None:
    (given,) = opened.hear(spoken(say, record))
    answer = say.receipt(given, "page-1", reason="APPLIED_AS_TEXT")
    title = SAID[record]["title"]
    echo = [say.resource("college/page-1", title), say.share("college/page-1", "college/g-8")]
    before = opened.holds()
    for word in [answer, *echo] if first == "answer" else [*echo, answer]:
        assert opened.hear(word) == []
    opened.clock.advance(11 * 60_000)
    assert opened.hear(say.resource("college/page-1", f"{title} !", 2)) == []
    assert opened.holds() == before


def test_a_teachers_document_of_the_same_title_goes_once_the_page_has_its_answer(
    opened: Any, say: Any
) -> None:
    (given,) = opened.hear(spoken(say, "homework"))
    assert (
        opened.hear(say.resource("college/d1", "Lire"), say.share("college/d1", "college/g-8"))
        == []
    )
    (only,) = opened.hear(say.receipt(given, "page-1", reason="APPLIED_AS_TEXT"))
    assert (only["destination"], only["operation"]) == ("ecole", "SHARE_PUT")


def test_the_id_of_work_in_its_own_place_is_no_document(opened: Any, say: Any) -> None:
    (given,) = opened.hear(spoken(say, "homework"))
    opened.hear(say.receipt(given, "8"))
    (only,) = opened.hear(say.resource("college/8", "Carte"), say.share("college/8", "college/g-8"))
    assert (only["destination"], only["operation"]) == ("ecole", "SHARE_PUT")
