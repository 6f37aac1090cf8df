"""Open minutes, counted week by week, are those of a walk through all days."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from appointment_app.figures.open_time import bounds_of, open_minutes
from appointment_app.figures.period import Period, Preset, Wish
from appointment_app.scheduling.availability import open_intervals
from appointment_app.scheduling.intervals import Interval
from appointment_app.scheduling.local_time import MINUTE
from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange

FIRST = date(2026, 3, 20)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Atlantic/Azores")

days = st.integers(0, 30).map(lambda number: FIRST + timedelta(days=number))
# On a grid of an hour, so that ranges often touch and overlap; some reach past midnight.
ranges = st.tuples(st.integers(0, 23), st.integers(1, 12)).map(
    lambda pair: LocalRange(pair[0] * 60, (pair[0] + pair[1]) * 60)
)
within_a_day = ranges.filter(lambda each: each.closes <= 1440)


def weekly(of_a_day: st.SearchStrategy[LocalRange]) -> st.SearchStrategy[WeeklyRange]:
    return st.builds(
        lambda weekday, each: WeeklyRange(weekday, each.opens, each.closes),
        st.integers(0, 6),
        of_a_day,
    )


def some_hours(of_a_day: st.SearchStrategy[LocalRange]) -> st.SearchStrategy[Hours]:
    return st.builds(
        Hours,
        st.sampled_from(ZONES),
        st.lists(weekly(of_a_day), max_size=10).map(tuple),
        st.dictionaries(days, st.lists(of_a_day, max_size=2).map(tuple), max_size=3),
        st.dictionaries(days, st.just("Holiday"), max_size=2),
        st.frozensets(days, max_size=3),
    )


@settings(deadline=None, max_examples=100)
@given(st.one_of(some_hours(within_a_day), some_hours(ranges)), days, days)
def test_they_are_those_of_every_single_day(hours: Hours, one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    walked = open_intervals(hours, Interval(*bounds_of(hours.zone, period)))
    assert open_minutes(hours, period) == sum((each.end - each.start) // MINUTE for each in walked)


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    hours = Hours("Europe/Berlin", tuple(WeeklyRange(day, 60, 240) for day in range(7)))
    assert open_minutes(hours, Period(date(2026, 3, 28), date(2026, 3, 29))) == 180 + 120


def test_hours_of_some_weeks_only_count_in_these() -> None:
    every_other = WeeklyRange(0, 540, 600, valid_from=date(2026, 3, 2), every_weeks=2)
    until = WeeklyRange(1, 540, 600, valid_until=date(2026, 3, 3))
    hours = Hours("Europe/Berlin", (every_other, until))
    assert open_minutes(hours, Period(date(2026, 3, 2), date(2026, 3, 22))) == 60 * 3


def test_a_day_that_the_zone_left_out_has_no_minutes() -> None:
    hours = Hours("Pacific/Apia", tuple(WeeklyRange(day, 0, 600) for day in range(7)))
    left_out = date(2011, 12, 30)
    assert open_minutes(hours, Period(left_out, left_out)) == 0
    assert open_minutes(hours, Period(date(2011, 12, 29), date(2011, 12, 31))) == 1200


def test_what_an_address_asks_for() -> None:
    today = date(2026, 11, 23)
    yesterday = date(2026, 11, 22)
    assert Wish().period(today) == Period(date(2026, 10, 24), yesterday)
    assert Wish(Preset.LAST_7).period(today) == Period(date(2026, 11, 16), yesterday)
    assert Wish(Preset.NEXT_30).period(today) == Period(today, date(2026, 12, 22))
    given_days = Wish(None, date(2026, 3, 5), date(2026, 3, 1))
    assert given_days.period(today) == Period(date(2026, 3, 1), date(2026, 3, 5))
    longest = Wish(None, date.min, date.max).period(today)
    assert longest.days == 732
    assert longest.last == date(2199, 12, 31)
