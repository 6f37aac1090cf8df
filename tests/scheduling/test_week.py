"""What is wrong with a week as it is typed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appointment_app.scheduling.opening_hours import Hours, LocalRange, WeeklyRange
from appointment_app.scheduling.week import (
    MAX_RANGES_A_DAY,
    Elsewhere,
    TypedDay,
    TypedRange,
    TypedWeek,
    day_errors,
    override_errors,
    typed_week,
    week_errors,
    weekly_ranges,
)

BERLIN, LONDON, NEW_YORK = "Europe/Berlin", "Europe/London", "America/New_York"
TODAY = date(2026, 11, 23)


def day(*ranges: tuple[int | None, int | None]) -> TypedDay:
    return tuple(TypedRange(*each) for each in ranges)


def week(**days: TypedDay) -> TypedWeek:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return tuple(days.get(name, ()) for name in names)


def weekly(zone: str, *ranges: WeeklyRange) -> Hours:
    return Hours(zone, ranges)


def test_ranges_that_touch_are_fine() -> None:
    assert day_errors(day((480, 720), (720, 960))) == {}


def test_a_range_that_overlaps_an_earlier_one_names_it() -> None:
    assert day_errors(day((480, 720), (690, 960))) == {1: "Overlaps 08:00 – 12:00"}


def test_a_range_around_another_overlaps_it() -> None:
    assert day_errors(day((600, 660), (480, 720))) == {1: "Overlaps 10:00 – 11:00"}


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"),
    [
        (720, 480, "The end must be later than the beginning."),
        (480, 480, "The end must be later than the beginning."),
        (None, 480, "Please give both times."),
        (480, None, "Please give both times."),
        (-1, 480, "Please give times of one day."),
        (480, 2881, "Please give times of one day."),
        (480, 1921, "Please give at most 24 hours."),
    ],
)
def test_a_range_that_is_none_is_told(opens: int | None, closes: int | None, sentence: str) -> None:
    assert day_errors(day((opens, closes))) == {0: sentence}


def test_a_day_may_end_at_midnight() -> None:
    assert day_errors(day((1200, 1440))) == {}


def test_a_wrong_range_does_not_accuse_the_ones_after_it() -> None:
    assert set(day_errors(day((900, 480), (500, 600)))) == {0}


def test_a_day_has_room_for_so_many_ranges() -> None:
    many = day(*((60 * hour, 60 * hour + 30) for hour in range(MAX_RANGES_A_DAY + 1)))
    assert set(day_errors(many)) == {MAX_RANGES_A_DAY}


def test_a_week_comes_back_as_it_was_saved() -> None:
    typed = week(mon=day((780, 1020), (480, 720)), sun=day((600, 660)))
    again = typed_week(weekly_ranges(typed))
    assert again == week(mon=day((480, 720), (780, 1020)), sun=day((600, 660)))


def some_weeks(opens: int, closes: int, *, every: int = 1, **days: str) -> TypedRange:
    begin, end = (days.get(name) for name in ("begin", "end"))
    return TypedRange(
        opens,
        closes,
        date.fromisoformat(begin) if begin else None,
        date.fromisoformat(end) if end else None,
        every,
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (some_weeks(480, 720, end="2026-11-30"), some_weeks(480, 720, begin="2026-12-01")),
        (
            some_weeks(480, 720, begin="2026-11-02", every=2),
            some_weeks(480, 720, begin="2026-11-09", every=2),
        ),
        (
            some_weeks(480, 720, begin="2026-11-02", every=4),
            some_weeks(480, 720, begin="2026-11-09", every=6),
        ),
        # From Tuesday on, a week of Mondays is out of reach.
        (some_weeks(480, 720, end="2026-11-24"), some_weeks(480, 720, begin="2026-11-24")),
    ],
)
def test_ranges_that_never_hold_on_the_same_day_do_not_overlap(
    one: TypedRange, other: TypedRange
) -> None:
    assert week_errors(week(mon=(one, other)), weekly(BERLIN), [], TODAY) == {}
    assert week_errors(week(mon=(other, one)), weekly(BERLIN), [], TODAY) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (some_weeks(480, 720, end="2026-11-30"), some_weeks(480, 720, begin="2026-11-30")),
        (some_weeks(480, 720), some_weeks(480, 720, begin="2031-12-01", every=12)),
        (
            some_weeks(480, 720, begin="2026-11-02", every=4),
            some_weeks(480, 720, begin="2026-11-16", every=6),
        ),
        (
            some_weeks(480, 720, begin="2026-11-02", every=11),
            some_weeks(480, 720, begin="2026-11-09", every=12),
        ),
    ],
)
def test_ranges_that_hold_on_the_same_day_once_overlap(one: TypedRange, other: TypedRange) -> None:
    expected = {(0, 1): "Overlaps 08:00 – 12:00"}
    assert week_errors(week(mon=(one, other)), weekly(BERLIN), [], TODAY) == expected
    assert week_errors(week(mon=(other, one)), weekly(BERLIN), [], TODAY) == expected


A_DAY = st.dates(date(2026, 9, 1), date(2027, 3, 1))


@st.composite
def some_typed_ranges(draw: st.DrawFn) -> TypedRange:
    opens = draw(st.integers(0, 1439))
    begin, end = draw(st.none() | A_DAY), draw(st.none() | A_DAY)
    if begin and end and end < begin:
        begin, end = end, begin
    return TypedRange(
        opens,
        opens + draw(st.integers(1, 1440)),
        begin,
        end,
        1 if begin is None else draw(st.integers(1, 4)),
    )


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 6), some_typed_ranges(), st.integers(0, 6), some_typed_ranges())
def test_two_ranges_overlap_when_a_walk_through_the_days_finds_them_open_together(
    weekday: int, one: TypedRange, other_weekday: int, other: TypedRange
) -> None:
    days: list[TypedDay] = [(), (), (), (), (), (), ()]
    days[weekday] += (one,)
    days[other_weekday] += (other,)
    both = weekly_ranges(tuple(days))
    start = date(2026, 8, 1)
    taken = []
    for number in range(500):
        today = start + timedelta(days=number)
        taken += [
            (1440 * number + each.opens, 1440 * number + each.closes, index)
            for index, each in enumerate(both)
            if each.holds_on(today)
        ]
    taken.sort()
    together = any(
        later[0] < earlier[1] and later[2] != earlier[2]
        for index, earlier in enumerate(taken)
        for later in taken[index + 1 : index + 4]
    )
    assert bool(week_errors(tuple(days), weekly(BERLIN), [], TODAY)) == together


def test_hours_past_midnight_overlap_those_of_the_next_day() -> None:
    late, early = day((1320, 1560)), day((60, 300))
    assert week_errors(week(mon=late, tue=day((120, 300))), weekly(BERLIN), [], TODAY) == {}
    assert week_errors(week(mon=late, tue=early), weekly(BERLIN), [], TODAY) == {
        (1, 0): "Overlaps 22:00 – 02:00 the next day of Monday"
    }
    assert week_errors(week(mon=early, sun=late), weekly(BERLIN), [], TODAY) == {
        (6, 0): "Overlaps 01:00 – 05:00 of Monday"
    }


def test_hours_past_midnight_clash_with_the_morning_after_at_another_clinic() -> None:
    other = Elsewhere("Lake Clinic", weekly(BERLIN, WeeklyRange(1, 60, 300)))
    assert week_errors(week(mon=day((1320, 1560))), weekly(BERLIN), [other], TODAY) == {
        (0, 0): "Overlaps 01:00 – 05:00 at Lake Clinic"
    }


def test_hours_of_the_other_week_do_not_clash_with_another_clinic() -> None:
    monday = date(2026, 11, 23)
    other = Elsewhere("Lake Clinic", weekly(BERLIN, WeeklyRange(0, 480, 720, monday, None, 2)))
    same = some_weeks(480, 720, begin="2026-11-23", every=2)
    next_one = some_weeks(480, 720, begin="2026-11-30", every=2)
    assert set(week_errors(week(mon=(same,)), weekly(BERLIN), [other], TODAY)) == {(0, 0)}
    assert week_errors(week(mon=(next_one,)), weekly(BERLIN), [other], TODAY) == {}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            some_weeks(480, 720, begin="2026-12-02", end="2026-12-01"),
            "The last day must not be before the first.",
        ),
        (some_weeks(480, 720, every=2), "Please give the day from which the weeks are counted."),
        (some_weeks(480, 720, begin="2026-12-02", every=13), "Please choose at most 12 weeks."),
        (some_weeks(480, 720, every=0), "Please choose at most 12 weeks."),
    ],
)
def test_impossible_weeks_are_told(typed: TypedRange, sentence: str) -> None:
    assert week_errors(week(mon=(typed,)), weekly(BERLIN), [], TODAY) == {(0, 0): sentence}


@pytest.mark.parametrize("weeks", [{"begin": date.max}, {"end": date.min}])
def test_days_at_the_ends_of_the_calendar_are_told(weeks: dict[str, date]) -> None:
    typed = some_weeks(480, 720, **{name: str(day) for name, day in weeks.items()})
    other = Elsewhere("Lake Clinic", weekly(BERLIN, WeeklyRange(0, 480, 720)))
    errors = week_errors(week(mon=(typed, typed)), weekly(BERLIN), [other], TODAY)
    assert errors == {(0, 0): "Please give a day.", (0, 1): "Please give a day."}


def test_the_weeks_of_a_range_come_back_as_they_were_saved() -> None:
    typed = week(mon=(some_weeks(480, 720, begin="2026-12-01", end="2027-03-01", every=3),))
    assert typed_week(weekly_ranges(typed)) == typed


def test_hours_at_another_clinic_of_the_same_zone_clash() -> None:
    other = Elsewhere("Lake Clinic", weekly(BERLIN, WeeklyRange(0, 600, 720)))
    typed = week(mon=day((480, 600), (660, 780)), tue=day((600, 720)))
    assert week_errors(typed, weekly(BERLIN), [other], TODAY) == {
        (0, 1): "Overlaps 10:00 – 12:00 at Lake Clinic"
    }


def test_hours_in_another_zone_are_compared_in_real_time() -> None:
    # 14:00 to 16:00 in New York is 20:00 to 22:00 in Berlin for most of the year.
    other = Elsewhere("Hudson Clinic", weekly(NEW_YORK, WeeklyRange(0, 840, 960)))
    own = weekly(BERLIN)
    assert week_errors(week(mon=day((840, 960))), own, [other], TODAY) == {}
    assert week_errors(week(mon=day((1260, 1320))), own, [other], TODAY) == {
        (0, 0): "Overlaps 14:00 – 16:00 at Hudson Clinic (New York time)"
    }


def test_a_clash_in_the_weeks_between_two_clock_changes_is_found() -> None:
    # From 14 March 2027 New York is only five hours behind Berlin, for two weeks.
    other = Elsewhere("Hudson Clinic", weekly(NEW_YORK, WeeklyRange(0, 840, 960)))
    found = week_errors(week(mon=day((1140, 1200))), weekly(BERLIN), [other], TODAY)
    assert set(found) == {(0, 0)}


def test_an_evening_clashes_with_the_next_morning_far_away() -> None:
    # Tuesday 08:00 in Auckland is Monday 20:00 in Berlin.
    other = Elsewhere("Bay Clinic", weekly("Pacific/Auckland", WeeklyRange(1, 480, 600)))
    found = week_errors(week(mon=day((1200, 1260))), weekly(BERLIN), [other], TODAY)
    assert set(found) == {(0, 0)}


def test_days_on_which_other_hours_hold_do_not_clash() -> None:
    mondays = {date.fromordinal(TODAY.toordinal() + 7 * n): () for n in range(90)}
    other = Elsewhere("Lake Clinic", Hours(BERLIN, (WeeklyRange(0, 600, 720),), mondays))
    assert week_errors(week(mon=day((600, 720))), weekly(BERLIN), [other], TODAY) == {}


def test_other_hours_of_a_day_clash_only_on_that_day() -> None:
    other = Elsewhere("Lake Clinic", weekly(BERLIN, WeeklyRange(0, 600, 720)))
    ranges = day((480, 540), (660, 700))
    clash = {1: "Overlaps 10:00 – 12:00 at Lake Clinic"}
    assert override_errors([TODAY], ranges, BERLIN, [other]) == clash
    assert override_errors([date(2026, 11, 24)], ranges, BERLIN, [other]) == {}


def test_the_hours_elsewhere_that_hold_on_a_day_count() -> None:
    hours = Hours(BERLIN, (WeeklyRange(0, 600, 720),), {TODAY: (LocalRange(900, 960),)})
    other = Elsewhere("Lake Clinic", hours)
    assert override_errors([TODAY], day((600, 720)), BERLIN, [other]) == {}
    assert set(override_errors([TODAY], day((840, 920)), BERLIN, [other])) == {0}


def test_a_zone_an_hour_away_is_no_clash_when_ranges_only_touch() -> None:
    other = Elsewhere("Thames Clinic", weekly(LONDON, WeeklyRange(0, 600, 720)))
    typed = week(mon=day((600, 660), (780, 900)))
    assert week_errors(typed, weekly(BERLIN), [other], TODAY) == {}
