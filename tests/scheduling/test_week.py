"""What is wrong with a week as it is typed."""

from __future__ import annotations

from datetime import date

import pytest

from appointment_app.scheduling.availability import Hours, LocalRange, WeeklyRange
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
        (480, 1441, "Please give times of one day."),
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
    mondays = {date.fromordinal(TODAY.toordinal() + 7 * n): () for n in range(60)}
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
