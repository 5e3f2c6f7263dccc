"""Time as the canonical records hold it, against the standard library and the zone database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.mapping.conversions.calendar import days, instant_us, micros, school_year
from preau.mapping.refusal import Unfit

FROM, UNTIL = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2090-01-01")
MOMENTS = st.datetimes(FROM, UNTIL, timezones=st.just(UTC))


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1000)


@given(st.datetimes(FROM, UNTIL))
def test_a_moment_without_offset_is_the_time_of_paris(local: datetime) -> None:
    try:
        paris = ZoneInfo("Europe/Paris")
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no time zone database to compare with")
    there_and_back = local.replace(tzinfo=paris).astimezone(UTC).astimezone(paris)
    if there_and_back.replace(tzinfo=None) == local:  # an hour that exists
        expected = local.replace(tzinfo=paris).astimezone(UTC)
        assert micros(local) == micros(expected)


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_the_usual_form_gives_what_the_long_way_gives(moment: datetime, offset: int) -> None:
    sign, minutes = ("-", -offset) if offset < 0 else ("+", offset)
    zone = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    local = (moment + timedelta(minutes=offset)).replace(microsecond=0, tzinfo=None)
    text = f"{local.isoformat()}{zone}"

    assert len(text) == 25
    assert instant_us(text) == instant_us(f" {text}") == micros(datetime.fromisoformat(text))


@given(
    st.text(min_size=25, max_size=25)
    | st.from_regex(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\Z")
)
def test_a_text_of_the_usual_length_never_takes_another_meaning(text: str) -> None:
    def tried(said: str) -> int | str | None:
        try:
            return instant_us(said)
        except Unfit as refused:
            return refused.code

    assert tried(text) == tried(f"{text} ") or text.strip() != text


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        ("2026-07-31T23:59:59.999+02:00", "2025-2026"),
        ("2026-08-01T00:00:00+02:00", "2026-2027"),
        ("2026-07-31T22:00:00+00:00", "2026-2027"),
        ("2027-01-01T00:00:00+01:00", "2026-2027"),
    ],
)
def test_the_school_year_changes_on_the_first_of_august_in_paris(moment: str, year: str) -> None:
    assert school_year(ms(moment)) == year


def test_a_moment_outside_the_calendar_has_no_school_year() -> None:
    assert school_year(10**18) == ""


@pytest.mark.parametrize("text", ["31/02/2026", "2026-13-01", "2026", "9/3/2016", "16869"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Unfit, match="NOT_A_DATE"):
        days(text)
