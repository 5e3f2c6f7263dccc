"""What the story reads in the network's agenda is read as a calendar program does, and checked."""

from __future__ import annotations

import pytest

from preau.demo.cantal.agenda import check_shown, titles
from preau.demo.waiting import StoryBroken
from preau.outlets.icalendar import Date, calendar

LONG = "Rencontre du réseau, " + "avec toutes ses écoles éloignées, " * 4


def date(title: str) -> Date:
    return Date("0199c0de-0000-7000-8000-000000000001", title, 1, 0, 1_791_793_800_000)


def test_the_title_of_each_date_is_read_even_where_its_line_is_folded() -> None:
    told = titles(calendar("reseau-saint-flour", [date("Rencontre"), date(LONG.strip(", "))]))
    assert [each.replace("\\,", ",") for each in told] == ["Rencontre", LONG.strip(", ")]
    assert titles(calendar("reseau-saint-flour", [])) == []


@pytest.mark.parametrize("shown", [[], ["Rencontre", "Rencontre"], ["Autre"]])
def test_a_date_that_is_missing_there_twice_or_another_breaks_the_story(shown: list[str]) -> None:
    check_shown("0159001C", ["Rencontre"], ["Rencontre"])
    with pytest.raises(StoryBroken, match="l'agenda du réseau pour 0159001C montre"):
        check_shown("0159001C", shown, ["Rencontre"])
